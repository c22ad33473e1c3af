/* desk.find: users whom a ticket can be opened for, by address, external id, domain, name or organisation. */
#include "zendesk.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define ORGANISATIONS_MOST 5 /* whose members are asked */

struct seeking {
    struct kit_task *task;
    const struct way *way;
    const char *what; /* as somebody typed it */
    struct kit_matches matches;
};

static bool has_domain(const char *email, const char *what)
{
    const char *at = strrchr(email, '@');
    return at && strcasecmp(at + 1, what) == 0;
}

static bool is_same(const char *value, const char *what)
{
    return strcasecmp(value, what) == 0;
}

static bool has_word(const char *value, const char *what)
{
    return strcasestr(value, what) != NULL;
}

/* By which member of the action what is searched. The best match comes first. The customer's key may be an external id. Zendesk's search
   finds more than it is asked for, so the user's field must fit; the ways without a field find organisations, whose members all do. */
static const struct way {
    const char *member, *path, *before,
        *after; /* the value stands between the last two, at the end of the path */
    const char *field;
    bool (*fits)(const char *value, const char *what);
} ways[] = {
    {"email", "users/search?include=organizations&query=", "email:", "", "email", is_same},
    {"key", "users/search?include=organizations&external_id=", "", "", "external_id", is_same},
    {"key", "organizations/search?external_id=", "", "", NULL, NULL},
    {"domain", "users/search?include=organizations&query=", "email:*@", "", "email", has_domain},
    {"name", "users/search?include=organizations&query=", "name:\"", "\"", "name", has_word},
    {"name", "organizations/autocomplete?name=", "", "", NULL, NULL},
};

/* `records` have the organisations. */
static void add_users(struct seeking *s, const cJSON *answer, const cJSON *records)
{
    const cJSON *user;
    cJSON_ArrayForEach(user, kit_json_member(answer, "users"))
    {
        char id[ZENDESK_ID], organisation[ZENDESK_ID];
        struct kit_text shown = {0};
        const char *email = kit_json_text(user, "email");
        record_id(user, "organization_id", organisation);
        const char *of = kit_json_text(record_of(records, "organizations", organisation), "name");
        bool fits = !s->way->field || s->way->fits(kit_json_text(user, s->way->field), s->what);
        kit_text_addf(&shown, "%s%s%s%s", kit_json_text_or(user, "name", email), *of ? " (" : "", of,
                      *of ? ")" : "");
        if (fits && !kit_json_true(user, "suspended"))
            kit_matches_add(&s->matches, record_address(user, id), kit_text_get(&shown),
                            kit_is_mail_address(email) ? email : NULL, "contact");
        kit_text_finish(&shown);
    }
}

/* What the account may not see is left out. */
static void add_members(struct seeking *s, const cJSON *organisations)
{
    const cJSON *organisation;
    int n = 0;
    cJSON_ArrayForEach(organisation, kit_json_member(organisations, "organizations"))
    {
        char id[ZENDESK_ID];
        record_id(organisation, "id", id);
        bool asked = ++n <= ORGANISATIONS_MOST && s->task->result->code == TOCSIN_DONE;
        cJSON *members = asked ? kit_api_get_at(s->task, "organizations/%/users?per_page=100", id) : NULL;
        kit_api_was_missing(s->task);
        add_users(s, members, organisations);
        cJSON_Delete(members);
    }
}

static void look(struct seeking *s)
{
    struct kit_text path = {0}, value = {0};
    kit_text_add(&value, s->way->before);
    for (const char *p = s->what; *p; p++)
        kit_text_addn(&value, p, *p != '"');
    kit_text_add(&value, s->way->after);
    char *encoded = kit_url_encode(kit_text_get(&value));
    kit_text_addf(&path, "%s%s", s->way->path, encoded);
    cJSON *answer = kit_api_get(s->task, kit_text_get(&path));
    kit_api_was_missing(s->task);
    if (s->way->field)
        add_users(s, answer, answer);
    else
        add_members(s, answer);
    cJSON_Delete(answer);
    free(encoded);
    kit_text_finish(&value);
    kit_text_finish(&path);
}

void zendesk_find(struct kit_task *task)
{
    struct seeking s = {.task = task, .matches = kit_matches_begin(task->body)};
    for (size_t i = 0; task->result->code == TOCSIN_DONE && i < sizeof(ways) / sizeof(ways[0]); i++) {
        s.way = &ways[i];
        s.what = kit_json_text(task->body, s.way->member);
        if (*s.what)
            look(&s);
    }
    kit_matches_answer(&s.matches, task->result);
}
