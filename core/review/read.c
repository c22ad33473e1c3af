/* Reads the events of what is marked, some at a time, and writes the pieces. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "people/people.h"
#include "review/inside.h"
#include "turn/live.h"

static bool load_last(void *ctx, const struct journal_doc *doc)
{
    ((struct review *)ctx)->last = strtoull(doc->key, NULL, 10);
    return false;
}

int review_find_last(struct core *core, struct error *err)
{
    const struct doc_query newest = {.kind = DOC_INCIDENT, .descending = true, .limit = 1};
    return journal_docs(core_journal(core), &newest, load_last, review_of(core), err);
}

#define EVENTS_AT_ONCE 1000
#define SEPARATOR      "\x1f"

void reading_drop(struct review *review)
{
    if (review->reading.incident)
        facts_finish(&review->reading.facts);
    review->reading.incident = review->reading.version = 0;
}

/* ---- the pieces ---- */

struct writing {
    struct turn *turn;
    ARRAY(char *) keys; /* that were written */
};

static void write_piece(void *ctx, const struct piece *piece)
{
    struct writing *writing = ctx;
    CLEANUP_STR struct str body = {0};
    char *key = xasprintf("%s" SEPARATOR "%010" PRIu64, piece->month, piece->incident);
    piece_encode(piece, &body);
    months_stale(writing->turn, piece->month);
    batch_doc(turn_batch(writing->turn), DOC_INSIGHT, key, body.p);
    *array_add(&writing->keys) = key;
}

static bool is_written(const struct writing *writing, const char *key)
{
    for (size_t i = 0; i < writing->keys.n; i++) {
        if (strcmp(writing->keys.v[i], key) == 0)
            return true;
    }
    return false;
}

static bool is_kept(const struct core *core, const char *key)
{
    struct journal_doc doc;
    if (journal_doc(core_journal(core), DOC_INSIGHT, key, &doc, NULL))
        return false;
    journal_doc_finish(&doc);
    return true;
}

/* Months that it touched when it had ended before, and touches no more. */
static void drop_others(struct writing *writing, const struct incident *incident, instant now)
{
    char month[MONTH_TEXT];
    instant from = incident->entries.n ? month_begins(incident->entries.v[0].at, 0) : now + 1;
    for (; from <= now; from = month_begins(from, 1)) {
        month_name(from, month);
        CLEANUP_FREE char *key = xasprintf("%s" SEPARATOR "%010" PRIu64, month, incident->id);
        if (is_written(writing, key) || !is_kept(turn_core(writing->turn), key))
            continue;
        batch_doc(turn_batch(writing->turn), DOC_INSIGHT, key, NULL);
        months_stale(writing->turn, month);
    }
}

static const char *person_now(void *core, const char *id)
{
    return people_now(core, id);
}

static const char *person_zone(void *core, const char *id)
{
    return people_zone(core, id);
}

static void unmark(struct turn *turn, uint64_t incident)
{
    struct review *review = review_of(turn_core(turn));
    CLEANUP_FREE char *key = xasprintf("%010" PRIu64, incident);
    for (size_t i = review->marks.n; i-- > 0;) {
        if (review->marks.v[i].incident == incident)
            array_remove(&review->marks, i);
    }
    batch_doc(turn_batch(turn), DOC_INSIGHT_DUE, key, NULL);
}

static void write(struct turn *turn, const struct facts *facts)
{
    struct core *core = turn_core(turn);
    struct writing writing = {.turn = turn};
    facts_pieces(facts, &(struct facts_people){core, person_now, person_zone}, write_piece, &writing);
    drop_others(&writing, facts->incident, turn_now(turn));
    for (size_t i = 0; i < writing.keys.n; i++)
        free(writing.keys.v[i]);
    array_free(&writing.keys);
}

/* ---- its events ---- */

struct chunk {
    struct review *review;
    size_t n;
    bool broken; /* an event cannot be read: `tocsin verify` names it */
};

static bool take(void *ctx, const struct journal_event *row)
{
    struct chunk *chunk = ctx;
    struct event event;
    chunk->n++;
    chunk->review->reading.version = row->version;
    if (!facts_want(event_type_parse(row->type)))
        return true;
    chunk->broken |= turn_event_of_row(row, &event, NULL) != 0;
    if (chunk->broken)
        return false;
    facts_take(&chunk->review->reading.facts, &event);
    event_finish(&event);
    return true;
}

/* Returns how many events were read; at least one. */
static size_t go_on(struct turn *turn, uint64_t incident, size_t most)
{
    struct core *core = turn_core(turn);
    struct review *review = review_of(core);
    struct chunk chunk = {.review = review};
    char stream[INCIDENT_NAME];
    if (review->reading.incident != incident) {
        reading_drop(review);
        facts_begin(&review->reading.facts, incident);
        review->reading.incident = incident;
    }
    if (journal_read_stream(core_journal(core), incident_name(incident, stream), review->reading.version, most,
                            take, &chunk, NULL))
        return most; /* the journal cannot be read now */
    if (!chunk.broken && chunk.n >= most)
        return chunk.n;
    if (!chunk.broken)
        write(turn, &review->reading.facts);
    unmark(turn, incident);
    reading_drop(review);
    return chunk.n + 1;
}

/* ---- what is next ---- */

/* One that is marked and durable, else the next of the scan; 0: there is none. */
static uint64_t next_of(struct core *core)
{
    struct review *review = review_of(core);
    for (size_t i = 0; i < review->marks.n; i++) {
        if (turn_is_reported(core, review->marks.v[i].turn))
            return review->marks.v[i].incident;
    }
    return review->scan < review->last ? review->scan + 1 : 0;
}

/* Is it read, and the next of the scan? */
static void scanned(struct turn *turn, uint64_t incident)
{
    struct review *review = review_of(turn_core(turn));
    char text[24];
    if (incident != review->scan + 1 || review->reading.incident)
        return;
    review->scan = incident;
    snprintf(text, sizeof(text), "%" PRIu64, incident);
    batch_doc(turn_batch(turn), DOC_META, REVIEW_SCANNED, text);
}

static void read_some(struct core *core, instant now)
{
    struct turn *turn = turn_begin(core, now);
    uint64_t incident;
    review_of(core)->written = turn_number(turn);
    for (size_t n = 0; n < EVENTS_AT_ONCE && (incident = next_of(core));) {
        n += go_on(turn, incident, EVENTS_AT_ONCE - n);
        scanned(turn, incident);
    }
    turn_commit(turn, NULL, NULL);
}

instant review_tick(struct core *core, instant now)
{
    const struct review *review = review_of(core);
    if (core_ready(core, NULL) && next_of(core))
        read_some(core, now);
    if (review->marks.n || review->scan < review->last)
        return now + REVIEW_GO_ON;
    if (!core_ready(core, NULL))
        return now + SECOND;
    months_tick(core, now);
    return MIN(MAX(review->look, now + REVIEW_GO_ON), digest_tick(core, now));
}

size_t review_waiting(const struct core *core)
{
    const struct review *review = review_of(core);
    return review->marks.n + (size_t)(review->last - MIN(review->scan, review->last));
}

void review_rebuild(struct turn *turn)
{
    struct review *review = review_of(turn_core(turn));
    reading_drop(review);
    review->scan = 0;
    review_find_last(turn_core(turn), NULL);
    batch_doc(turn_batch(turn), DOC_META, REVIEW_SCANNED, "0");
    core_due(turn_core(turn), turn_now(turn));
}
