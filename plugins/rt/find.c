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

/* RT leaves out a condition on a field that the account may not search, and then names everybody. */
static void add(struct kit_matches *matches, const cJSON *user, const struct way *way, const char *what)
{
    const char *email = kit_json_text(user, "EmailAddress");
    if (kit_fits(way->how, kit_json_text(user, way->field), what) && kit_is_mail_address(email))
        kit_matches_add(matches, email, kit_json_text_or(user, "RealName", kit_json_text(user, "Name")),
                        kit_json_text(user, "Organization"));
}

static void look(struct kit_task *task, const struct way *way, const char *what, struct kit_matches *matches)
{
    struct kit_text pattern = {0}, json = {0};
    const cJSON *user;
    kit_text_addf(&pattern, "%s%s%s",
                  way->how == KIT_SAME   ? ""
                  : way->how == KIT_PART ? "%"
                                         : "%@",
                  what, way->how == KIT_PART ? "%" : "");
    cJSON *query = cJSON_CreateArray();
    cJSON_AddItemToArray(query,
                         kit_json_texts("field", way->field, "operator", way->how == KIT_SAME ? "=" : "LIKE",
                                        "value", kit_text_get(&pattern), NULL));
    kit_json_write(query, &json);
    cJSON *users =
        rt_search(task, "users", &json, "fields=Name,RealName,EmailAddress,Organization&per_page=50");
    cJSON_ArrayForEach(user, users)
    {
        add(matches, user, way, what);
    }
    cJSON_Delete(users);
    cJSON_Delete(query);
    kit_text_finish(&pattern);
}

void rt_find(struct kit_task *task)
{
    struct kit_matches matches = kit_matches_begin(task->body);
    for (size_t i = 0; task->result->code == TOCSIN_DONE && i < sizeof(ways) / sizeof(ways[0]); i++) {
        const char *what = kit_json_text(task->body, ways[i].member);
        if (*what)
            look(task, &ways[i], what, &matches);
    }
    kit_matches_answer(&matches, task->result);
}
