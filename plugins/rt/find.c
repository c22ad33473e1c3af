/* desk.find: users of RT whom a ticket can be opened for, by their address, its domain, their name or their organisation. */
#include "rt.h"

/* The customer's key may be their name in RT, which other systems set. */
static const struct kit_search searches[] = {
    {"email", "users", "EmailAddress", KIT_SAME},
    {"key", "users", "Name", KIT_SAME},
    {"domain", "users", "EmailAddress", KIT_DOMAIN},
    {"name", "users", "RealName", KIT_PART},
    {"name", "users", "Organization", KIT_PART},
    {"name", "users", "Name", KIT_PART},
    {0},
};

/* RT leaves out a condition on a field that the account may not search, and then names everybody. */
static void add(struct kit_matches *matches, const cJSON *user, const struct kit_search *search,
                const char *what)
{
    const char *email = kit_json_text(user, "EmailAddress");
    if (kit_fits(search->way, kit_json_text(user, search->field), what) && kit_is_mail_address(email))
        kit_matches_add(matches, email, kit_json_text_or(user, "RealName", kit_json_text(user, "Name")),
                        kit_json_text(user, "Organization"));
}

static void look(struct kit_task *task, const struct kit_search *search, const char *what,
                 struct kit_matches *matches)
{
    struct kit_text pattern = {0}, json = {0};
    const cJSON *user;
    kit_text_addf(&pattern, "%s%s%s",
                  search->way == KIT_SAME   ? ""
                  : search->way == KIT_PART ? "%"
                                            : "%@",
                  what, search->way == KIT_PART ? "%" : "");
    cJSON *query = cJSON_CreateArray();
    cJSON_AddItemToArray(query, kit_json_texts("field", search->field, "operator",
                                               search->way == KIT_SAME ? "=" : "LIKE", "value",
                                               kit_text_get(&pattern), NULL));
    kit_json_write(query, &json);
    cJSON *users =
        rt_search(task, search->in, &json, "fields=Name,RealName,EmailAddress,Organization&per_page=50");
    cJSON_ArrayForEach(user, users)
    {
        add(matches, user, search, what);
    }
    cJSON_Delete(users);
    cJSON_Delete(query);
    kit_text_finish(&pattern);
}

void rt_find(struct kit_task *task)
{
    kit_find(task, searches, look);
}
