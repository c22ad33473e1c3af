/*
 * webhook - what serve() needs: headers, forms, and answers that tell the sender what to do next.
 *
 * Anybody can send requests to a connector's address, so check the signature (kit/signature.h) before you read the body.
 * The request and the response belong to the host and live for the call. Any thread.
 */
#ifndef TOCSIN_KIT_WEBHOOK_H
#define TOCSIN_KIT_WEBHOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include <tocsin/connector.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A header's value, by its name in lower case; "" if it was not sent. Borrowed. */
const char *kit_webhook_header(const struct tocsin_request *request, const char *name);

/*
 * Parses n bytes of application/x-www-form-urlencoded, a body or a query, into an object of texts. The first of several fields
 * with one name counts. Fields that are not UTF-8 or contain a zero byte are left out, as is everything after 100 fields. Never
 * fails: the object may be empty. The caller frees it with cJSON_Delete.
 */
cJSON *kit_webhook_form(const char *bytes, size_t n);
/* The same, one field after the other, as they were sent: also those with the same name, and those that are not UTF-8. */
typedef void kit_field(void *ctx, const char *name, const char *value);
void kit_webhook_fields(const char *bytes, size_t n, kit_field *field, void *ctx);

/* The JSON of a webhook: `is_signed` says whether its sender knows `secret`; "": there is none, and nobody is heard. NULL: it was answered
   with what is wrong with it. The caller deletes. */
cJSON *kit_webhook_json(const struct tocsin_request *request, const char *secret, bool is_signed,
                        struct tocsin_response *response);

/* Answers with an HTTP status and plain text; NULL or "" for no body. */
void kit_webhook_answer(struct tocsin_response *response, int32_t status, const char *text);

/*
 * Answers according to what emit returned: 204 if the core has the event, 503 to make the sender try again, 400 if the event
 * will never be accepted. If your platform repeats whatever was refused, answer 200 instead of that 400 yourself.
 */
void kit_webhook_acknowledge(struct tocsin_response *response, int32_t emitted);

#ifdef __cplusplus
}
#endif
#endif
