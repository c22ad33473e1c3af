/* desk.find: users whom a ticket can be opened for, by address, external id, domain, name or organisation. */
#include "zendesk.h"

#include <stdlib.h>
#include <string.h>

#define USERS "users/search?include=organizations&"

struct seeking {
    struct kit_task *task;
    struct kit_matches matches;
};

/* By which member of the action what is searched. The best match comes first. The customer's key may be an external id. Zendesk's search
   finds more than it is asked for, so a field of the user must fit, too. */
static const struct way {
    const char *member, *path, *before,
        *after;        /* the value stands between the last two, at the end of the path */
    const char *field; /* of the user, which must fit */
    enum kit_way way;
} ways[] = {
    {"email", USERS "query=", "email:", "", "email", KIT_SAME},
    {"key", USERS "external_id=", "", "", "external_id", KIT_SAME},
    {"domain", USERS "query=", "email:*@", "", "email", KIT_DOMAIN},
    {"name", USERS "query=", "name:\"", "\"", "name", KIT_PART},
    {"name", USERS "query=", "organization:\"", "\"", "organization", KIT_PART},
};

static void add(struct seeking *s, const struct way *way, const char *what, const cJSON *user, const char *of)
{
    char id[KIT_ID_BYTES];
    bool by_organisation = strcmp(way->field, "organization") == 0;
    if (kit_fits(way->way, by_organisation ? of : kit_json_text(user, way->field), what) &&
        !kit_json_true(user, "suspended"))
        kit_matches_add(&s->matches, record_address(user, id), kit_json_text(user, "name"), of);
}

/* What the account may not see is left out. */
static cJSON *ask(struct kit_task *task, const struct way *way, const char *what)
{
    struct kit_text path = {0}, value = {0};
    kit_text_add(&value, way->before);
    for (const char *p = what; *p; p++)
        kit_text_addn(&value, p, *p != '"');
    kit_text_add(&value, way->after);
    char *encoded = kit_url_encode(kit_text_get(&value));
    kit_text_addf(&path, "%s%s", way->path, encoded);
    cJSON *answer = kit_api_get(task, kit_text_get(&path));
    kit_api_was_missing(task);
    free(encoded);
    kit_text_finish(&value);
    kit_text_finish(&path);
    return answer;
}

static void look(struct seeking *s, const struct way *way, const char *what)
{
    cJSON *answer = *what && s->task->result->code == TOCSIN_DONE ? ask(s->task, way, what) : NULL;
    const cJSON *user;
    char organisation[KIT_ID_BYTES];
    cJSON_ArrayForEach(user, kit_json_member(answer, "users"))
    {
        kit_json_id(user, "organization_id", organisation);
        const cJSON *of = kit_json_with_id(kit_json_member(answer, "organizations"), organisation);
        add(s, way, what, user, kit_json_text(of, "name"));
    }
    cJSON_Delete(answer);
}

/* The customer's key may be an organisation's external id, too. */
static void look_in_organisation(struct seeking *s, const char *key)
{
    static const struct way way = {.path = "organizations/search?external_id=", .before = "", .after = ""};
    cJSON *answer = *key && s->task->result->code == TOCSIN_DONE ? ask(s->task, &way, key) : NULL;
    const cJSON *first = cJSON_GetArrayItem(kit_json_member(answer, "organizations"), 0);
    look(s, &ways[sizeof(ways) / sizeof(ways[0]) - 1], kit_json_text(first, "name"));
    cJSON_Delete(answer);
}

void zendesk_find(struct kit_task *task)
{
    struct seeking s = {task, kit_matches_begin(task->body)};
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
        look(&s, &ways[i], kit_json_text(task->body, ways[i].member));
    look_in_organisation(&s, kit_json_text(task->body, "key"));
    kit_matches_answer(&s.matches, task->result);
}
