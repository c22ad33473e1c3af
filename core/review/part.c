/* The part: which incidents are marked. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "review/inside.h"
#include "turn/live.h"

#define KEY_BYTES 24

/* ---- marks ---- */

static void mark(struct turn *turn, uint64_t incident)
{
    struct review *review = review_of(turn_core(turn));
    char key[KEY_BYTES];
    size_t i = 0;
    while (i < review->marks.n && review->marks.v[i].incident != incident)
        i++;
    if (i == review->marks.n) {
        snprintf(key, sizeof(key), "%010" PRIu64, incident);
        batch_doc(turn_batch(turn), DOC_INSIGHT_DUE, key, "{}");
        array_add(&review->marks)->incident = incident;
    }
    review->marks.v[i].turn = turn_number(turn);
    if (review->reading.incident == incident)
        reading_drop(review);
    core_due(turn_core(turn), turn_now(turn));
}

/* What changes the pieces of an incident that is over. */
static const bool changes[EVENT_TYPE_COUNT] = {
    [EVENT_SEVERITY] = true, [EVENT_KIND] = true,      [EVENT_TEAM] = true,     [EVENT_SERVICE] = true,
    [EVENT_PRIVATE] = true,  [EVENT_DRILL] = true,     [EVENT_CUSTOMER] = true, [EVENT_UNAFFECTED] = true,
    [EVENT_APPROVED] = true, [EVENT_DISCARDED] = true, [EVENT_TOLD] = true,     [EVENT_PAGE_CALLED] = true,
};

/* Did it end, or begin again? */
static bool turned(const struct incident *incident)
{
    size_t n = incident->entries.n;
    return n > 0 &&
           (!status_is_open(incident->status) || (n > 1 && !status_is_open(incident->entries.v[n - 2].status)));
}

static void follow(struct turn *turn, const struct event *event, const struct incident *incident)
{
    bool over = !status_is_open(incident->status);
    if (event->type == EVENT_STATUS ? turned(incident) : over && changes[event->type])
        mark(turn, incident->id);
    if (event->type == EVENT_STATUS)
        measure_end(incident, event->at);
}

/* ---- loaded ---- */

static bool load_mark(void *ctx, const struct journal_doc *doc)
{
    array_add(&((struct review *)ctx)->marks)->incident = strtoull(doc->key, NULL, 10);
    return true;
}

static int load(struct core *core, struct error *err)
{
    struct review *review = review_of(core);
    struct journal_doc doc;
    if (journal_doc(core_journal(core), DOC_META, REVIEW_SCANNED, &doc, NULL) == 0) {
        review->scan = strtoull(doc.body, NULL, 10);
        journal_doc_finish(&doc);
    }
    int rc =
        journal_docs(core_journal(core), &(struct doc_query){.kind = DOC_INSIGHT_DUE}, load_mark, review, err);
    rc = rc ? rc : review_find_last(core, err);
    rc = rc ? rc : digest_load(core, err);
    return rc ? rc : months_load(core, err);
}

static void unload(struct core *core)
{
    struct review *review = review_of(core);
    reading_drop(review);
    array_free(&review->marks);
    map_finish(&review->summed);
    free(review->digest_team);
    *review = (struct review){0};
}

const struct part review_part = {.name = "review",
                                 .state_size = sizeof(struct review),
                                 .load = load,
                                 .unload = unload,
                                 .follow = follow,
                                 .tick = review_tick};
