#include "turn/sweep.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "turn/memory.h"

#define EVERY        (SECOND / 50)
#define SWEEP_BYTES  (64u << 20)
#define SWEEP_NESTED 8

/* ---- its documents ---- */

static void write_list(const struct sweep *sweep, struct str *out)
{
    struct json_out j = {.out = out};
    json_begin_object(&j);
    json_put_text(&j, "part", sweep->part);
    json_key(&j, "about");
    json_raw(&j, sweep->about);
    json_key(&j, "left");
    json_begin_array(&j);
    for (size_t i = 0; i < sweep->incidents.n; i++)
        json_int(&j, (int64_t)sweep->incidents.v[i]);
    json_end_array(&j);
    json_end_object(&j);
}

static char *key_of(const struct sweep *sweep)
{
    return xasprintf("%010" PRIu64, sweep->number);
}

static char *key_of_visited(const struct sweep *sweep)
{
    return xasprintf("%010" PRIu64 "\x1fvisited", sweep->number);
}

/* At its beginning, with all that it is to visit. */
static void store(struct turn *turn, struct sweep *sweep)
{
    CLEANUP_FREE char *key = key_of(sweep), *visited = key_of_visited(sweep);
    CLEANUP_STR struct str body = {0};
    write_list(sweep, &body);
    batch_doc(turn->batch, DOC_SWEEP, key, body.p);
    batch_doc(turn->batch, DOC_SWEEP, visited, NULL);
    sweep->turn = turn->number;
}

/* After each step: the list is long, so it is not written again. */
static void store_visited(struct turn *turn, struct sweep *sweep)
{
    CLEANUP_FREE char *key = key_of(sweep), *visited = key_of_visited(sweep);
    CLEANUP_FREE char *body = xasprintf("{\"visited\":%zu}", sweep->visited);
    bool ended = sweep->visited == sweep->incidents.n;
    batch_doc(turn->batch, DOC_SWEEP, visited, ended ? NULL : body);
    if (ended)
        batch_doc(turn->batch, DOC_SWEEP, key, NULL);
    sweep->turn = turn->number;
}

static void load_list(struct core *core, uint64_t number, const cJSON *body)
{
    struct sweep *sweep = array_add(&core->sweeps);
    CLEANUP_STR struct str about = {0};
    json_tree(&(struct json_out){.out = &about}, json_member(body, "about"));
    *sweep = (struct sweep){
        .number = number, .part = xstrdup(json_text_or(body, "part", "")), .about = str_take(&about)};
    const cJSON *id;
    cJSON_ArrayForEach(id, json_member(body, "left")) * array_add(&sweep->incidents) =
        (uint64_t)id->valuedouble;
}

/* Follows its list, by the order of keys. */
static void load_visited(struct core *core, uint64_t number, const cJSON *body)
{
    struct sweep *last = core->sweeps.n ? &core->sweeps.v[core->sweeps.n - 1] : NULL;
    if (last && last->number == number)
        last->visited = MIN((size_t)MAX(json_int_or(body, "visited", 0), 0), last->incidents.n);
}

static bool load_one(void *ctx, const struct journal_doc *doc)
{
    CLEANUP_JSON cJSON *body = NULL;
    if (json_parse(doc->body, strlen(doc->body), SWEEP_BYTES, SWEEP_NESTED, "a sweep", &body, NULL))
        return true;
    (strchr(doc->key, '\x1f') ? load_visited : load_list)(ctx, strtoull(doc->key, NULL, 10), body);
    return true;
}

int sweeps_load(struct core *core, struct error *err)
{
    return journal_docs(core->journal, &(struct doc_query){.kind = DOC_SWEEP}, load_one, core, err);
}

static void sweep_finish(struct sweep *sweep)
{
    free(sweep->part);
    free(sweep->about);
    array_free(&sweep->incidents);
}

void sweeps_finish(struct core *core)
{
    for (size_t i = 0; i < core->sweeps.n; i++)
        sweep_finish(&core->sweeps.v[i]);
    array_free(&core->sweeps);
}

/* ---- visits ---- */

static const struct part *part_of(const struct core *core, const char *name)
{
    EACH_PART(core, part, swept)
    if (text_equal(part->name, name))
        return part;
    return NULL;
}

static void visit(struct turn *turn, const char *name, const char *about, const uint64_t *incidents, size_t n)
{
    const struct part *part = part_of(turn->core, name);
    CLEANUP_JSON cJSON *parsed = cJSON_Parse(about);
    for (size_t i = 0; part && i < n; i++) {
        const struct incident *incident = live_incident(turn->core, incidents[i]);
        if (incident && status_is_open(incident->status))
            part->swept(turn, incident, parsed);
    }
}

static void step(struct core *core, instant now)
{
    struct sweep *sweep = &core->sweeps.v[0];
    struct turn *turn = turn_begin(core, now);
    size_t n = MIN(sweep->incidents.n - sweep->visited, SWEEP_AT_ONCE);
    visit(turn, sweep->part, sweep->about, sweep->incidents.v + sweep->visited, n);
    sweep->visited += n;
    store_visited(turn, sweep);
    if (sweep->visited == sweep->incidents.n) {
        sweep_finish(sweep);
        array_remove(&core->sweeps, 0);
    }
    turn_commit(turn, NULL, NULL);
}

instant sweeps_tick(struct core *core, instant now)
{
    if (core->sweeps.n && !core->trouble.failing && turn_is_reported(core, core->sweeps.v[0].turn))
        step(core, now);
    return core->sweeps.n ? now + EVERY : 0;
}

/* ---- beginning ---- */

/* The newest, if it is of this part and says the same; a new one. */
static struct sweep *same_or_new(struct core *core, const char *part, const char *about)
{
    struct sweep *last = core->sweeps.n ? &core->sweeps.v[core->sweeps.n - 1] : NULL;
    if (last && text_equal(last->part, part) && text_equal(last->about, about)) {
        last->incidents.n = last->visited = 0;
        return last;
    }
    uint64_t number = last ? last->number + 1 : 1;
    struct sweep *sweep = array_add(&core->sweeps);
    *sweep = (struct sweep){.number = number, .part = xstrdup(part), .about = xstrdup(about)};
    return sweep;
}

void sweep_begin(struct turn *turn, const char *part, const char *about, const uint64_t *incidents, size_t n)
{
    struct core *core = turn->core;
    if (!n)
        return;
    if (n <= SWEEP_AT_ONCE && !core->sweeps.n) {
        uint64_t few[SWEEP_AT_ONCE]; /* a copy: the list may be of what visits change */
        memcpy(few, incidents, n * sizeof(*few));
        visit(turn, part, about, few, n);
        return;
    }
    struct sweep *sweep = same_or_new(core, part, about);
    for (size_t i = 0; i < n; i++)
        *array_add(&sweep->incidents) = incidents[i];
    store(turn, sweep);
}
