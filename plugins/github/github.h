/*
 * github - issues of GitHub, of GitHub Enterprise Server, and of Gitea as far as its API is GitHub's: the connector's one instance.
 *
 *     github.c   settings; open, check, close; the descriptor
 *     api.c      what answers mean, rate limits above all; reading
 *     issue.c    where an issue is, and an issue as a ticket (pure)
 *     tickets.c  ticket.*: an issue is made, followed, commented on, closed
 *     news.c     what changed: webhooks, and rounds over the repositories
 *
 * A ticket's id is "acme/shop#12". GitHub has no idempotency key: what is written ends with an HTML comment, which readers do not see,
 * and an attempt that may have been made before is looked up by it in the repository's own lists, not by a search.
 *
 * One struct github serves all threads.
 */
#ifndef GITHUB_GITHUB_H
#define GITHUB_GITHUB_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include <tocsin/connector.h>
#include <tocsin/kit/instance.h>
#include <tocsin/kit/json.h>
#include <tocsin/kit/report.h>

struct github {
    struct kit_instance kit;
    const char *repository, *secret; /* borrowed from the settings */
    const char *web;                 /* where people see issues, without a slash at its end */
    bool gitea;
};

static inline struct github *github_of(const struct kit_task *task)
{
    return task->api->self;
}

/* ---- api.c ---- */

/* What answers mean. */
extern const struct kit_api github_api;
/* The name of the account whose token it is. NULL: the result says why. The caller frees. */
char *github_login(struct kit_task *task);
/* Reads, and follows one redirect of GitHub's, after a transfer or a new name; never to elsewhere. */
cJSON *github_get(struct kit_task *task, const char *path);
/* Reads an issue, where it is now. NULL: the result says why; it is gone: status 404 or 410. The caller deletes. */
cJSON *github_issue(struct kit_task *task, const char *id);

/* ---- issue.c ---- */

#define GITHUB_ID_BYTES    216
#define GITHUB_PLACE_BYTES 24
#define GITHUB_TITLE_BYTES 1100

/* Where an issue is, from its id or from a link that begins with `web`: "acme/shop#12". False: it is neither. */
bool github_id(const char *text, const char *web, char id[GITHUB_ID_BYTES]);
/* An issue's id, as its address in the API has it: "" if it has none. */
void github_id_of(const cJSON *issue, char id[GITHUB_ID_BYTES]);
/* Its path in the API: repos/acme/shop/issues/12. */
void github_path(const char *id, struct kit_text *path);
/* The number that an issue keeps while its repository changes its name: by it news are known. */
void github_place(const cJSON *issue, char place[GITHUB_PLACE_BYTES]);
/* As a ticket with that id. Borrows from all three; `title` is for its title, without what github_title added. */
struct kit_ticket github_ticket(const cJSON *issue, const char *id, char title[GITHUB_TITLE_BYTES]);
int64_t github_updated_ms(const cJSON *issue);
/* A title that names nobody, refers to no issue and has no marks. */
void github_title(const char *text, struct kit_text *out);
/* "acme/shop", and nothing else? */
bool github_is_repository(const char *name);

/* ---- tickets.c ---- */

extern const struct kit_performer github_performers[];

/* ---- news.c ---- */

int32_t github_run(void *self, struct tocsin_error *error);
void github_serve(void *self, const struct tocsin_request *request, struct tocsin_response *response);
/* From now on rounds look into the repository of that issue, too. */
void github_watch(struct github *github, const char *id);

#endif
