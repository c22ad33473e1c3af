/*
 * What the token may do, and whether the settings name what is there. Nothing changes: a right to write is tried on a conversation that
 * cannot exist, where Intercom answers "not found" to those who have it.
 */
#include "intercom.h"

#include <string.h>

/* Of a call that needs a permission, which Intercom's page of the token names so. */
static int32_t judge(struct kit_task *task, cJSON *answer, const char *permission, struct tocsin_error *error)
{
    bool there = answer || task->status == 404;
    cJSON_Delete(answer);
    if (there)
        kit_result(task->result, TOCSIN_DONE, "%s", "");
    if (there || task->status != 403)
        return kit_result_error(task->result, error);
    return kit_fail(
        error, TOCSIN_E_AUTH,
        "the token lacks the permission \"%s\": add it to your app in the Developer Hub, under Authentication",
        permission);
}

/* "https://app.eu.intercom.com/a/inbox/abc123" must be the inbox of the token's workspace. */
static int32_t check_workspace(struct kit_task *task, struct tocsin_error *error)
{
    cJSON *me = kit_api_get(task, "me");
    const cJSON *app = kit_json_member(me, "app");
    const char *code = kit_json_text(app, "id_code"), *ours = strrchr(intercom_of(task)->inbox, '/') + 1;
    int32_t rc = kit_result_error(task->result, error);
    if (me && *code && strcmp(ours, code) != 0)
        rc = kit_fail(error, TOCSIN_E_AUTH,
                      "the token is of the workspace %s (%s), and `inbox` of %s: they must be the same", code,
                      kit_json_text(app, "name"), ours);
    cJSON_Delete(me);
    return rc;
}

static int32_t check_admin(struct kit_task *task, struct tocsin_error *error)
{
    const char *id = intercom_of(task)->admin;
    cJSON *admin = kit_api_get_at(task, "admins/%", id);
    int32_t rc = kit_result_error(task->result, error);
    if (task->status == 404)
        rc = kit_fail(error, TOCSIN_E_AUTH,
                      "there is no teammate %s: `admin` is the number in the address of the teammate's page",
                      id);
    else if (admin && cJSON_IsFalse(kit_json_member(admin, "has_inbox_seat")))
        rc = kit_fail(error, TOCSIN_E_AUTH,
                      "the teammate %s has no seat in the inbox, and so may not write there",
                      kit_json_text(admin, "name"));
    cJSON_Delete(admin);
    return rc;
}

static int32_t check_type(struct kit_task *task, const char *setting, const char *category,
                          struct tocsin_error *error)
{
    const char *id = kit_json_text(intercom_of(task)->kit.settings, setting);
    if (!*id)
        return 0;
    cJSON *type = kit_api_get_at(task, "ticket_types/%", id);
    int32_t rc = 0;
    if (task->status == 404)
        rc = kit_fail(error, TOCSIN_E_AUTH, "there is no ticket type %s; `%s` must be the id of one", id,
                      setting);
    else if (!type)
        rc = judge(task, NULL, "Read tickets", error);
    else if (strcmp(kit_json_text(type, "category"), category) != 0)
        rc = kit_fail(error, TOCSIN_E_AUTH, "`%s` must be a ticket type of the category %s; %s is one of %s",
                      setting, category, kit_json_text(type, "name"), kit_json_text(type, "category"));
    cJSON_Delete(type);
    return rc ? rc : judge(task, intercom_reply(task, "t0", true, "A check of rights"), "Write tickets", error);
}

static int32_t check_contacts(struct kit_task *task, struct tocsin_error *error)
{
    return judge(task, intercom_search(task, "contacts/search", "id", "=", "0", ""),
                 "Read and list users and companies", error);
}

static int32_t check_conversations(struct kit_task *task, struct tocsin_error *error)
{
    cJSON *found = intercom_search(task, "conversations/search", "id", "=", "0", "");
    int32_t rc = judge(task, found, "Read conversations", error);
    return rc ? rc
              : judge(task, intercom_reply(task, "0", true, "A check of rights"), "Write conversations", error);
}

static int32_t check_types(struct kit_task *task, struct tocsin_error *error)
{
    int32_t rc = check_type(task, "tracker", "Tracker", error);
    return rc ? rc : check_type(task, "work", "Back-office", error);
}

int32_t intercom_check(void *self, struct tocsin_error *error)
{
    static kit_check *const checks[] = {check_workspace,     check_admin, check_contacts,
                                        check_conversations, check_types, NULL};
    return kit_instance_check(self, checks, error);
}
