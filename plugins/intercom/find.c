/* desk.find: contacts by their address, its domain, their name or company, or by keys that are ours. */
#include "intercom.h"

struct seeking {
    struct kit_task *task;
    struct kit_matches matches;
};

/* Adds a page of contacts, which it deletes. `of`: their company; "": not known. */
static void add_all(struct seeking *s, cJSON *page, const char *of)
{
    const cJSON *row;
    struct kit_text next = {0};
    cJSON_ArrayForEach(row, kit_json_member(page, "data"))
    {
        kit_matches_add(&s->matches, intercom_address(row), kit_json_text(row, "name"), of);
    }
    intercom_next(page, &next);
    s->matches.more = s->matches.more || next.n;
    kit_text_finish(&next);
    cJSON_Delete(page);
}

static void search(struct seeking *s, const char *field, const char *operation, const char *value)
{
    if (*value && s->task->result->code == TOCSIN_DONE)
        add_all(s, intercom_search(s->task, "contacts/search", field, operation, value, ""), "");
}

/* The contacts of a company with that name, or with that id of ours. */
static void search_company(struct seeking *s, const char *by, const char *value)
{
    struct kit_text path = {0};
    if (!*value || s->task->result->code != TOCSIN_DONE)
        return;
    kit_text_add(&path, "companies?");
    kit_api_parameter(&path, by, value);
    cJSON *list = kit_api_get(s->task, kit_text_get(&path));
    kit_api_was_missing(s->task);
    const cJSON *rows = kit_json_member(list, "data"),
                *company = rows ? cJSON_GetArrayItem(rows, 0) : list; /* or one alone */
    const char *id = kit_json_text(company, "id");
    if (*id)
        add_all(s, kit_api_get_at(s->task, "companies/%/contacts", id), kit_json_text(company, "name"));
    cJSON_Delete(list);
    kit_text_finish(&path);
}

void intercom_find(struct kit_task *task)
{
    const char *key = kit_json_text(task->body, "key"), *name = kit_json_text(task->body, "name"),
               *attribute = kit_json_text(intercom_of(task)->kit.settings, "attribute");
    struct seeking s = {.task = task, .matches = kit_matches_begin(task->body)};
    struct kit_text field = {0};
    kit_text_addf(&field, "custom_attributes.%s", attribute);
    search(&s, "email", "=", kit_json_text(task->body, "email"));
    search(&s, "external_id", "=", key);
    search(&s, kit_text_get(&field), "=", *attribute ? key : "");
    search_company(&s, "company_id", key);
    search(&s, "email_domain", "=", kit_json_text(task->body, "domain"));
    search_company(&s, "name", name);
    search(&s, "name", "~", name);
    kit_matches_answer(&s.matches, task->result);
    kit_text_finish(&field);
}
