#include <tocsin/kit/once.h>

#include <stdio.h>

#include <tocsin/kit/clock.h>
#include <tocsin/kit/json.h>
#include <tocsin/kit/poll.h>
#include <tocsin/kit/report.h>
#include <tocsin/kit/store.h>

#define AGAIN_MS   30000 /* between two looks at a list that may lag */
#define PAGES_MOST 20

struct kit_once kit_once_begin(struct kit_task *task, const char *what)
{
    struct kit_once once = {.task = task};
    char mark[KIT_MARK_BYTES];
    kit_mark("tried", what, task->action->key, mark);
    snprintf(once.key, sizeof(once.key), "tried/%s", mark);
    cJSON *tried = task->action->attempt > 1 ? kit_get(task->api->host, once.key) : NULL;
    once.tried_ms = kit_json_int(tried, "at", 0);
    cJSON_Delete(tried);
    return once;
}

struct finding {
    struct kit_task *task;
    kit_once_page *page;
    kit_once_is *is;
    const char *rows;
    const void *what;
    cJSON *found;
};

static bool look(void *ctx, const char *at, struct kit_text *next)
{
    struct finding *f = ctx;
    cJSON *page = f->page(f->task, at, next);
    const cJSON *row;
    cJSON_ArrayForEach(row, kit_json_member(page, f->rows))
    {
        if (!f->found && f->is(f->task, row, f->what))
            f->found = cJSON_Duplicate(row, true);
    }
    cJSON_Delete(page);
    return page && !f->found;
}

cJSON *kit_once_find(struct kit_once *once, kit_once_page *page, const char *rows, kit_once_is *is,
                     const void *what)
{
    struct finding f = {once->task, page, is, rows, what, NULL};
    if (once->tried_ms)
        kit_pages(look, &f, PAGES_MOST);
    return f.found;
}

bool kit_once_try(struct kit_once *once, int64_t lag_ms)
{
    struct tocsin_result *result = once->task->result;
    int64_t now = kit_wall_ms(), left = once->tried_ms ? once->tried_ms + lag_ms - now : 0;
    if (left > 0) {
        kit_result(result, TOCSIN_UNKNOWN,
                   "an earlier attempt may have arrived, and %s does not list it yet; it is looked for again",
                   once->task->api->name);
        result->retry_after_ms = left < AGAIN_MS ? left : AGAIN_MS;
        return false;
    }
    cJSON *note = cJSON_CreateObject();
    cJSON_AddNumberToObject(note, "at", (double)now);
    bool noted = kit_put(once->task->api->host, once->key, note);
    if (!noted)
        kit_result(result, TOCSIN_RETRY, "the attempt could not be noted before it was made");
    cJSON_Delete(note);
    return noted;
}

void kit_once_end(const struct kit_once *once)
{
    const struct kit_task *task = once->task;
    bool refused = task->status >= 400 && task->status < 500;
    bool unsent = !task->status && task->result->code == TOCSIN_RETRY;
    if (task->result->code != TOCSIN_DONE && (refused || unsent))
        kit_put(task->api->host, once->key, NULL);
}
