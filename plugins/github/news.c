/* What changed in issues that are followed: webhooks tell it at once, and rounds over the repositories tell what these missed. */
#include "github.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <tocsin/kit/clock.h>
#include <tocsin/kit/cursor.h>
#include <tocsin/kit/signature.h>
#include <tocsin/kit/store.h>
#include <tocsin/kit/webhook.h>

#define ASK_MS            8000 /* GitHub waits ten seconds for the answer to a webhook */
#define ROUND_MS          60000
#define OVERLAP_S         120
#define FIRST_S           7200 /* before the first round: what is followed since is not missed */
#define PAGES_MOST        100  /* of a round; the next one goes on */
#define PAGE              50
#define REPOSITORIES_MOST 50
#define WATCHED           "repositories"
#define SLOWLY            10 /* times, where webhooks tell */

/* ---- one issue ---- */

static cJSON *user_of(const cJSON *sender)
{
    const char *login = kit_json_text(sender, "login");
    cJSON *user = *login ? kit_json_texts("id", login, "name", login, NULL) : NULL;
    if (user && strcmp(kit_json_text(sender, "type"), "Bot") == 0)
        cJSON_AddTrueToObject(user, "bot");
    return user;
}

static enum kit_told tell(const struct github *github, const cJSON *issue, enum kit_source source, cJSON *user)
{
    char place[GITHUB_PLACE_BYTES], title[GITHUB_TITLE_BYTES];
    struct kit_ticket ticket = github_ticket(issue, NULL, title);
    github_place(issue, place);
    return kit_followed_tell(github->kit.followed, place, &ticket, github_updated_ms(issue), source, user);
}

/* What was heard; where that may be older than what is known, as GitHub has it now. */
static enum kit_told take(struct kit_task *task, const cJSON *issue, const cJSON *sender)
{
    const struct github *github = github_of(task);
    char id[GITHUB_ID_BYTES];
    enum kit_told told = tell(github, issue, KIT_HEARD, user_of(sender));
    if (told != KIT_UNSURE)
        return told;
    github_id_of(issue, id);
    cJSON *now = github_issue(task, id);
    told = now ? tell(github, now, KIT_ASKED, user_of(sender)) : KIT_LATER;
    cJSON_Delete(now);
    return told;
}

/* ---- webhooks ---- */

static enum kit_told take_deleted(const struct github *github, const cJSON *issue, const cJSON *sender,
                                  int64_t at_ms)
{
    char place[GITHUB_PLACE_BYTES], title[GITHUB_TITLE_BYTES];
    struct kit_ticket ticket = github_ticket(issue, NULL, title);
    ticket.done = true;
    ticket.status = "deleted";
    github_place(issue, place);
    return kit_followed_tell(github->kit.followed, place, &ticket, at_ms, KIT_ASKED, user_of(sender));
}

static enum kit_told take_transferred(struct kit_task *task, const cJSON *payload, const cJSON *sender)
{
    struct github *github = github_of(task);
    const cJSON *to = kit_json_member(kit_json_member(payload, "changes"), "new_issue");
    char id[GITHUB_ID_BYTES], from[GITHUB_PLACE_BYTES], place[GITHUB_PLACE_BYTES];
    github_id_of(to, id);
    github_place(kit_json_member(payload, "issue"), from);
    github_place(to, place);
    if (!*id || !kit_followed_has(github->kit.followed, from))
        return KIT_TOLD;
    github_watch(github, id);
    return kit_followed_move(github->kit.followed, from, place) ? take(task, to, sender) : KIT_LATER;
}

static enum kit_told take_event(const struct github *github, const cJSON *payload, int64_t at_ms)
{
    struct tocsin_result result = {.size = sizeof(result)};
    struct kit_task task = kit_api_begin(&github->kit.api, ASK_MS, &result);
    const char *action = kit_json_text(payload, "action");
    const cJSON *issue = kit_json_member(payload, "issue"), *sender = kit_json_member(payload, "sender");
    if (strcmp(action, "deleted") == 0)
        return take_deleted(github, issue, sender, at_ms);
    if (strcmp(action, "transferred") == 0)
        return take_transferred(&task, payload, sender);
    return take(&task, issue, sender);
}

static bool is_signed(const struct github *github, const struct tocsin_request *request)
{
    struct kit_part body = {request->body, request->body_length};
    const char *theirs = kit_webhook_header(request, "x-hub-signature-256");
    if (*theirs || !github->gitea)
        return kit_signed_hex(github->secret, "sha256=", &body, 1, theirs);
    return kit_signed_hex(github->secret, NULL, &body, 1, kit_webhook_header(request, "x-gitea-signature"));
}

