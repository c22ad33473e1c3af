#include "turn/live.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/metrics.h"
#include "engine/fold.h"
#include "turn/memory.h"

#define ID_TEXT 24
static const char *id_text(uint64_t id, char buffer[ID_TEXT])
{
    snprintf(buffer, ID_TEXT, "%010" PRIu64, id);
    return buffer;
}

/* ---- open ones, by number ---- */

/* The index of the first open incident whose number is at least `id`. */
static size_t place_of(const struct live_incidents *all, uint64_t id)
{
    size_t low = 0, high = all->open.n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (all->open.v[middle]->incident->id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void add_open(struct live_incidents *all, struct live *live)
{
    size_t place = place_of(all, live->incident->id);
    *array_add(&all->open) = live;
    memmove(&all->open.v[place + 1], &all->open.v[place], (all->open.n - 1 - place) * sizeof(*all->open.v));
    all->open.v[place] = live;
}

/* ---- in and out of memory ---- */

static void set_open(struct live_incidents *all, struct live *live, bool open)
{
    live->open = open;
    if (open) {
        add_open(all, live);
    } else {
        list_append(&all->ended, &live->used);
        all->ended_count++;
    }
}

/* For the metrics, which everybody may read. */
static void count_public(struct live_incidents *all, struct live *live)
{
    bool public = !live->incident->private;
    all->open_public -= live->counted;
    live->counted = live->open && public;
    all->open_public += live->counted;
    metric_add(METRIC_INCIDENTS_DECLARED, live->fresh && public);
    live->fresh = false;
}

struct live *live_add(struct core *core, struct incident *incident)
{
    char key[ID_TEXT];
    struct live *live = xcalloc(1, sizeof(*live));
    live->incident = incident;
    map_put(&core->live.all, id_text(incident->id, key), live);
    set_open(&core->live, live, status_is_open(incident->status));
    count_public(&core->live, live);
    return live;
}

static void live_destroy(struct live *live)
{
    incident_destroy(live->incident);
    free(live);
}

/* ---- from its events ---- */

struct folding {
    struct incident *incident;
    int rc;
};

static bool fold_one(void *ctx, const struct journal_event *row)
{
    struct folding *folding = ctx;
    struct event event;
    folding->rc = turn_event_of_row(row, &event, NULL);
    if (folding->rc)
        return false;
    folding->rc = event.type == EVENT_DAMAGED ? ERR_CORRUPT : 0;
    fold(folding->incident, &event);
    event_finish(&event);
    return folding->rc == 0;
}

/* NULL: it has no events, or they cannot be read, or one is damaged: whatever it said, such as that it is private, is not known. */
static struct incident *fold_again(struct core *core, uint64_t id)
{
    char name[INCIDENT_NAME];
    struct folding folding = {incident_create(id), 0};
    int rc = journal_read_stream(core->journal, incident_name(id, name), 0, 0, fold_one, &folding, NULL);
    if (!rc && !folding.rc && folding.incident->version)
        return folding.incident;
    incident_destroy(folding.incident);
    return NULL;
}

static void store(struct core *core, const struct incident *incident)
{
    struct journal_batch *batch = batch_create();
    live_write(batch, incident);
    journal_append(core->journal, batch, NULL, NULL);
}

static struct live *restore(struct core *core, uint64_t id)
{
    struct incident *incident = fold_again(core, id);
    if (!incident)
        return NULL;
    log_info("the state of INC-%" PRIu64 " was restored from its events", id);
    store(core, incident);
    return live_add(core, incident);
}

void live_restore(struct core *core)
{
    char key[ID_TEXT];
    for (size_t i = 0; i < core->live.damaged.n; i++) {
        uint64_t id = core->live.damaged.v[i];
        struct live *live = map_get(&core->live.all, id_text(id, key));
        if (live)
            store(core, live->incident);
        else
            restore(core, id);
    }
    core->live.damaged.n = 0;
}

/* ---- from its document ---- */

void live_write(struct journal_batch *batch, const struct incident *incident)
{
    CLEANUP_STR struct str body = {0};
    char key[ID_TEXT];
    incident_encode(incident, &body);
    struct journal_doc *doc = batch_doc(batch, DOC_INCIDENT, id_text(incident->id, key), body.p);
    doc->tag = xstrdup(status_name(incident->status));
    doc->at = incident->activity.changed_at;
}

/* Every incident has a document, from its first event on: one that has none was damaged. */
static struct live *live_read(struct core *core, uint64_t id)
{
    char key[ID_TEXT];
    struct journal_doc doc;
    struct incident *incident;
    struct error err;
    int rc = journal_doc(core->journal, DOC_INCIDENT, id_text(id, key), &doc, &err);
    if (rc == ERR_CORRUPT || rc == ERR_NOT_FOUND)
        return restore(core, id);
    if (rc)
        return NULL;
    rc = incident_decode(doc.body, strlen(doc.body), &incident, &err);
    journal_doc_finish(&doc);
    return rc ? NULL : live_add(core, incident);
}

struct live *live_find(struct core *core, uint64_t id)
{
    char key[ID_TEXT];
    struct live *live = id ? map_get(&core->live.all, id_text(id, key)) : NULL;
    if (!live && id && id < core->live.next)
        return live_read(core, id);
    if (live && !live->open) {
        list_remove(&live->used);
        list_append(&core->live.ended, &live->used);
    }
    return live;
}

const struct incident *live_incident(const struct core *core, uint64_t id)
{
    struct live *live = live_find((struct core *)(uintptr_t)core, id);
    return live ? live->incident : NULL;
}

size_t live_open_count(const struct core *core)
{
    return core->live.open.n;
}

size_t live_open_public(const struct core *core)
{
    return core->live.open_public;
}

/* A deadline is called "part/name". */
void live_due(struct core *core, const char *part, uint64_t incident, const char *name, instant at)
{
    CLEANUP_FREE char *whole = xasprintf("%s/%s", part, name);
    deadline_set(core->deadlines, incident, whole, at);
    core->live.due_set = true;
}

/* Deadlines are not stored: they follow from the incident's state. */
static void set_deadlines(struct core *core, struct live *live)
{
    core->live.due_set = false;
    deadlines_clear(core->deadlines, live->incident->id);
    EACH_PART(core, part, deadlines)
    part->deadlines(core, live->incident);
    live->waits = core->live.due_set;
}

void live_settle(struct core *core, struct live *live)
{
    bool open = status_is_open(live->incident->status);
    if (live->open && !open) {
        array_remove(&core->live.open, place_of(&core->live, live->incident->id));
        set_open(&core->live, live, false);
    } else if (!live->open && open) {
        list_remove(&live->used);
        core->live.ended_count--;
        set_open(&core->live, live, true);
    }
    count_public(&core->live, live);
    set_deadlines(core, live);
}

void live_trim(struct core *core)
{
    while (core->live.ended_count > KEEP_ENDED) {
        struct live *oldest = container_of(core->live.ended.next, struct live, used);
        char key[ID_TEXT];
        list_remove(&oldest->used);
        core->live.ended_count--;
        map_remove(&core->live.all, id_text(oldest->incident->id, key));
        EACH_PART(core, part, forget)
        part->forget(core, oldest->incident->id);
        live_destroy(oldest);
    }
}

struct loading {
    struct core *core;
    struct error *err;
    int rc;
};

static bool load_one(void *ctx, const struct journal_doc *doc)
{
    struct loading *loading = ctx;
    struct incident *incident;
    loading->rc = incident_decode(doc->body, strlen(doc->body), &incident, loading->err);
    if (loading->rc)
        return false;
    live_add(loading->core, incident);
    return true;
}

/* An incident that has ended, and still waits for something. */
static bool load_waiting(void *ctx, const struct journal_doc *doc)
{
    live_find(ctx, strtoull(doc->key, NULL, 10));
    return true;
}

static bool load_number(void *ctx, const struct journal_doc *doc)
{
    struct core *core = ctx;
    core->live.next = strtoull(doc->key, NULL, 10) + 1;
    return false;
}

static bool has_event(void *ctx, const struct journal_event *event)
{
    (void)event;
    *(bool *)ctx = true;
    return false;
}

/* Documents of the newest ones may be damaged, and a number is never used again. */
static void pass_damaged(struct core *core)
{
    char name[INCIDENT_NAME];
    for (bool taken = true; taken; core->live.next += taken) {
        taken = false;
        journal_read_stream(core->journal, incident_name(core->live.next, name), 0, 1, has_event, &taken, NULL);
    }
}

int live_load(struct core *core, struct error *err)
{
    struct loading loading = {core, err, 0};
    list_init(&core->live.ended);
    core->live.next = 1;
    struct doc_query newest = {.kind = DOC_INCIDENT, .descending = true, .limit = 1};
    int rc = journal_docs(core->journal, &newest, load_number, core, err);
    pass_damaged(core);
    for (int s = STATUS_TRIAGE; !rc && s < STATUS_COUNT; s++) {
        struct doc_query open = {.kind = DOC_INCIDENT, .tag = status_name((enum status)s)};
        if (status_is_open((enum status)s))
            rc = journal_docs(core->journal, &open, load_one, &loading, err);
        if (!rc)
            rc = loading.rc;
    }
    return rc ? rc
              : journal_docs(core->journal, &(struct doc_query){.kind = DOC_WAITS}, load_waiting, core, err);
}

void live_set_deadlines(struct core *core)
{
    size_t position = 0;
    for (struct map_slot *slot; (slot = map_next(&core->live.all, &position));)
        set_deadlines(core, slot->value);
}

void live_finish(struct core *core)
{
    size_t position = 0;
    for (struct map_slot *slot; (slot = map_next(&core->live.all, &position));)
        live_destroy(slot->value);
    map_finish(&core->live.all);
    array_free(&core->live.open);
    array_free(&core->live.damaged);
    core->live = (struct live_incidents){0};
    list_init(&core->live.ended);
}

/* ---- walking ---- */

/* The callback may run commands. The list changes only when a turn ends, or when an incident is declared. */
void live_each_open(struct core *core, live_on *on, void *ctx)
{
    uint64_t last = 0, end = core->live.next;
    for (;;) {
        size_t place = place_of(&core->live, last + 1);
        if (place == core->live.open.n)
            return;
        const struct incident *incident = core->live.open.v[place]->incident;
        last = incident->id;
        if (last >= end || !on(ctx, incident))
            return;
    }
}

void live_each_newest(struct core *core, uint64_t before, live_on *on, void *ctx)
{
    for (size_t i = before ? place_of(&core->live, before) : core->live.open.n; i-- > 0;) {
        if (!on(ctx, core->live.open.v[i]->incident))
            return;
    }
}

size_t live_severity_rank(const struct core *core, const char *severity, size_t unknown)
{
    const char *const *severities = policy_rulebook(core->policy)->severities;
    size_t rank = 0;
    while (severities[rank] && !text_equal_nocase(severities[rank], severity))
        rank++;
    return severities[rank] ? rank : unknown;
}
