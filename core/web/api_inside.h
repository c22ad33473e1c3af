/*
 * api_inside - what the files of the API share.
 */
#ifndef TOCSIN_WEB_API_INSIDE_H
#define TOCSIN_WEB_API_INSIDE_H

#include "base/json.h"
#include "web/api.h"
#include "web/stream.h"

struct api {
    struct api_parts parts;
    struct stream_ops stream;
};

#define API_PAGE      50
#define API_PAGE_MOST 500
#define API_BODY      ((size_t)256 << 10)

/* The person whose rights the request has. NULL: the token is a tool's, which sees nothing private. */
const char *api_viewer(const struct http_request *request);
/* Answers 200 with a JSON object or array, and takes over the text. */
void api_answer(struct http_request *request, int status, struct str *json);
/* The same once everything in it is durable, so that nobody reads what a crash could undo; 503 when the journal fails. */
void api_answer_durable(struct api *api, struct http_request *request, struct str *json);
/* The body as a JSON object, which the caller deletes. NULL: it is not one, and 400 has been answered. */
cJSON *api_body(struct http_request *request);
/* A query parameter as a number, at most `most`; *number is left alone when it is absent. False: it is not a number of at least 1,
   and 400 has been answered. */
bool api_number(struct http_request *request, const char *name, size_t most, size_t *number);
/* Can the journal be written; can it be read? False: 503 has been answered. */
bool api_ready(struct api *api, struct http_request *request);
bool api_readable(struct api *api, struct http_request *request);
/* Writes an event that the viewer may see. */
void api_event(const struct event *event, struct hub *hub, const char *viewer, instant now, const char *zone,
               struct json_out *j);

/* The bytes of docs/openapi.json. */
extern const char openapi_json[];
extern const size_t openapi_json_size;

/* The author in the timeline: the token's person, or "api/NAME". The caller frees it. */
char *api_by(const struct http_request *request);
/* Commits the turn and answers once it is durable: with the JSON, which it takes over, or 503. */
void api_commit(struct http_request *request, struct turn *turn, int status, struct str *json);

/* Route tables, one for each area. */
extern const struct route api_incident_routes[], api_admin_routes[];
extern const size_t api_incident_route_count, api_admin_route_count;

#endif
