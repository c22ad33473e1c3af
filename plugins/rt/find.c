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
    struct rt_task *task;
    const struct way *way;
    const char *what; /* as somebody typed it */
    size_t most;
    cJSON *matches;
    bool more;
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

/* Rows of a user that was found before come again, by another field. */
static bool is_there(const struct seeking *s, const char *address)
{
    const cJSON *match;
    cJSON_ArrayForEach(match, s->matches)
    {
        if (strcasecmp(kit_json_text(match, "address"), address) == 0)
            return true;
    }
    return false;
}

static void add(struct seeking *s, const cJSON *user)
{
    const char *email = kit_json_text(user, "EmailAddress"), *name = kit_json_text(user, "RealName"),
               *of = kit_json_text(user, "Organization");
    struct kit_text shown = {0};
    if (!fits(s, user) || !*email || strpbrk(email, " \t\r\n<>,") || is_there(s, email))
        return;
    kit_text_addf(&shown, "%s%s%s%s", *name ? name : kit_json_text_or(user, "Name", email), *of ? " (" : "", of,
                  *of ? ")" : "");
    if ((size_t)cJSON_GetArraySize(s->matches) < s->most)
        cJSON_AddItemToArray(s->matches, kit_json_texts("address", email, "name", kit_text_get(&shown), "email",
                                                        email, "kind", "contact", NULL));
    else
        s->more = true;
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
    rt_parameter(path, "query", kit_text_get(&json));
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
    rt_parameter(&path, "fields", "Name,RealName,EmailAddress,Organization");
    rt_parameter(&path, "per_page", PAGE);
    cJSON *page = rt_get(s->task, kit_text_get(&path));
    bool answered = page != NULL;
    cJSON_ArrayForEach(user, kit_json_member(page, "items"))
    {
        add(s, user);
    }
    cJSON_Delete(page);
    kit_text_finish(&path);
    return answered;
}

void rt_find(struct rt_task *task, const struct tocsin_action *action, const cJSON *body)
{
    (void)action;
    bool answered = true;
    struct seeking s = {
        .task = task, .most = (size_t)kit_json_int(body, "most", 10), .matches = cJSON_CreateArray()};
    for (size_t i = 0; answered && i < sizeof(ways) / sizeof(ways[0]); i++) {
        s.way = &ways[i];
        s.what = kit_json_text(body, s.way->member);
        answered = !*s.what || look(&s);
    }
    cJSON *answer = cJSON_CreateObject();
    cJSON_AddItemToObject(answer, "matches", s.matches);
    cJSON_AddBoolToObject(answer, "more", s.more);
    if (answered)
        kit_result_answer(task->result, answer);
    else
        cJSON_Delete(answer);
}
