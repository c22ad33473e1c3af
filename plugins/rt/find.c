/* desk.find: users of RT whom a ticket can be opened for, by their address, its domain, their name or their organisation. */
#include "rt.h"

#include <string.h>
#include <strings.h>

#define PAGE "50"

/* By which member of the action which field of RT's users is searched. The best match comes first. The customer's key may be their
   name in RT, which other systems set. */
static const struct way {
    const char *member, *field, *operation, *before, *after;
} ways[] = {
    {"email", "EmailAddress", "=", "", ""},       {"key", "Name", "=", "", ""},
    {"domain", "EmailAddress", "LIKE", "%@", ""}, {"name", "RealName", "LIKE", "%", "%"},
    {"name", "Organization", "LIKE", "%", "%"},   {"name", "Name", "LIKE", "%", "%"},
};

struct seeking {
    struct kit_task *task;
    const struct way *way;
    const char *what; /* as somebody typed it */
    struct kit_matches matches;
};

/* RT leaves out a condition on a field that the account may not search, and then names everybody. */
static bool fits(const struct seeking *s, const cJSON *user)
{
    const char *value = kit_json_text(user, s->way->field);
    size_t n = strlen(value), m = strlen(s->what);
    if (*s->way->after)
        return strcasestr(value, s->what) != NULL;
    if (*s->way->before)
        return n > m && value[n - m - 1] == '@' && strcasecmp(value + n - m, s->what) == 0;
    return strcasecmp(value, s->what) == 0;
}

static void add(struct seeking *s, const cJSON *user)
{
    const char *email = kit_json_text(user, "EmailAddress"), *of = kit_json_text(user, "Organization"),
               *name = kit_json_text_or(user, "RealName", kit_json_text_or(user, "Name", email));
    struct kit_text shown = {0};
    if (!fits(s, user) || !kit_is_mail_address(email))
        return;
    kit_text_addf(&shown, "%s%s%s%s", name, *of ? " (" : "", of, *of ? ")" : "");
    kit_matches_add(&s->matches, email, kit_text_get(&shown), email, "contact");
    kit_text_finish(&shown);
}

static void add_query(const struct seeking *s, struct kit_text *path)
{
    struct kit_text pattern = {0}, json = {0};
    cJSON *query = cJSON_CreateArray();
    kit_text_addf(&pattern, "%s%s%s", s->way->before, s->what, s->way->after);
    cJSON_AddItemToArray(query, kit_json_texts("field", s->way->field, "operator", s->way->operation, "value",
                                               kit_text_get(&pattern), NULL));
    kit_json_write(query, &json);
    kit_api_parameter(path, "query", kit_text_get(&json));
    cJSON_Delete(query);
    kit_text_finish(&json);
    kit_text_finish(&pattern);
}

/* False: RT did not answer. */
static bool look(struct seeking *s)
{
    struct kit_text path = {0};
    const cJSON *user;
    kit_text_add(&path, "users?");
    add_query(s, &path);
    kit_api_parameter(&path, "fields", "Name,RealName,EmailAddress,Organization");
    kit_api_parameter(&path, "per_page", PAGE);
    cJSON *page = kit_api_get(s->task, kit_text_get(&path));
    bool answered = page != NULL;
    cJSON_ArrayForEach(user, kit_json_member(page, "items"))
    {
        add(s, user);
    }
    cJSON_Delete(page);
    kit_text_finish(&path);
    return answered;
}

void rt_find(struct kit_task *task)
{
    bool answered = true;
    struct seeking s = {.task = task, .matches = kit_matches_begin(task->body)};
    for (size_t i = 0; answered && i < sizeof(ways) / sizeof(ways[0]); i++) {
        s.way = &ways[i];
        s.what = kit_json_text(task->body, s.way->member);
        answered = !*s.what || look(&s);
    }
    kit_matches_answer(&s.matches, task->result);
}
