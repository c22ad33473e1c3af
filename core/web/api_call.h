/*
 * api_call - one call of the API: who asks, what the request says, and how it is answered.
 *
 * What the route tables of all areas use; it knows none of them. A function that refuses has answered the request. Loop's
 * thread only.
 */
#ifndef TOCSIN_WEB_API_CALL_H
#define TOCSIN_WEB_API_CALL_H

#include "access/access.h"
#include "base/json.h"
#include "turn/turn.h"
#include "web/api.h"
#include "web/api_page.h"
#include "web/place.h"
#include "web/rate.h"
#include "web/stream.h"

struct api { /* the context of every route */
    struct api_parts parts;
    struct stream_ops stream_ops;
    struct stream *stream; /* NULL: there is none */
    struct idempotency *idempotency;
    struct rates rates;
    uint8_t place_key[PLACE_KEY]; /* of cursors that are sealed */
};

#define API_PAGE      50
#define API_PAGE_MOST 500
#define API_BODY      ((size_t)256 << 10)

/* The person whose rights the request has. NULL: the token is a tool's, which sees nothing private. */
const char *api_viewer(const struct http_request *request);
/* What the token allows at most: its scopes, and of a tool also what access{} of the policy says of it. */
enum access api_access(const struct core *core, const struct token *token);
/* False: access{} gives the token less than that role, and it has been answered. */
bool api_may(const struct api *api, struct http_request *request, enum access needed);
/* The author in the timeline: the token's person, or "api/NAME". The caller frees it. */
char *api_by(const struct api *api, const struct http_request *request);
/* The body as a JSON object, which the caller deletes; its route says how long it may be. NULL: it is not one, and 400 has been
   answered. */
cJSON *api_body(struct http_request *request);
/* A query parameter as a number, at most `most`; *number is left alone when it is absent. False: it is not a number of at least 1,
   and 400 has been answered. */
bool api_number(struct http_request *request, const char *name, size_t most, size_t *number);
/* Can the journal be written; can it be read? False: 503 has been answered. */
bool api_ready(struct api *api, struct http_request *request);
bool api_readable(struct api *api, struct http_request *request);

/* The incident {id} of the path, as the viewer may see it. NULL: an error has been answered. */
const struct incident *api_incident(struct api *api, struct http_request *request);
/* Is what is to be changed what If-Match and If-None-Match say? `now`: as its GET shows it; NULL: there is nothing. False: 412 has been
   answered. */
bool api_matches(struct http_request *request, const struct str *now);
/* A member that is a time; none for 0. */
void api_put_time(struct json_out *j, const char *name, instant at);
/* Answers 200 with a JSON object or array, and takes over the text. */
void api_answer(struct http_request *request, int status, struct str *json);
/* The same once everything in it is durable, so that nobody reads what a crash could undo; 503 when the journal fails. */
void api_answer_durable(struct api *api, struct http_request *request, struct str *json);
/* The same with text of another content type (static). */
void api_answer_durable_as(struct api *api, struct http_request *request, const char *content_type,
                           struct str *text);
/* Commits the turn and answers once it is durable: with the JSON, which it takes over, or 503. From 400 on, the JSON is problem
   details. */
void api_commit(struct http_request *request, struct turn *turn, int status, struct str *json);
/* The same, or with the problem that *err says if rc is not 0; the JSON is then dropped. */
void api_end(struct http_request *request, struct turn *turn, int rc, const struct error *err, int status,
             struct str *json);
/* Answers 200 about something that was done outside the journal, with the JSON, which it takes over. */
void api_done(struct api *api, struct http_request *request, struct str *json);

#endif
