#include "customers/strangers.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "customers/index.h"
#include "turn/live.h"

struct met {
    struct stranger stranger;
    struct list link; /* in the order */
};

static void met_destroy(struct met *met)
{
    list_remove(&met->link);
    free(met->stranger.key);
    free(met->stranger.name);
    free(met);
}

void strangers_finish(struct strangers *strangers)
{
    size_t position = 0;
    for (struct map_slot *slot; (slot = map_next(&strangers->by_key, &position));)
        met_destroy(slot->value);
    map_finish(&strangers->by_key);
    *strangers = (struct strangers){0};
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

static void drop(struct strangers *strangers, struct turn *turn, const char *typed)
{
    CLEANUP_FREE char *key = text_lower(typed);
    struct met *met = map_remove(&strangers->by_key, key);
    if (!met)
        return;
    batch_doc(turn_batch(turn), DOC_STRANGER, key, NULL);
    met_destroy(met);
}

static struct met *add(struct strangers *strangers, const char *spelt, instant since)
{
    CLEANUP_FREE char *key = text_lower(spelt);
    struct met *met = xcalloc(1, sizeof(*met));
    met->stranger = (struct stranger){.key = xstrdup(spelt), .since = since};
    map_put(&strangers->by_key, key, met);
    list_append(&strangers->order, &met->link);
    return met;
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
    CLEANUP_FREE char *key = text_lower(event->name);
    struct met *met = map_get(&strangers->by_key, key);
    if (!met && strangers->by_key.n >= STRANGERS_MOST)
        drop(strangers, turn, container_of(strangers->order.next, struct met, link)->stranger.key);
    met = met ? met : add(strangers, event->name, event->at);
    struct stranger *stranger = &met->stranger;
    stranger->last = event->at;
    if (!stranger->incident || !incident->private) /* a private one must not hide what others show */
        show_in(stranger, turn, event->text, incident);
    list_remove(&met->link);
    list_append(&strangers->order, &met->link);
    write(turn, stranger);
}

void strangers_named(struct strangers *strangers, struct turn *turn, const struct customer *record)
{
    drop(strangers, turn, record->key);
    for (size_t i = 0; i < record->aliases.n; i++)
        drop(strangers, turn, record->aliases.v[i]);
}

void strangers_each(const struct strangers *strangers, bool (*on)(void *ctx, const struct stranger *stranger),
                    void *ctx)
{
    for (const struct list *at = strangers->order.prev; at != &strangers->order; at = at->prev) {
        if (!on(ctx, &container_of(at, struct met, link)->stranger))
            return;
    }
}

struct loading {
    struct strangers *strangers;
    ARRAY(struct met *) rows;
};

static bool load_one(void *ctx, const struct journal_doc *doc)
{
    struct loading *loading = ctx;
    CLEANUP_JSON cJSON *json = NULL;
    if (json_parse(doc->body, strlen(doc->body), SIZE_MAX, JSON_DEPTH, "stranger", &json, NULL))
        return true;
    struct met *met =
        add(loading->strangers, json_text_or(json, "key", doc->key), json_int_or(json, "since", 0));
    met->stranger.name = xstrdup(json_text_or(json, "name", NULL));
    met->stranger.last = doc->at;
    met->stranger.incident = (uint64_t)json_int_or(json, "incident", 0);
    *array_add(&loading->rows) = met;
    return true;
}

static int by_last(const void *a, const void *b)
{
    instant x = (*(struct met *const *)a)->stranger.last, y = (*(struct met *const *)b)->stranger.last;
    return x < y ? -1 : x > y;
}

int strangers_load(struct strangers *strangers, struct core *core, struct error *err)
{
    struct loading loading = {.strangers = strangers};
    list_init(&strangers->order);
    int rc =
        journal_docs(core_journal(core), &(struct doc_query){.kind = DOC_STRANGER}, load_one, &loading, err);
    if (loading.rows.n)
        qsort(loading.rows.v, loading.rows.n, sizeof(struct met *), by_last);
    for (size_t i = 0; i < loading.rows.n; i++) {
        list_remove(&loading.rows.v[i]->link);
        list_append(&strangers->order, &loading.rows.v[i]->link);
    }
    array_free(&loading.rows);
    return rc;
}
