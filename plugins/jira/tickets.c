/* ticket.*: an issue is made once, followed, commented on once, and moved through its workflow. */
#include "jira.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define TEXT_MOST  32000 /* bytes, of 32,767 characters that Jira takes */
#define TITLE_MOST 250   /* of 255 */

/* ---- an issue ---- */

cJSON *jira_issue(struct kit_task *task, const char *key)
{
    return kit_api_get_at(task, "issue/%?fields=" JIRA_FIELDS, key);
}

/* The issue of the action; *key is how the core names it. */
static cJSON *issue_of(struct kit_task *task, char key[JIRA_KEY_BYTES])
{
    const struct jira *jira = jira_of(task);
    const char *text = kit_json_text_or(task->body, "ticket", kit_json_text(task->body, "link"));
    if (jira_key(text, jira->web, key))
        return jira_issue(task, key);
    kit_result(task->result, TOCSIN_REFUSED,
               "'%s' is no issue: it must be such as PAY-7, or a link to one on %s", text, jira->web);
    return NULL;
}

/* Notes an issue as it is now, with the id that the core has; as the answer, too, if it asks for one. */
static void note(struct kit_task *task, const cJSON *issue, const char *id, bool answers)
{
    const struct jira *jira = jira_of(task);
    struct kit_text link = {0};
    struct kit_ticket ticket = jira_ticket(jira, issue, id, &link);
    kit_followed_note(jira->kit.followed, kit_json_text(issue, "id"), &ticket, jira_updated_ms(issue));
    if (answers)
        kit_ticket_answer(&ticket, task);
    kit_text_finish(&link);
}

static void mark_of(const struct kit_task *task, const char *what, char mark[KIT_MARK_BYTES])
{
    kit_mark(jira_of(task)->project, what, task->action->key, mark);
}

/* [{"key": "tocsin", "value": the mark}] */
static cJSON *add_mark(cJSON *json, const char *mark)
{
    cJSON *list = cJSON_AddArrayToObject(json, "properties");
    cJSON_AddItemToArray(list, kit_json_texts("key", JIRA_PROPERTY, "value", mark, NULL));
    return list;
}

/* In a project of Jira Service Management, the customer must not see a comment. */
static void add_internal(cJSON *properties)
{
    cJSON *property = kit_json_texts("key", "sd.public.comment", NULL);
    cJSON_AddTrueToObject(cJSON_AddObjectToObject(property, "value"), "internal");
    cJSON_AddItemToArray(properties, property);
}

static void add_text(const struct kit_task *task, cJSON *json, const char *member)
{
    struct kit_text text = {0};
    kit_tracker_text(task->body, KIT_JIRA, TEXT_MOST, &text);
    cJSON_AddStringToObject(json, member, kit_text_get(&text));
    kit_text_finish(&text);
}

/* ---- ticket.create ---- */

static cJSON *new_issue(const struct kit_task *task, const char *mark)
{
    const struct jira *jira = jira_of(task);
    const cJSON *labels = kit_json_member(jira->kit.settings, "labels");
    char title[TITLE_MOST];
    kit_clean_name(kit_json_text(task->body, "title"), title, sizeof(title));
    cJSON *json = cJSON_CreateObject(), *fields = kit_json_texts("summary", title, NULL);
    cJSON_AddItemToObject(fields, "project", kit_json_texts("key", jira->project, NULL));
    cJSON_AddItemToObject(fields, "issuetype", kit_json_texts("name", jira->issue_type, NULL));
    add_text(task, fields, "description");
    if (cJSON_GetArraySize(labels))
        cJSON_AddItemToObject(fields, "labels", cJSON_Duplicate(labels, true));
    cJSON_AddItemToObject(json, "fields", fields);
    add_mark(json, mark);
    return json;
}

static void create(struct kit_task *task)
{
    char mark[KIT_MARK_BYTES];
    cJSON *issue = NULL;
    if (kit_json_true(task->body, "parent")) {
        kit_result(task->result, TOCSIN_REFUSED, "Jira has no issue that those of customers join");
        return;
    }
    mark_of(task, "issue", mark);
    if (task->action->attempt > 1)
        issue = jira_earlier_issue(task, mark);
    if (!issue && task->result->code == TOCSIN_DONE) {
        cJSON *made = kit_api_write(task, "POST", "issue", new_issue(task, mark), NULL);
        issue = made ? jira_issue(task, kit_json_text(made, "id")) : NULL; /* its status, and when */
        cJSON_Delete(made);
    }
    if (issue)
        note(task, issue, kit_json_text(issue, "key"), true);
    cJSON_Delete(issue);
}

/* ---- ticket.follow, ticket.comment ---- */

/* What another project does not allow is no fault of the account. */
static void forgive(struct kit_task *task, const char *key)
{
    const char *project = jira_of(task)->project;
    size_t n = strlen(project);
    if (task->result->code == TOCSIN_AUTH && task->status == 403 &&
        (strncmp(project, key, n) != 0 || key[n] != '-'))
        kit_result(task->result, TOCSIN_REFUSED, "the account may not do that to %s", key);
}

