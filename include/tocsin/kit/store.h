/*
 * store - JSON values in the host's store (`get`, `put` and `keep` in tocsin/connector.h). Any thread. `host` is borrowed for the call.
 */
#ifndef TOCSIN_KIT_STORE_H
#define TOCSIN_KIT_STORE_H

#include <stdbool.h>

#include <cjson/cJSON.h>

#include <tocsin/connector.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The value; NULL if there is none, or if it is no JSON. The caller deletes it. */
cJSON *kit_get(const struct tocsin_host *host, const char *key);
/* Stores the value at once; NULL: there is none any more. False if that failed. */
bool kit_put(const struct tocsin_host *host, const char *key, const cJSON *value);
/* Adds a text to the end of the stored list of texts, unless it is there, and stores that at once; of more than `most` the first one goes. False
   if it could not be stored. For one key, one thread at a time. */
bool kit_put_among(const struct tocsin_host *host, const char *key, const char *text, int most);
/* Keeps the value with the event or the outcome that this thread reports next. */
void kit_keep(const struct tocsin_host *host, const char *key, const cJSON *value);

#ifdef __cplusplus
}
#endif
#endif
