/* The incidents in memory: all open ones, and the ended ones that were asked for last. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "hub/internal.h"

#define ID_TEXT 24
static const char *id_text(uint64_t id, char buffer[ID_TEXT])
{
    snprintf(buffer, ID_TEXT, "%010" PRIu64, id);
    return buffer;
}

struct live *live_add(struct hub *hub, struct incident *incident)
{
    char key[ID_TEXT];
    struct live *live = xcalloc(1, sizeof(*live));
    live->incident = incident;
    map_put(&hub->incidents, id_text(incident->id, key), live);
    if (status_is_open(incident->status)) {
        hub->open_count++;
    } else {
        list_append(&hub->ended, &live->used);
        hub->ended_count++;
    }
    return live;
}

static void live_destroy(struct live *live)
{
    incident_destroy(live->incident);
    said_finish(live);
    free(live);
}

static struct live *live_read(struct hub *hub, uint64_t id)
{
    char key[ID_TEXT];
    struct journal_doc doc;
    struct incident *incident;
    struct error err;
    if (journal_doc(hub->journal, DOC_INCIDENT, id_text(id, key), &doc, &err))
        return NULL;
    int rc = incident_decode(doc.body, strlen(doc.body), &incident, &err);
    journal_doc_finish(&doc);
    return rc ? NULL : live_add(hub, incident);
}

struct live *live_find(struct hub *hub, uint64_t id)
{
    char key[ID_TEXT];
    struct live *live = id ? map_get(&hub->incidents, id_text(id, key)) : NULL;
    if (!live && id && id < hub->next_incident)
        return live_read(hub, id);
    if (live && live->used.next) {
        list_remove(&live->used);
        list_append(&hub->ended, &live->used);
    }
    return live;
}

/* The deadlines of an incident follow from its state. */
static void set_deadlines(struct hub *hub, const struct incident *incident)
{
    deadlines_clear(hub->deadlines, incident->id);
    if (incident->status == STATUS_PAUSED)
        deadline_set(hub->deadlines, incident->id, DUE_RESUME, incident->pause_until);
    for (size_t i = 0; i < incident->owed.n; i++)
        deadline_set(hub->deadlines, incident->id, incident->owed.v[i].name, incident->owed.v[i].due);
}

void live_settle(struct hub *hub, struct live *live)
{
    bool was_open = !live->used.next, open = status_is_open(live->incident->status);
    if (was_open && !open) {
        list_append(&hub->ended, &live->used);
        hub->ended_count++;
        hub->open_count--;
    } else if (!was_open && open) {
        list_remove(&live->used);
        hub->ended_count--;
        hub->open_count++;
    }
    set_deadlines(hub, live->incident);
}

/* Between turns only: nobody holds an incident then. */
void live_trim(struct hub *hub)
{
    while (hub->ended_count > KEEP_ENDED) {
        struct live *oldest = container_of(hub->ended.next, struct live, used);
        char key[ID_TEXT];
        list_remove(&oldest->used);
        hub->ended_count--;
        map_remove(&hub->incidents, id_text(oldest->incident->id, key));
        live_destroy(oldest);
    }
}

struct loading {
    struct hub *hub;
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
    struct live *live = live_add(loading->hub, incident);
    set_deadlines(loading->hub, live->incident);
    return true;
}

static bool load_number(void *ctx, const struct journal_doc *doc)
{
    struct hub *hub = ctx;
    hub->next_incident = strtoull(doc->key, NULL, 10) + 1;
    return false;
}

int live_load(struct hub *hub, struct error *err)
{
    struct loading loading = {hub, err, 0};
    list_init(&hub->ended);
    hub->next_incident = 1;
    struct doc_query newest = {.kind = DOC_INCIDENT, .descending = true, .limit = 1};
    int rc = journal_docs(hub->journal, &newest, load_number, hub, err);
    for (int s = STATUS_TRIAGE; !rc && s < STATUS_COUNT; s++) {
        struct doc_query open = {.kind = DOC_INCIDENT, .tag = status_name((enum status)s)};
        if (status_is_open((enum status)s))
            rc = journal_docs(hub->journal, &open, load_one, &loading, err);
        if (!rc)
            rc = loading.rc;
    }
    return rc;
}

void live_finish(struct hub *hub)
{
    size_t position = 0;
    for (struct map_slot *slot; (slot = map_next(&hub->incidents, &position));)
        live_destroy(slot->value);
    map_finish(&hub->incidents);
    hub->incidents = (struct map){0};
    hub->open_count = hub->ended_count = 0;
    list_init(&hub->ended);
}

static int by_id(const void *a, const void *b)
{
    uint64_t x = (*(struct live *const *)a)->incident->id, y = (*(struct live *const *)b)->incident->id;
    return x < y ? -1 : x > y;
}

size_t severity_rank(const struct hub *hub, const char *severity, size_t unknown)
{
    const char *const *severities = policy_rulebook(hub->policy)->severities;
    size_t rank = 0;
    while (severities[rank] && !text_equal(severities[rank], severity))
        rank++;
    return severities[rank] ? rank : unknown;
}

/* In the order of their numbers, so that everything that follows is the same on every run. */
void live_each_open(struct hub *hub, bool (*on)(void *ctx, const struct incident *incident), void *ctx)
{
    ARRAY(struct live *) open = {0};
    size_t position = 0;
    for (struct map_slot *slot; (slot = map_next(&hub->incidents, &position));) {
        struct live *live = slot->value;
        if (status_is_open(live->incident->status))
            *array_add(&open) = live;
    }
    if (open.n)
        qsort(open.v, open.n, sizeof(*open.v), by_id);
    for (size_t i = 0; i < open.n && on(ctx, open.v[i]->incident); i++)
        ;
    array_free(&open);
}
