/*
 * api - the calls of a JSON API over HTTP, within the time of one action, and what their answers mean.
 *
 *     static void tell(struct kit_task *task)
 *     {
 *         cJSON *made = kit_api_write(task, "POST", "tickets", ticket_of(task->body), NULL);
 *         if (made) … else task->result says why
 *     }
 *
 *     static const struct kit_performer performers[] = {{"desk.tell", tell}, {"desk.find", find}, {0}};
 *
 * A call that failed has set the task's result, and returned NULL; calls that succeed leave DONE there. So a performer makes one call
 * after the other, ends at the first NULL, and need not look at statuses. Reading that failed is RETRY where it is not known whether
 * it arrived; writing is UNKNOWN then, and where the platform had an error of its own (5xx). An action that has written something and
 * could not go on is UNKNOWN, too, not RETRY: the next attempt must look for what is there.
 *
 * One struct kit_api serves all threads. A task belongs to one.
 */
#ifndef TOCSIN_KIT_API_H
#define TOCSIN_KIT_API_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include <tocsin/connector.h>
#include <tocsin/kit/http.h>
#include <tocsin/kit/text.h>

#ifdef __cplusplus
extern "C" {
#endif

struct kit_task;

/* How an action of one kind is performed: a row of a table that ends with one without a kind. */
struct kit_performer {
    const char *kind; /* "desk.tell" */
    void (*perform)(struct kit_task *task);
};

/* One API. Everything is borrowed, and constant after open(). kit/instance.h makes one. */
struct kit_api {
    const struct tocsin_host *host;
    struct kit_http *http;
    const char *name; /* the platform's, for errors: "RT" */
    const char *base; /* its address, without a slash at the end: "https://rt.example.com/REST/2.0" */
    const struct kit_header *headers;   /* of every call: the login, the API's version */
    size_t header_count;                /* at most 8 */
    const struct kit_meaning *meanings; /* of its statuses */
    /* Adds the platform's own words in the body of a call that failed; NULL: it has none. The body may be NULL or of any type. */
    void (*said)(const cJSON *body, struct kit_text *words);
    /* Changes the result of a call that failed, where its status alone does not say what it means, such as a 403 for a rate limit.
       NULL: its status does. */
    void (*judge)(const struct kit_answer *answer, const cJSON *body, struct tocsin_result *result);
    const struct kit_performer *performers; /* of its actions */
    void *self;                             /* the connector's own, for its performers */
};

/* What a thread is doing: an action, a check or a round. All its calls together end in time. */
struct kit_task {
    const struct kit_api *api;
    struct tocsin_result *result;
    int64_t until_ms;                   /* by kit_now_ms */
    const struct tocsin_action *action; /* NULL: it is none */
    const cJSON *body;                  /* the action's */
    long status;                        /* of the latest call's answer; 0: there was none */
    bool wrote;                         /* something on the platform has changed */
    char location[512];                 /* the latest answer's header; "": it had none */
};

/* ---- settings ---- */

/* What is wrong with the address of an API, as an operator wrote it: it must be https, or http to this machine. NULL: nothing. Static;
   to be put after the setting's name. */
const char *kit_api_fault(const char *url);

/* ---- calls ---- */

/* A task that has `span_ms` for all its calls. What fails sets *result. */
struct kit_task kit_api_begin(const struct kit_api *api, int64_t span_ms, struct tocsin_result *result);

/*
 * Each call takes a path below the base, without a slash before it, and at most 20 seconds of what is left. The answer is an object or
 * an array, an empty object where the platform answered without a body (204), and the caller's to delete. NULL: the result says why.
 */

/* Reads. */
cJSON *kit_api_get(struct kit_task *task, const char *path);
/* The same; `what` is encoded and put in place of the % in the pattern, which must have one. */
cJSON *kit_api_get_at(struct kit_task *task, const char *pattern, const char *what);
/* Reads by a POST, which changes nothing: a search. Deletes `json`. */
cJSON *kit_api_ask(struct kit_task *task, const char *path, cJSON *json);
/* Writes `json`, which it deletes; NULL: no body. `more`: a header of this call alone, such as Idempotency-Key; NULL: none. */
cJSON *kit_api_write(struct kit_task *task, const char *method, const char *path, cJSON *json,
                     const struct kit_header *more);
/* Writes a form, of kit_api_parameter's pairs. */
cJSON *kit_api_post_form(struct kit_task *task, const char *path, const struct kit_text *form);
/* Did the latest call fail because that is not there (404, 410), or not for us (403)? Then the failure is forgotten. */
bool kit_api_was_missing(struct kit_task *task);
/* The last part of the latest answer's Location, as a number: …/transaction/17. 0: it had none. */
int64_t kit_api_location(const struct kit_task *task);
/* Adds "name=value&" to a path, the value encoded. */
void kit_api_parameter(struct kit_text *path, const char *name, const char *value);

/* ---- actions ---- */

/* Performs an action within its time, less a second to report it. REFUSED: the API has no performer of that kind. */
void kit_perform(const struct kit_api *api, const struct tocsin_action *action, struct tocsin_result *result);

#ifdef __cplusplus
}
#endif
#endif