static const char *event_of(const struct tocsin_request *request)
{
    const char *event = kit_webhook_header(request, "x-github-event");
    return *event ? event : kit_webhook_header(request, "x-gitea-event");
}

/* An event that the core cannot store now is sent again by a person, or told by the next round: GitHub does not repeat it by itself. */
void github_serve(void *self, const struct tocsin_request *request, struct tocsin_response *response)
{
    const struct github *github = self;
    cJSON *payload = kit_webhook_json(request, github->secret, is_signed(github, request), response);
    bool issues = payload && strcmp(event_of(request), "issues") == 0;
    enum kit_told told = issues ? take_event(github, payload, request->received_ms) : KIT_TOLD;
    if (payload)
        kit_webhook_acknowledge(response, told == KIT_TOLD ? TOCSIN_EMITTED : TOCSIN_EMIT_RETRY);
    cJSON_Delete(payload);
}

/* ---- rounds ---- */

/* From reading to storing the list, at once: to look into one repository too many does no harm. */
static pthread_mutex_t watching = PTHREAD_MUTEX_INITIALIZER;

void github_watch(struct github *github, const char *id)
{
    char name[GITHUB_ID_BYTES];
    snprintf(name, sizeof(name), "%.*s", (int)strcspn(id, "#"), id);
    kit_lower(name);
    pthread_mutex_lock(&watching);
    kit_put_among(github->kit.host, WATCHED, name, REPOSITORIES_MOST);
    pthread_mutex_unlock(&watching);
}

struct looking {
    struct kit_task *task;
    const char *repository;
    int64_t since, latest; /* seconds */
};

/* In the order in which they were made: what changes meanwhile takes none from a page that is still to be read. */
static void page_path(const struct looking *l, int page, struct kit_text *path)
{
    char since[KIT_TIME_BYTES];
    bool gitea = github_of(l->task)->gitea;
    kit_time_text(l->since * 1000, since);
    kit_text_addf(path, "repos/%s/issues?state=all&since=%s&%s=%d&page=%d", l->repository, since,
                  gitea ? "limit" : "sort=created&direction=asc&per_page", PAGE, page);
}

static bool look(void *ctx, const char *at, struct kit_text *next)
{
    struct looking *l = ctx;
    struct kit_text path = {0};
    const cJSON *issue;
    int page = *at ? atoi(at) : 1;
    bool stored = true;
    page_path(l, page, &path);
    cJSON *list = github_get(l->task, kit_text_get(&path));
    cJSON_ArrayForEach(issue, list)
    {
        int64_t updated = github_updated_ms(issue) / 1000;
        stored = stored && take(l->task, issue, NULL) == KIT_TOLD;
        l->latest = updated > l->latest ? updated : l->latest;
    }
    if (cJSON_GetArraySize(list))
        kit_text_addf(next, "%d", page + 1);
    cJSON_Delete(list);
    kit_text_finish(&path);
    return list && stored;
}

static void look_into(struct kit_task *task, const char *repository)
{
    struct kit_cursor cursor;
    char key[190];
    snprintf(key, sizeof(key), "since/%s", repository);
    kit_cursor_load(&cursor, task->api->host, key);
    bool first = !*cursor.value;
    int64_t before = first ? (int64_t)time(NULL) - FIRST_S : strtoll(cursor.value, NULL, 10);
    struct looking l = {.task = task, .repository = repository, .since = before - OVERLAP_S, .latest = before};
    bool whole = kit_pages(look, &l, PAGES_MOST);
    if (kit_api_was_missing(task)) {
        kit_log(task->api->host, KIT_WARNING, "%s cannot be read any more", repository);
    } else if (whole) {
        snprintf(cursor.value, sizeof(cursor.value), "%lld", (long long)l.latest);
        cursor.moved = first || l.latest != before;
        kit_cursor_save(&cursor);
    }
}

static void look_once(void *ctx, struct tocsin_result *result)
{
    struct github *github = ctx;
    struct kit_task task = kit_api_begin(&github->kit.api, ROUND_MS, result);
    const cJSON *row;
    cJSON *list = kit_get(github->kit.host, WATCHED);
    cJSON_ArrayForEach(row, list)
    {
        if (cJSON_IsString(row) && result->code == TOCSIN_DONE)
            look_into(&task, row->valuestring);
    }
    cJSON_Delete(list);
}

int32_t github_run(void *self, struct tocsin_error *error)
{
    struct github *github = self;
    github_watch(github, github->repository); /* so that a token that ends is known before it is needed */
    return kit_instance_run(github, *github->secret ? SLOWLY : 1, look_once, github, error);
}
