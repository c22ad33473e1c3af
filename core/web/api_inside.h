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

/* Whose rights a request has: its token's person; NULL: a tool's token, which sees nothing private. */
const char *api_viewer(const struct http_request *request);
/* 200 with a JSON object or array. Takes the text over. */
void api_answer(struct http_request *request, int status, struct str *json);
/* The same, once all that may be seen in it is durable: nobody is told what a crash could take back. 503 where it cannot be kept. */
void api_answer_durable(struct api *api, struct http_request *request, struct str *json);
/* The body as a JSON object; answers 400 itself and returns NULL when it is none. The caller deletes it. */
cJSON *api_body(struct http_request *request);
/* A number of the query, cut to `most`; *number stays where there is none. False: it is no number from 1 on, and 400 was answered. */
bool api_number(struct http_request *request, const char *name, size_t most, size_t *number);
/* Can anything be kept; can anything be read? True, or it has answered 503. */
bool api_ready(struct api *api, struct http_request *request);
bool api_readable(struct api *api, struct http_request *request);
/* One that the viewer may see. */
void api_event(const struct event *event, struct hub *hub, const char *viewer, instant now, const char *zone,
               struct json_out *j);

/* docs/openapi.json, as bytes. */
extern const char openapi_json[];
extern const size_t openapi_json_size;

/* Whose word it is in the timeline: the token's person, or "api/NAME". The caller frees. */
char *api_by(const struct http_request *request);
/* Commits the turn and answers when it is durable: with the JSON (taken over), or 503. */
void api_commit(struct http_request *request, struct turn *turn, int status, struct str *json);

/* Tables of routes, one area each. */
extern const struct route api_incident_routes[], api_admin_routes[];
extern const size_t api_incident_route_count, api_admin_route_count;

#endif
