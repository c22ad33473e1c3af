#include <tocsin/kit/once.h>

#include <stdio.h>

#include <tocsin/kit/clock.h>
#include <tocsin/kit/json.h>
#include <tocsin/kit/poll.h>
#include <tocsin/kit/report.h>
#include <tocsin/kit/store.h>

#define AGAIN_MS   30000 /* between two looks at a list that may lag */
#define PAGES_MOST 20
#define KEY_BYTES  (8 + KIT_MARK_BYTES)

/* ---- the note of an attempt: {"at": milliseconds since 1970} ---- */

static void key_of(const struct kit_task *task, const struct kit_once *once, char key[KEY_BYTES])
{
    char mark[KIT_MARK_BYTES];
    kit_mark("tried", once->what, task->action->key, mark);
    snprintf(key, KEY_BYTES, "tried/%s", mark);
}

/* When an earlier attempt was made that may have arrived; 0: there was none. */
static int64_t tried_at(const struct kit_task *task, const char *key)
{
    cJSON *note = task->action->attempt > 1 ? kit_get(task->api->host, key) : NULL;
    int64_t at = kit_json_int(note, "at", 0);
    cJSON_Delete(note);
    return at;
}

/* May it be made now? Notes the attempt. */
static bool may_make(struct kit_task *task, const struct kit_once *once, const char *key, int64_t tried_ms)
{
    int64_t now = kit_wall_ms(), left = tried_ms ? tried_ms + once->lag_ms - now : 0;
    if (left > 0) {
        kit_result(task->result, TOCSIN_UNKNOWN,
                   "an earlier attempt may have arrived, and %s does not list it yet; it is looked for again",
                   task->api->name);
        task->result->retry_after_ms = left < AGAIN_MS ? left : AGAIN_MS;
        return false;
    }
    cJSON *note = cJSON_CreateObject();
    cJSON_AddNumberToObject(note, "at", (double)now);
    bool noted = kit_put(task->api->host, key, note);
    if (!noted)
        kit_result(task->result, TOCSIN_RETRY, "the attempt could not be noted before it was made");
    cJSON_Delete(note);
    return noted;
}

/* Drops the note where the platform refused the attempt or was not reached. */
static void settle(const struct kit_task *task, const char *key)
{
    bool refused = task->status >= 400 && task->status < 500;
    bool unsent = !task->status && task->result->code == TOCSIN_RETRY;
    if (task->result->code != TOCSIN_DONE && (refused || unsent))
        kit_put(task->api->host, key, NULL);
}

/* ---- what an earlier attempt made ---- */

struct finding {
    struct kit_task *task;
    const struct kit_once *once;
    const cJSON *json;
    cJSON *found;
};

static bool look(void *ctx, const char *at, struct kit_text *next)
{
    struct finding *f = ctx;
    cJSON *page = f->once->page(f->task, at, next);
    const cJSON *row;
    cJSON_ArrayForEach(row, kit_json_member(page, f->once->rows))
    {
        if (!f->found && f->once->is(f->task, row, f->json))
            f->found = cJSON_Duplicate(row, true);
    }
    cJSON_Delete(page);
    return page && !f->found;
}

cJSON *kit_once_make(struct kit_task *task, const struct kit_once *once, cJSON *json, bool *ret_found)
{
    struct finding f = {task, once, json, NULL};
    char key[KEY_BYTES];
    key_of(task, once, key);
    int64_t tried_ms = tried_at(task, key);
    if (tried_ms)
        kit_pages(look, &f, PAGES_MOST);
    *ret_found = f.found != NULL;
    if (f.found || task->result->code != TOCSIN_DONE || !may_make(task, once, key, tried_ms)) {
        cJSON_Delete(json);
        return f.found;
    }
    cJSON *made = kit_api_write(task, "POST", once->path, json, NULL);
    settle(task, key);
    return made;
}
