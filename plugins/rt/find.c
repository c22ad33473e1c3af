/* desk.find: users of RT whom a ticket can be opened for, by their address, its domain, their name or their organisation. */
#include "rt.h"

/* By which member of the action which field of RT's users is searched. The best match comes first. The customer's key may be their
   name in RT, which other systems set. */
static const struct way {
    const char *member, *field;
    enum kit_way how;
} ways[] = {
    {"email", "EmailAddress", KIT_SAME},    {"key", "Name", KIT_SAME},
    {"domain", "EmailAddress", KIT_DOMAIN}, {"name", "RealName", KIT_PART},
    {"name", "Organization", KIT_PART},     {"name", "Name", KIT_PART},
};
static const struct {
    const char *operation, *before, *after;
} operations[] = {
    [KIT_SAME] = {"=", "", ""}, [KIT_DOMAIN] = {"LIKE", "%@", ""}, [KIT_PART] = {"LIKE", "%", "%"}};

struct seeking {
    struct kit_task *task;
    const struct way *way;
    const char *what; /* as somebody typed it */
    struct kit_matches matches;
};

/* RT leaves out a condition on a field that the account may not search, and then names everybody. */
static void add(struct seeking *s, const cJSON *user)
{
    const char *email = kit_json_text(user, "EmailAddress"), *of = kit_json_text(user, "Organization"),
               *name = kit_json_text_or(user, "RealName", kit_json_text_or(user, "Name", email));
    struct kit_text shown = {0};
    if (!kit_fits(s->way->how, kit_json_text(user, s->way->field), s->what) || !kit_is_mail_address(email))
        return;
    kit_text_addf(&shown, "%s%s%s%s", name, *of ? " (" : "", of, *of ? ")" : "");
    kit_matches_add(&s->matches, email, kit_text_get(&shown), email, "contact");
    kit_text_finish(&shown);
}

/* False: RT did not answer. */
static bool look(struct seeking *s)
{
    struct kit_text pattern = {0}, json = {0};
    const cJSON *user;
    cJSON *query = cJSON_CreateArray();
    kit_text_addf(&pattern, "%s%s%s", operations[s->way->how].before, s->what, operations[s->way->how].after);
    cJSON_AddItemToArray(query,
                         kit_json_texts("field", s->way->field, "operator", operations[s->way->how].operation,
                                        "value", kit_text_get(&pattern), NULL));
    kit_json_write(query, &json);
    cJSON *users =
        rt_search(s->task, "users", &json, "fields=Name,RealName,EmailAddress,Organization&per_page=50");
    bool answered = users != NULL;
    cJSON_ArrayForEach(user, users)
    {
        add(s, user);
    }
    cJSON_Delete(users);
    cJSON_Delete(query);
    kit_text_finish(&pattern);
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
