/*
 * jira - issues of Jira, in the Cloud and in Data Center, over REST v2: the connector's one instance.
 *
 *     jira.c     settings; open, check, close; the descriptor
 *     api.c      what answers mean; how issues are searched
 *     issue.c    an issue's key, and an issue as a ticket (pure)
 *     tickets.c  ticket.*: an issue is made, followed, commented on, moved through its workflow
 *     find.c     what an earlier attempt wrote
 *     news.c     what changed: webhooks, and rounds over what was updated
 *
 * A ticket's id is "PAY-7". Jira has no idempotency key: what is written carries a mark in a property, which readers do not see. Searches
 * lag behind, so an attempt that may have been made before is looked up by reading the issues that may be it.
 *
 * One struct jira serves all threads.
 */
#ifndef JIRA_JIRA_H
#define JIRA_JIRA_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include <tocsin/connector.h>
#include <tocsin/kit/instance.h>
#include <tocsin/kit/json.h>
#include <tocsin/kit/report.h>

#define JIRA_PROPERTY  "tocsin" /* of an issue and of a comment: the mark */
#define JIRA_FIELDS    "summary,status,updated"
#define JIRA_KEY_BYTES 64

struct jira {
    struct kit_instance kit;
    const char *project, *issue_type, *secret; /* borrowed from the settings */
    const char *web;                           /* Jira's address, without a slash at its end */
    bool cloud;
};

static inline struct jira *jira_of(const struct kit_task *task)
{
    return task->api->self;
}

/* ---- api.c ---- */

/* What answers mean. */
extern const struct kit_api jira_api;
/* A search for issues, page by page, for kit_pages: reads the page at `at` of that JQL with those fields, and says where the next one
   is. NULL: the result says why. The caller deletes. */
cJSON *jira_search(struct kit_task *task, const char *jql, const char *fields, int most, const char *at,
                   struct kit_text *next);

/* ---- issue.c ---- */

/* The key of an issue, from itself or from a link that begins with `web`: "PAY-7". False: it is neither. */
bool jira_key(const char *text, const char *web, char key[JIRA_KEY_BYTES]);
/* "PAY", in capital letters, and nothing else? */
bool jira_is_project(const char *key);
/* An issue as a ticket with that id, if it has its fields; `link` is for its address. Borrows from all of them. */
struct kit_ticket jira_ticket(const struct jira *jira, const cJSON *issue, const char *id,
                              struct kit_text *link);
int64_t jira_updated_ms(const cJSON *issue);
/* Is a status one of those where nothing more is to be done? */
bool jira_is_done(const cJSON *status);

/* ---- tickets.c ---- */

extern const struct kit_performer jira_performers[];
/* Reads an issue by its key, also a former one, or its number. NULL: the result says why. The caller deletes. */
cJSON *jira_issue(struct kit_task *task, const char *key);

/* ---- find.c ---- */

/* The issue that an earlier attempt made. NULL: none, or the result says why. The caller deletes. */
cJSON *jira_earlier_issue(struct kit_task *task, const char *mark);
/* The same of a comment on that issue. */
cJSON *jira_earlier_comment(struct kit_task *task, const char *key, const char *mark);

/* ---- news.c ---- */

int32_t jira_run(void *self, struct tocsin_error *error);
void jira_serve(void *self, const struct tocsin_request *request, struct tocsin_response *response);

#endif