static void follow(struct kit_task *task)
{
    char key[JIRA_KEY_BYTES] = "";
    cJSON *issue = issue_of(task, key);
    forgive(task, key);
    if (issue)
        note(task, issue, kit_json_text_or(issue, "key", key), true);
    cJSON_Delete(issue);
}

static void comment(struct kit_task *task)
{
    char key[JIRA_KEY_BYTES] = "", mark[KIT_MARK_BYTES];
    struct kit_text path = {0};
    cJSON *issue = issue_of(task, key), *said = NULL, *json = cJSON_CreateObject();
    mark_of(task, "comment", mark);
    add_text(task, json, "body");
    add_internal(add_mark(json, mark));
    kit_text_addf(&path, "issue/%s/comment", key);
    if (issue && task->action->attempt > 1)
        said = jira_earlier_comment(task, key, mark);
    if (issue && !said && task->result->code == TOCSIN_DONE) {
        said = kit_api_write(task, "POST", kit_text_get(&path), json, NULL);
        json = NULL;
    }
    forgive(task, key);
    if (said)
        snprintf(task->result->remote_id, sizeof(task->result->remote_id), "%s", kit_json_text(said, "id"));
    cJSON_Delete(issue);
    cJSON_Delete(said);
    cJSON_Delete(json);
    kit_text_finish(&path);
}

/* ---- ticket.state ---- */

/* The name of a field that a person must fill in; NULL: there is none. */
static const char *needs(const cJSON *transition)
{
    const cJSON *field;
    cJSON_ArrayForEach(field, kit_json_member(transition, "fields"))
    {
        if (kit_json_true(field, "required") && !kit_json_true(field, "hasDefaultValue"))
            return kit_json_text_or(field, "name", field->string);
    }
    return NULL;
}

/* The first transition that leads there and needs nothing; of those that end an issue, the one that the settings name is better. */
static const cJSON *choose(const struct jira *jira, const cJSON *list, bool done, const cJSON **ret_needy)
{
    const char *wanted = kit_json_text(jira->kit.settings, "done_status");
    const cJSON *transition, *found = NULL;
    cJSON_ArrayForEach(transition, list)
    {
        const cJSON *to = kit_json_member(transition, "to");
        bool named = done && *wanted && strcasecmp(kit_json_text(to, "name"), wanted) == 0;
        if (jira_is_done(to) != done || (found && !named))
            continue;
        if (needs(transition))
            *ret_needy = transition;
        else
            found = transition;
    }
    return found;
}

static void refuse(struct kit_task *task, const char *key, bool done, const cJSON *needy)
{
    if (needy)
        kit_result(task->result, TOCSIN_REFUSED,
                   "'%s' of %s asks for '%s' in Jira: let the workflow set it, or do it there",
                   kit_json_text(needy, "name"), key, needs(needy));
    else
        kit_result(task->result, TOCSIN_REFUSED,
                   "the workflow of %s has no transition from its status to one that is %s for this account",
                   key, done ? "done" : "not done");
}

static bool move(struct kit_task *task, const char *key, bool done)
{
    const cJSON *needy = NULL;
    struct kit_text path = {0};
    cJSON *list = kit_api_get_at(task, "issue/%/transitions?expand=transitions.fields", key), *json = NULL;
    const cJSON *chosen = choose(jira_of(task), kit_json_member(list, "transitions"), done, &needy);
    if (list && !chosen)
        refuse(task, key, done, needy);
    if (chosen) {
        json = cJSON_CreateObject();
        cJSON_AddItemToObject(json, "transition", kit_json_texts("id", kit_json_text(chosen, "id"), NULL));
        kit_text_addf(&path, "issue/%s/transitions", key);
        cJSON_Delete(kit_api_write(task, "POST", kit_text_get(&path), json, NULL));
    }
    cJSON_Delete(list);
    kit_text_finish(&path);
    return task->result->code == TOCSIN_DONE;
}

static void set_state(struct kit_task *task)
{
    char key[JIRA_KEY_BYTES] = "";
    struct kit_text link = {0};
    bool done = strcmp(kit_json_text(task->body, "state"), "done") == 0;
    cJSON *issue = issue_of(task, key);
    if (issue && jira_ticket(jira_of(task), issue, key, &link).done != done) {
        cJSON_Delete(issue);
        issue = move(task, key, done) ? jira_issue(task, key) : NULL;
    }
    if (issue)
        note(task, issue, key, false);
    forgive(task, key);
    cJSON_Delete(issue);
    kit_text_finish(&link);
}

const struct kit_performer jira_performers[] = {{"ticket.create", create},
                                                {"ticket.follow", follow},
                                                {"ticket.comment", comment},
                                                {"ticket.state", set_state},
                                                {0}};
