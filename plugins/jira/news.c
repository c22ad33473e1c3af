/* What changed in issues that are followed: webhooks tell it at once, and rounds over what was updated tell what these missed. */
#include "jira.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <tocsin/kit/cursor.h>
#include <tocsin/kit/signature.h>
#include <tocsin/kit/webhook.h>

#define ASK_MS      8000
#define ROUND_MS    60000
#define OVERLAP_MIN 5 /* a search knows late what was updated, counts minutes, and its clock is another */
#define SPAN_MOST   (7 * 24 * 60) /* minutes that a round looks back */
#define PAGES_MOST  100
#define PAGE        100
#define SLOWLY      10 /* times, where webhooks tell */

/* ---- one issue ---- */

static cJSON *user_of(const cJSON *payload)
{
    const cJSON *user = kit_json_member(payload, "user");
    const char *id = kit_json_text_or(user, "accountId", kit_json_text(user, "name"));
    char name[200];
    if (!*id)
        return NULL;
    kit_clean_name(kit_json_text(user, "displayName"), name, sizeof(name));
    return kit_json_texts("id", id, "name", *name ? name : NULL, NULL);
}

static enum kit_told tell(const struct jira *jira, const cJSON *issue, enum kit_source source, cJSON *user)
{
    struct kit_text link = {0};
    struct kit_ticket ticket = jira_ticket(jira, issue, NULL, &link);
    enum kit_told told = kit_followed_tell(jira->kit.followed, kit_json_text(issue, "id"), &ticket,
                                           jira_updated_ms(issue), source, user);
    kit_text_finish(&link);
    return told;
}

/* What was heard; where that may be older than what is known, or lacks the time, as Jira has it now. */
static enum kit_told take(struct kit_task *task, const cJSON *issue, const cJSON *payload)
{
    const struct jira *jira = jira_of(task);
    enum kit_told told = KIT_UNSURE;
    if (!kit_followed_has(jira->kit.followed, kit_json_text(issue, "id")))
        return KIT_TOLD;
    if (jira_updated_ms(issue))
        told = tell(jira, issue, KIT_HEARD, user_of(payload));
    if (told != KIT_UNSURE)
        return told;
    cJSON *now = jira_issue(task, kit_json_text(issue, "id"));
    told = now                         ? tell(jira, now, KIT_ASKED, user_of(payload))
           : kit_api_was_missing(task) ? KIT_TOLD
                                       : KIT_LATER;
    cJSON_Delete(now);
    return told;
}

/* ---- webhooks ---- */

static enum kit_told take_deleted(const struct jira *jira, const cJSON *payload, int64_t at_ms)
{
    const cJSON *issue = kit_json_member(payload, "issue");
    struct kit_text link = {0};
    struct kit_ticket ticket = jira_ticket(jira, issue, NULL, &link);
    ticket.done = true;
    ticket.status = "deleted";
    enum kit_told told = kit_followed_tell(jira->kit.followed, kit_json_text(issue, "id"), &ticket, at_ms,
                                           KIT_ASKED, user_of(payload));
    kit_text_finish(&link);
    return told;
}

static enum kit_told take_event(const struct jira *jira, const cJSON *payload, int64_t at_ms)
{
    struct tocsin_result result = {.size = sizeof(result)};
    struct kit_task task = kit_api_begin(&jira->kit.api, ASK_MS, &result);
    const char *event = kit_json_text(payload, "webhookEvent");
    if (strcmp(event, "jira:issue_deleted") == 0)
        return take_deleted(jira, payload, at_ms);
    if (strcmp(event, "jira:issue_updated") == 0)
        return take(&task, kit_json_member(payload, "issue"), payload);
    return KIT_TOLD;
}

/* Jira repeats what was not accepted, in the Cloud five times; then a round tells it. */
void jira_serve(void *self, const struct tocsin_request *request, struct tocsin_response *response)
{
    const struct jira *jira = self;
    struct kit_part body = {request->body, request->body_length};
    const char *given = kit_webhook_header(request, "x-hub-signature");
    cJSON *payload = kit_webhook_json(request, jira->secret,
                                      kit_signed_hex(jira->secret, "sha256=", &body, 1, given), response);
    if (payload) {
        enum kit_told told = take_event(jira, payload, request->received_ms);
        kit_webhook_acknowledge(response, told == KIT_TOLD ? TOCSIN_EMITTED : TOCSIN_EMIT_RETRY);
    }
    cJSON_Delete(payload);
}

/* ---- rounds ---- */

struct looking {
    struct kit_task *task;
    const char *jql;
};

static bool look(void *ctx, const char *at, struct kit_text *next)
{
    struct looking *l = ctx;
    const cJSON *issue;
    bool stored = true;
    cJSON *page = jira_search(l->task, l->jql, JIRA_FIELDS, PAGE, at, next);
    cJSON_ArrayForEach(issue, kit_json_member(page, "issues"))
    {
        stored = stored && take(l->task, issue, NULL) == KIT_TOLD;
    }
    cJSON_Delete(page);
    return page && stored;
}

/* Minutes since the latest whole round began. */
static int64_t span_of(const struct kit_cursor *cursor, int64_t now)
{
    int64_t before = *cursor->value ? strtoll(cursor->value, NULL, 10) : now - 7200;
    int64_t span = (now - before) / 60 + 1 + OVERLAP_MIN;
    return span < OVERLAP_MIN ? OVERLAP_MIN : span > SPAN_MOST ? SPAN_MOST : span;
}

/* The latest update first: what is updated meanwhile comes before all that is still to be read, and takes nothing from it. */
static void look_once(void *ctx, struct tocsin_result *result)
{
    struct jira *jira = ctx;
    struct kit_task task = kit_api_begin(&jira->kit.api, ROUND_MS, result);
    struct kit_text jql = {0};
    struct kit_cursor cursor;
    int64_t now = (int64_t)time(NULL);
    kit_cursor_load(&cursor, jira->kit.host, "updated");
    kit_text_addf(&jql, "updated >= \"-%lldm\" ORDER BY updated DESC", (long long)span_of(&cursor, now));
    struct looking l = {.task = &task, .jql = kit_text_get(&jql)};
    if (kit_pages(look, &l, PAGES_MOST)) {
        snprintf(cursor.value, sizeof(cursor.value), "%lld", (long long)now);
        cursor.moved = true;
        kit_cursor_save(&cursor);
    }
    kit_text_finish(&jql);
}

int32_t jira_run(void *self, struct tocsin_error *error)
{
    struct jira *jira = self;
    return kit_instance_run(jira, *jira->secret ? SLOWLY : 1, look_once, jira, error);
}
