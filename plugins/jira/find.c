/*
 * What an earlier attempt wrote. A search does not know yet what was written just now, so it says only where to begin: an issue of the
 * project that is older than the action. Keys count up, so what was made since is read one by one from there. What is not among the
 * first hundred is old enough for the search to know it.
 */
#include "jira.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/kit/clock.h>

#define MARGIN_MIN   3 /* the clocks may differ so much; and searches count minutes */
#define WALK_MOST    100
#define MISSING_MOST 10 /* in a row: no later key is given out yet. A deleted issue leaves its key */
#define PAGE         50
#define PAGES_MOST   10

/* Minutes before now, from which on the action can have been performed. */
static int64_t age_of(const struct kit_task *task)
{
    int64_t age = (kit_wall_ms() - task->action->made_ms) / 60000;
    return (age > 0 ? age : 0) + MARGIN_MIN;
}

/* The issue, if it has the mark. */
static cJSON *marked(struct kit_task *task, const char *key, const char *mark)
{
    struct kit_text path = {0};
    kit_text_addf(&path, "issue/%s?fields=" JIRA_FIELDS "&properties=" JIRA_PROPERTY, key);
    cJSON *issue = kit_api_get(task, kit_text_get(&path));
    const char *found = kit_json_text(kit_json_member(issue, "properties"), JIRA_PROPERTY);
    kit_text_finish(&path);
    if (strcmp(found, mark) == 0)
        return issue;
    cJSON_Delete(issue);
    return NULL;
}

/* Of those that the search knows, the ones that we made since. */
static cJSON *known(struct kit_task *task, const char *mark)
{
    struct kit_text jql = {0}, next = {0};
    cJSON *found = NULL;
    const cJSON *row;
    kit_text_addf(
        &jql, "project = \"%s\" AND creator = currentUser() AND created >= \"-%lldm\" ORDER BY created DESC",
        jira_of(task)->project, (long long)age_of(task));
    cJSON *page = jira_search(task, kit_text_get(&jql), "created", PAGE, "", &next);
    cJSON_ArrayForEach(row, kit_json_member(page, "issues"))
    {
        if (!found && task->result->code == TOCSIN_DONE) {
            found = marked(task, kit_json_text(row, "key"), mark);
            kit_api_was_missing(task); /* deleted since */
        }
    }
    cJSON_Delete(page);
    kit_text_finish(&jql);
    kit_text_finish(&next);
    return found;
}

/* The number of the latest issue that is older than the action; 0: there is none. */
static int64_t begin_of(struct kit_task *task)
{
    struct kit_text jql = {0}, next = {0};
    kit_text_addf(&jql, "project = \"%s\" AND created < \"-%lldm\" ORDER BY created DESC",
                  jira_of(task)->project, (long long)age_of(task));
    cJSON *page = jira_search(task, kit_text_get(&jql), "created", 1, "", &next);
    const char *key = kit_json_text(cJSON_GetArrayItem(kit_json_member(page, "issues"), 0), "key");
    const char *number = strrchr(key, '-');
    int64_t begin = number ? strtoll(number + 1, NULL, 10) : 0;
    cJSON_Delete(page);
    kit_text_finish(&jql);
    kit_text_finish(&next);
    return begin;
}

static cJSON *walk(struct kit_task *task, int64_t begin, const char *mark)
{
    cJSON *found = NULL;
    int missing = 0;
    for (int i = 1; i <= WALK_MOST && missing < MISSING_MOST && !found && task->result->code == TOCSIN_DONE;
         i++) {
        char key[JIRA_KEY_BYTES];
        snprintf(key, sizeof(key), "%s-%lld", jira_of(task)->project, (long long)begin + i);
        found = marked(task, key, mark);
        missing = kit_api_was_missing(task) ? missing + 1 : 0;
    }
    return found;
}

cJSON *jira_earlier_issue(struct kit_task *task, const char *mark)
{
    cJSON *found = known(task, mark);
    int64_t begin = !found && task->result->code == TOCSIN_DONE ? begin_of(task) : 0;
    return !found && task->result->code == TOCSIN_DONE ? walk(task, begin, mark) : found;
}

/* ---- comments ---- */

struct search {
    struct kit_task *task;
    const char *key, *mark;
    char *found; /* the comment's id */
};

static bool has_mark(struct kit_task *task, const char *comment, const char *mark)
{
    cJSON *property = kit_api_get_at(task, "comment/%/properties/" JIRA_PROPERTY, comment);
    bool has = strcmp(kit_json_text(property, "value"), mark) == 0;
    kit_api_was_missing(task);
    cJSON_Delete(property);
    return has;
}

/* The latest comments come first, and end where they are older than the action. */
static bool look(void *ctx, const char *at, struct kit_text *next)
{
    struct search *s = ctx;
    struct kit_text path = {0};
    const cJSON *row;
    int start = *at ? atoi(at) : 0, n = 0;
    int64_t since = s->task->action->made_ms - MARGIN_MIN * 60000;
    bool older = false;
    kit_text_addf(&path, "issue/%s/comment?orderBy=-created&maxResults=%d&startAt=%d", s->key, PAGE, start);
    cJSON *page = kit_api_get(s->task, kit_text_get(&path));
    cJSON_ArrayForEach(row, kit_json_member(page, "comments"))
    {
        const char *id = kit_json_text(row, "id");
        n++;
        older = older || kit_time_ms(kit_json_text(row, "created")) < since;
        if (!older && !s->found && s->task->result->code == TOCSIN_DONE && has_mark(s->task, id, s->mark))
            s->found = strdup(id);
    }
    if (n && !older)
        kit_text_addf(next, "%d", start + n);
    cJSON_Delete(page);
    kit_text_finish(&path);
    return page && !s->found && s->task->result->code == TOCSIN_DONE;
}

cJSON *jira_earlier_comment(struct kit_task *task, const char *key, const char *mark)
{
    struct search s = {.task = task, .key = key, .mark = mark};
    if (!kit_pages(look, &s, PAGES_MOST) && !s.found && task->result->code == TOCSIN_DONE)
        kit_result(task->result, TOCSIN_RETRY, "too much was written since to see whether it was done already");
    cJSON *comment = s.found ? kit_json_texts("id", s.found, NULL) : NULL;
    free(s.found);
    return comment;
}
