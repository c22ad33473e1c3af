/*
 * store_host - a host in memory for a connector's functions: it keeps what it is given and the events that are emitted.
 *
 * Values that were kept are stored at once. One at a time, one thread.
 */
#ifndef TOCSIN_TESTS_STORE_HOST_H
#define TOCSIN_TESTS_STORE_HOST_H

#include <cjson/cJSON.h>

#include <tocsin/connector.h>

extern const struct tocsin_host store_host;

/* Forgets everything. Call it at the end, too. */
void store_host_clear(void);
/* Stores JSON, with ' in place of ". */
void store_host_set(const char *key, const char *value);
/* The value, as JSON; NULL: there is none. The caller deletes. */
cJSON *store_host_get(const char *key);
/* What emit answers from now on: TOCSIN_EMITTED, ... */
void store_host_answer(int32_t emitted);
/* The events that were emitted, with success or not: an array. Borrowed until the next event. */
const cJSON *store_host_events(void);

/* A response whose body is read with store_host_said. */
struct tocsin_response store_host_response(void);
/* What was written to the latest response. Borrowed until the next. */
const char *store_host_said(void);

#endif
