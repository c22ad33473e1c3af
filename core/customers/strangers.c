#include "customers/strangers.h"

#include <string.h>

#include "base/json.h"
#include "customers/index.h"
#include "turn/live.h"

static void stranger_finish(struct stranger *stranger)
{
    free(stranger->key);
    free(stranger->name);
}

void strangers_finish(struct strangers *strangers)
{
    for (size_t i = 0; i < strangers->rows.n; i++)
        stranger_finish(&strangers->rows.v[i]);
    array_free(&strangers->rows);
}

/* Its place, or the number of rows. */
static size_t find(const struct strangers *strangers, const char *key)
{
    size_t i = 0;
    while (i < strangers->rows.n && !text_equal_nocase(strangers->rows.v[i].key, key))
        i++;
    return i;
}

static void write(struct turn *turn, const struct stranger *stranger)
{
    CLEANUP_STR struct str body = {0};
    CLEANUP_FREE char *key = text_lower(stranger->key);
    struct json_out j = {&body, false};
    json_begin_object(&j);
    json_put_text(&j, "key", stranger->key);
    json_put_text_if(&j, "name", stranger->name);
    json_put_int(&j, "since", stranger->since);
    json_put_int(&j, "incident", (int64_t)stranger->incident);
    json_end_object(&j);
    batch_doc(turn_batch(turn), DOC_STRANGER, key, body.p)->at = stranger->last;
}

static void drop(struct strangers *strangers, struct turn *turn, size_t i)
{
    CLEANUP_FREE char *key = text_lower(strangers->rows.v[i].key);
    batch_doc(turn_batch(turn), DOC_STRANGER, key, NULL);
    stranger_finish(&strangers->rows.v[i]);
    array_remove(&strangers->rows, i);
}

/* What is shown is all of this incident: the name that a private one gave stays there. */
static void show_in(struct stranger *stranger, struct turn *turn, const char *name,
                    const struct incident *incident)
{
    const struct incident *before = live_incident(turn_core(turn), stranger->incident);
    if (name || (before && before->private && before != incident))
        replace_text(&stranger->name, name);
    stranger->incident = incident->id;
}

void strangers_met(struct strangers *strangers, struct turn *turn, const struct event *event,
                   const struct incident *incident)
{
    size_t i = find(strangers, event->name);
    struct stranger stranger = {.key = xstrdup(event->name), .since = event->at};
    if (i < strangers->rows.n) {
        stranger_finish(&stranger);
        stranger = strangers->rows.v[i];
        array_remove(&strangers->rows, i);
    } else if (strangers->rows.n >= STRANGERS_MOST) {
        drop(strangers, turn, 0);
    }
    stranger.last = event->at;
    if (!stranger.incident || !incident->private) /* a private one must not hide what others show */
        show_in(&stranger, turn, event->text, incident);
    *array_add(&strangers->rows) = stranger;
    write(turn, &stranger);
}

static void named(struct strangers *strangers, struct turn *turn, const char *key)
{
    size_t i = find(strangers, key);
    if (i < strangers->rows.n)
        drop(strangers, turn, i);
}

void strangers_named(struct strangers *strangers, struct turn *turn, const struct customer *record)
{
    named(strangers, turn, record->key);
    for (size_t i = 0; i < record->aliases.n; i++)
        named(strangers, turn, record->aliases.v[i]);
}

void strangers_each(const struct strangers *strangers, bool (*on)(void *ctx, const struct stranger *stranger),
                    void *ctx)
{
    for (size_t i = strangers->rows.n; i-- > 0 && on(ctx, &strangers->rows.v[i]);)
        ;
}

static bool load_one(void *ctx, const struct journal_doc *doc)
{
    struct strangers *strangers = ctx;
    CLEANUP_JSON cJSON *json = NULL;
    if (json_parse(doc->body, strlen(doc->body), SIZE_MAX, JSON_DEPTH, "stranger", &json, NULL))
        return true;
    *array_add(&strangers->rows) = (struct stranger){.key = xstrdup(json_text_or(json, "key", doc->key)),
                                                     .name = xstrdup(json_text_or(json, "name", NULL)),
                                                     .since = json_int_or(json, "since", 0),
                                                     .last = doc->at,
                                                     .incident = (uint64_t)json_int_or(json, "incident", 0)};
    return true;
}

static int by_last(const void *a, const void *b)
{
    instant x = ((const struct stranger *)a)->last, y = ((const struct stranger *)b)->last;
    return x < y ? -1 : x > y;
}

int strangers_load(struct strangers *strangers, struct core *core, struct error *err)
{
    int rc =
        journal_docs(core_journal(core), &(struct doc_query){.kind = DOC_STRANGER}, load_one, strangers, err);
    if (strangers->rows.n)
        qsort(strangers->rows.v, strangers->rows.n, sizeof(*strangers->rows.v), by_last);
    return rc;
}
