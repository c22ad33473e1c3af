/* The API: what its answers mean, and what is read from it. */
#include "zendesk.h"

#include <stdlib.h>
#include <string.h>

#include <tocsin/kit/clock.h>

#define AUDITS_PAGES 20 /* of a hundred audits each; older ones are left */

static const struct kit_meaning meanings[] = {
    {401, TOCSIN_AUTH, "Zendesk refuses the login: check `email` and `token`"},
    {403, TOCSIN_REFUSED,
     "the account may not do that in Zendesk; `tocsin connector check` says what it lacks"},
    {404, TOCSIN_REFUSED, "it is not there"},
    {409, TOCSIN_RETRY, "somebody changed it at the same time"},
    {422, TOCSIN_REFUSED, "Zendesk did not accept it"},
    {423, TOCSIN_RETRY, "another change holds it"},
    {0, 0, NULL},
};

/* {"error": "RecordInvalid" or {"title", "message"}, "description", "details": {field: [{"description"}]}} */
static void said(const cJSON *body, struct kit_text *words)
{
    const cJSON *field, *row, *error = kit_json_member(body, "error");
    cJSON_ArrayForEach(field, kit_json_member(body, "details"))
    {
        cJSON_ArrayForEach(row, field)
        {
            kit_text_addf(words, "%s%s", words->n ? "; " : "", kit_json_text(row, "description"));
        }
    }
    if (!words->n)
        kit_text_add(words, kit_json_text_or(body, "description", kit_json_text(body, "error")));
    if (!words->n)
        kit_text_add(words, kit_json_text(error, "message"));
}

/* With that key, another body came before: so the ticket may be there. */
static void judge(const struct kit_answer *answer, const cJSON *body, struct tocsin_result *result)
{
    if (answer->status == 400 && strcmp(kit_json_text(body, "error"), "IdempotentRequestError") == 0)
        result->code = TOCSIN_UNKNOWN;
}

const struct kit_api zendesk_api = {.name = "Zendesk", .meanings = meanings, .said = said, .judge = judge};

cJSON *zendesk_ticket(struct kit_task *task, const char *id)
{
    cJSON *answer = kit_api_get_at(task, "tickets/%?include=users,organizations", id);
    if (!answer || cJSON_IsObject(kit_json_member(answer, "ticket")))
        return answer;
    kit_result(task->result, TOCSIN_RETRY, "Zendesk's answer names no ticket; is `url` its address?");
    cJSON_Delete(answer);
    return NULL;
}

/* ---- audits ---- */

struct reading {
    struct kit_task *task;
    const char *ticket;
    int64_t since_ms;
    cJSON *answer;
};

/* What is older than wanted is followed by what is older still. */
static bool take_audits(void *ctx, const char *at, struct kit_text *next)
{
    struct reading *r = ctx;
    struct kit_text path = {0};
    long page = *at ? strtol(at, NULL, 10) : 1;
    kit_text_addf(&path, "tickets/%s/audits?include=users&sort_order=desc&per_page=100&page=%ld", r->ticket,
                  page);
    cJSON *list = kit_api_get(r->task, kit_text_get(&path));
    const cJSON *audits = kit_json_member(list, "audits"),
                *oldest = cJSON_GetArrayItem(audits, cJSON_GetArraySize(audits) - 1);
    if (kit_time_ms(kit_json_text(oldest, "created_at")) >= r->since_ms && *kit_json_text(list, "next_page"))
        kit_text_addf(next, "%ld", page + 1);
    kit_json_move(list, "audits", r->answer);
    kit_json_move(list, "users", r->answer);
    cJSON_Delete(list);
    kit_text_finish(&path);
    return r->task->result->code == TOCSIN_DONE;
}

cJSON *zendesk_audits(struct kit_task *task, const char *ticket, int64_t since_ms)
{
    struct reading r = {task, ticket, since_ms, cJSON_CreateObject()};
    kit_pages(take_audits, &r, AUDITS_PAGES);
    if (task->result->code == TOCSIN_DONE)
        return r.answer;
    cJSON_Delete(r.answer);
    return NULL;
}
