/* desk.find: contacts by their address, its domain, their name or company, or by keys that are ours. */
#include "intercom.h"

#include <string.h>

#define ATTRIBUTE "custom_attributes." /* and its name, which is a setting */

static const struct kit_search searches[] = {
    {"email", "contacts", "email", KIT_SAME},         {"key", "contacts", "external_id", KIT_SAME},
    {"key", "contacts", ATTRIBUTE, KIT_SAME},         {"key", "companies", "company_id", KIT_SAME},
    {"domain", "contacts", "email_domain", KIT_SAME}, {"name", "companies", "name", KIT_SAME},
    {"name", "contacts", "name", KIT_PART},           {0},
};

/* Adds a page of contacts, which it deletes. `of`: their company; "": not known. */
static void add_all(struct kit_matches *matches, cJSON *page, const char *of)
{
    const cJSON *row;
    struct kit_text next = {0};
    cJSON_ArrayForEach(row, kit_json_member(page, "data"))
    {
        kit_matches_add(matches, intercom_address(row), kit_json_text(row, "name"), of);
    }
    intercom_next(page, &next);
    matches->more = matches->more || next.n;
    kit_text_finish(&next);
    cJSON_Delete(page);
}

static void look_into_company(struct kit_task *task, const char *field, const char *what,
                              struct kit_matches *matches)
{
    struct kit_text path = {0};
    kit_text_add(&path, "companies?");
    kit_api_parameter(&path, field, what);
    cJSON *list = kit_api_get(task, kit_text_get(&path));
    kit_api_was_missing(task);
    const cJSON *rows = kit_json_member(list, "data"),
                *company = rows ? cJSON_GetArrayItem(rows, 0) : list; /* or one alone */
    const char *id = kit_json_text(company, "id");
    if (*id)
        add_all(matches, kit_api_get_at(task, "companies/%/contacts", id), kit_json_text(company, "name"));
    cJSON_Delete(list);
    kit_text_finish(&path);
}

static void look(struct kit_task *task, const struct kit_search *search, const char *what,
                 struct kit_matches *matches)
{
    const char *attribute = kit_json_text(intercom_of(task)->kit.settings, "attribute");
    bool ours = strcmp(search->field, ATTRIBUTE) == 0;
    struct kit_text field = {0};
    kit_text_addf(&field, "%s%s", search->field, ours ? attribute : "");
    const char *operation = search->way == KIT_PART ? "~" : "=", *by = kit_text_get(&field);
    if (strcmp(search->in, "companies") == 0)
        look_into_company(task, by, what, matches);
    else if (!ours || *attribute)
        add_all(matches, intercom_search(task, "contacts/search", by, operation, what, ""), "");
    kit_text_finish(&field);
}

void intercom_find(struct kit_task *task)
{
    kit_find(task, searches, look);
}
