/* ticket.*: an issue is made once, followed, commented on once, closed and opened again. */
#include "github.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <tocsin/kit/clock.h>

#define MARGIN_MS  120000 /* GitHub's clock may be so far behind ours */
#define TEXT_MOST  60000  /* bytes, of 65,536 characters that GitHub takes */
#define PAGES_MOST 20
#define PAGE       100

/* ---- an issue ---- */

/* The issue of the action; *id is how the core names it. */
static cJSON *issue_of(struct kit_task *task, char id[GITHUB_ID_BYTES])
{
    const struct github *github = github_of(task);
    const char *text = kit_json_text_or(task->body, "ticket", kit_json_text(task->body, "link"));
    if (github_id(text, github->web, id))
        return github_issue(task, id);
    kit_result(task->result, TOCSIN_REFUSED,
               "'%s' is no issue: it must be such as acme/shop#12, or a link to one on %s", text, github->web);
    return NULL;
}

/* The path of an issue that was read, where it is now. */
static void path_of(const cJSON *issue, struct kit_text *path)
{
    char id[GITHUB_ID_BYTES];
    github_id_of(issue, id);
    github_path(id, path);
}

static void note(struct kit_task *task, const cJSON *issue, const char *id)
{
    char title[GITHUB_TITLE_BYTES];
    struct kit_ticket ticket = github_ticket(issue, id, title);
    char now[GITHUB_ID_BYTES], place[GITHUB_PLACE_BYTES];
    github_id_of(issue, now);
    github_place(issue, place);
    kit_followed_note(github_of(task)->kit.followed, place, &ticket, github_updated_ms(issue));
    github_watch(github_of(task), now);
}

/* The outcome of an action that made or found an issue. */
static void answer(struct kit_task *task, const cJSON *issue, const char *id)
{
    char title[GITHUB_TITLE_BYTES];
    struct kit_ticket ticket = github_ticket(issue, id, title);
    note(task, issue, id);
    kit_ticket_answer(&ticket, task);
}

/* ---- what an earlier attempt wrote ---- */

struct search {
    struct kit_task *task;
    const char *path; /* of the list, with a parameter */
    const char *mark, *login;
    bool paged; /* Gitea gives all comments at once */
    cJSON *found;
};

static bool look(void *ctx, const char *at, struct kit_text *next)
{
    struct search *s = ctx;
    struct kit_text path = {0};
    const cJSON *row;
    int page = *at ? atoi(at) : 1, n = 0;
    kit_text_add(&path, s->path);
    if (s->paged)
        kit_text_addf(&path, "&%s=%d&page=%d", github_of(s->task)->gitea ? "limit" : "per_page", PAGE, page);
    cJSON *list = github_get(s->task, kit_text_get(&path));
    cJSON_ArrayForEach(row, list)
    {
        bool ours = strcasecmp(kit_json_text(kit_json_member(row, "user"), "login"), s->login) == 0;
        n++;
        if (!s->found && ours && strstr(kit_json_text(row, "body"), s->mark))
            s->found = cJSON_Duplicate(row, true);
    }
    if (n && s->paged)
        kit_text_addf(next, "%d", page + 1);
    cJSON_Delete(list);
    kit_text_finish(&path);
    return list && !s->found;
}

/* The row with the mark, written by us since the action was made: `list` is its path, with a parameter. NULL: none, or it failed. */
static cJSON *earlier(struct kit_task *task, const char *list, bool paged, const char *mark)
{
    char since[KIT_TIME_BYTES];
    struct kit_text path = {0};
    char *login = github_login(task);
    if (!login)
        return NULL;
    kit_time_text(task->action->made_ms - MARGIN_MS, since);
    kit_text_addf(&path, "%ssince=%s", list, since);
    struct search s = {.task = task, .path = kit_text_get(&path), .mark = mark, .login = login, .paged = paged};
    if (!kit_pages(look, &s, PAGES_MOST) && !s.found && task->result->code == TOCSIN_DONE)
        kit_result(task->result, TOCSIN_RETRY, "too much was written since to see whether it was done already");
    kit_text_finish(&path);
    free(login);
    return s.found;
}

/* ---- writing ---- */

static void mark_of(const struct kit_task *task, const char *what, char mark[KIT_MARK_BYTES])
{
    kit_mark(github_of(task)->repository, what, task->action->key, mark);
}

/* With the mark in a comment of HTML. */
static cJSON *marked(const struct kit_task *task, const char *mark)
{
    struct kit_text text = {0};
    kit_tracker_text(task->body, KIT_GITHUB, TEXT_MOST, &text);
    kit_text_addf(&text, "\n\n<!-- tocsin:%s -->", mark);
    cJSON *json = kit_json_texts("body", kit_text_get(&text), NULL);
    kit_text_finish(&text);
    return json;
}

static cJSON *new_issue(const struct kit_task *task, const char *mark)
{
    const struct github *github = github_of(task);
    struct kit_text title = {0};
    cJSON *json = marked(task, mark);
    const char *type = kit_json_text(github->kit.settings, "issue_type");
    const cJSON *labels = kit_json_member(github->kit.settings, "labels");
    github_title(kit_json_text(task->body, "title"), &title);
    cJSON_AddStringToObject(json, "title", kit_text_get(&title));
    if (cJSON_GetArraySize(labels))
        cJSON_AddItemToObject(json, "labels", cJSON_Duplicate(labels, true));
    if (*type)
        cJSON_AddStringToObject(json, "type", type);
    kit_text_finish(&title);
    return json;
}

