/* What the pieces of some months sum up to. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "people/people.h"
#include "review/inside.h"
#include "sight/sight.h"

struct summing {
    struct core *core;
    const struct review_query *query;
    char month[MONTH_TEXT];
    struct insights *into;
};

/* Persons who are one by now. */
static void name_people(const struct core *core, struct piece *piece)
{
    for (size_t i = 0; i < piece->people.n; i++) {
        const char *now = people_now(core, piece->people.v[i].id);
        if (now != piece->people.v[i].id)
            replace_text(&piece->people.v[i].id, now);
    }
}

static bool take(void *ctx, const struct journal_doc *doc)
{
    struct summing *summing = ctx;
    struct piece piece;
    if (!piece_decode(doc->body, &piece))
        return true;
    memcpy(piece.month, summing->month, sizeof(piece.month));
    piece.incident = strtoull(doc->key + strlen(summing->month) + 1, NULL, 10);
    bool named = !piece.private || sight_incident(summing->core, piece.incident, summing->query->viewer);
    name_people(summing->core, &piece);
    if (!summing->query->team || text_equal_nocase(summing->query->team, piece.names[NAME_TEAM]))
        insights_add(summing->into, &piece, named);
    piece_finish(&piece);
    return true;
}

int review_sum(struct core *core, const struct review_query *query, struct insights *ret, struct error *err)
{
    struct summing summing = {.core = core, .query = query, .into = ret};
    instant from = query->from;
    int rc = 0;
    *ret = (struct insights){0};
    for (int i = 0; i < query->months && !rc; i++, from = month_begins(from, 1)) {
        month_name(from, summing.month);
        CLEANUP_FREE char *prefix = xasprintf("%s\x1f", summing.month);
        rc = journal_docs(core_journal(core), &(struct doc_query){.kind = DOC_INSIGHT, .prefix = prefix}, take,
                          &summing, err);
    }
    insights_settle(ret);
    return rc;
}

void review_rebuild(struct turn *turn)
{
    struct review *review = review_of(turn_core(turn));
    reading_drop(review);
    review->scan = 0;
    batch_doc(turn_batch(turn), DOC_META, REVIEW_SCANNED, "0");
    core_due(turn_core(turn), turn_now(turn));
}
