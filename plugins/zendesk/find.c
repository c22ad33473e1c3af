/* desk.find: users whom a ticket can be opened for, by address, external id, domain, name or organisation. */
#include "zendesk.h"

#include <string.h>

#define USERS "users/search?include=organizations&"

/* Zendesk's search finds more than it is asked for, so a field of the user must fit, too. The customer's key may be an external id, of a
   user or of an organisation. */
static const struct kit_search searches[] = {
    {"email", USERS "query=email:%", "email", KIT_SAME},
    {"key", USERS "external_id=%", "external_id", KIT_SAME},
    {"domain", USERS "query=email:*@%", "email", KIT_DOMAIN},
    {"name", USERS "query=name:%", "name", KIT_PART},
    {"name", USERS "query=organization:%", "organization", KIT_PART},
    {"key", "organizations/search?external_id=%", NULL, KIT_SAME},
    {0},
};
static const struct kit_search *const by_organisation = &searches[4];

/* In quotes where it may be several words. What the account may not see is left out. */
static cJSON *ask(struct kit_task *task, const struct kit_search *search, const char *what)
{
    const char *quote = search->way == KIT_PART ? "\"" : "";
    struct kit_text value = {0};
    kit_text_add(&value, quote);
    for (const char *p = what; *p; p++)
        kit_text_addn(&value, p, *p != '"');
    kit_text_add(&value, quote);
    cJSON *answer = kit_api_get_at(task, search->in, kit_text_get(&value));
    kit_api_was_missing(task);
    kit_text_finish(&value);
    return answer;
}

static void look(struct kit_task *task, const struct kit_search *search, const char *what,
                 struct kit_matches *matches)
{
    char id[KIT_ID_BYTES];
    const cJSON *user;
    cJSON *answer = ask(task, search, what);
    cJSON_ArrayForEach(user, kit_json_member(answer, "users"))
    {
        kit_json_id(user, "organization_id", id);
        const char *of = kit_json_text(kit_json_with_id(kit_json_member(answer, "organizations"), id), "name");
        const char *found =
            strcmp(search->field, "organization") == 0 ? of : kit_json_text(user, search->field);
        if (kit_fits(search->way, found, what) && !kit_json_true(user, "suspended"))
            kit_matches_add(matches, record_address(user, id), kit_json_text(user, "name"), of);
    }
    const cJSON *organisation =
        cJSON_GetArrayItem(search->field ? NULL : kit_json_member(answer, "organizations"), 0);
    if (organisation)
        look(task, by_organisation, kit_json_text(organisation, "name"), matches);
    cJSON_Delete(answer);
}

void zendesk_find(struct kit_task *task)
{
    kit_find(task, searches, look);
}