static void create(struct kit_task *task)
{
    const struct github *github = github_of(task);
    struct kit_text path = {0}, list = {0};
    char mark[KIT_MARK_BYTES], id[GITHUB_ID_BYTES];
    cJSON *issue = NULL;
    if (kit_json_true(task->body, "parent")) {
        kit_result(task->result, TOCSIN_REFUSED, "GitHub has no issue that those of customers join");
        return;
    }
    mark_of(task, "issue", mark);
    kit_text_addf(&path, "repos/%s/issues", github->repository);
    kit_text_addf(&list, "%s?state=all&", kit_text_get(&path));
    if (task->action->attempt > 1)
        issue = earlier(task, kit_text_get(&list), true, mark);
    if (!issue && task->result->code == TOCSIN_DONE)
        issue = kit_api_write(task, "POST", kit_text_get(&path), new_issue(task, mark), NULL);
    github_id_of(issue, id);
    if (issue && !*id)
        kit_result(task->result, TOCSIN_UNKNOWN, "GitHub made an issue and did not say which");
    else if (issue)
        answer(task, issue, id);
    cJSON_Delete(issue);
    kit_text_finish(&path);
    kit_text_finish(&list);
}

/* Does it belong to whom `repository` belongs? */
static bool is_owned(const struct github *github, const char *id)
{
    size_t n = strcspn(github->repository, "/") + 1;
    return strncasecmp(github->repository, id, n) == 0;
}

/* An issue elsewhere is not written to, even if it is public: everybody would read it there. */
static cJSON *writable_issue(struct kit_task *task, char id[GITHUB_ID_BYTES])
{
    const struct github *github = github_of(task);
    char now[GITHUB_ID_BYTES];
    cJSON *issue = issue_of(task, id);
    github_id_of(issue, now);
    if (!issue || is_owned(github, now))
        return issue;
    kit_result(task->result, TOCSIN_REFUSED,
               "%s is followed, but nothing is written outside of the owner of %s", now, github->repository);
    cJSON_Delete(issue);
    return NULL;
}

/* What one repository does not allow is no fault of the token. */
static void forgive(struct kit_task *task, const char *id)
{
    const char *repository = github_of(task)->repository;
    size_t n = strlen(repository);
    if (task->result->code == TOCSIN_AUTH && task->status == 403 &&
        (strncasecmp(repository, id, n) != 0 || id[n] != '#'))
        kit_result(task->result, TOCSIN_REFUSED, "the token may not do that to %s", id);
}

static void follow(struct kit_task *task)
{
    char id[GITHUB_ID_BYTES] = "";
    cJSON *issue = issue_of(task, id);
    forgive(task, id);
    if (issue) {
        github_id_of(issue, id); /* as GitHub spells it */
        answer(task, issue, id);
    }
    cJSON_Delete(issue);
}

static void comment_on(struct kit_task *task, const cJSON *issue)
{
    struct kit_text path = {0}, list = {0};
    char mark[KIT_MARK_BYTES];
    cJSON *comment = NULL;
    mark_of(task, "comment", mark);
    path_of(issue, &path);
    kit_text_add(&path, "/comments");
    kit_text_addf(&list, "%s?", kit_text_get(&path));
    if (task->action->attempt > 1)
        comment = earlier(task, kit_text_get(&list), !github_of(task)->gitea, mark);
    if (!comment && task->result->code == TOCSIN_DONE)
        comment = kit_api_write(task, "POST", kit_text_get(&path), marked(task, mark), NULL);
    if (comment)
        snprintf(task->result->remote_id, sizeof(task->result->remote_id), "%lld",
                 (long long)kit_json_int(comment, "id", 0));
    cJSON_Delete(comment);
    kit_text_finish(&path);
    kit_text_finish(&list);
}

static void comment(struct kit_task *task)
{
    char id[GITHUB_ID_BYTES] = "";
    cJSON *issue = writable_issue(task, id);
    if (issue)
        comment_on(task, issue);
    forgive(task, id);
    cJSON_Delete(issue);
}

/* GitHub wants to know why, Gitea does not. */
static cJSON *change_to(const struct kit_task *task, bool done)
{
    cJSON *json = kit_json_texts("state", done ? "closed" : "open", NULL);
    if (!github_of(task)->gitea)
        cJSON_AddStringToObject(json, "state_reason", done ? "completed" : "reopened");
    return json;
}

static void set_state(struct kit_task *task)
{
    char id[GITHUB_ID_BYTES] = "", title[GITHUB_TITLE_BYTES];
    struct kit_text path = {0};
    bool done = strcmp(kit_json_text(task->body, "state"), "done") == 0;
    cJSON *issue = writable_issue(task, id);
    if (issue && github_ticket(issue, id, title).done != done) {
        path_of(issue, &path);
        cJSON_Delete(issue);
        issue = kit_api_write(task, "PATCH", kit_text_get(&path), change_to(task, done), NULL);
    }
    if (issue)
        note(task, issue, id);
    forgive(task, id);
    cJSON_Delete(issue);
    kit_text_finish(&path);
}

const struct kit_performer github_performers[] = {{"ticket.create", create},
                                                  {"ticket.follow", follow},
                                                  {"ticket.comment", comment},
                                                  {"ticket.state", set_state},
                                                  {0}};
