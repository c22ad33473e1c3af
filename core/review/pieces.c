/* The pieces of a month, as their documents have them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "people/people.h"
#include "review/inside.h"
#include "sight/sight.h"

/* Persons who are one by now. */
static void name_people(const struct core *core, struct piece *piece)
{
    for (size_t i = 0; i < piece->people.n; i++) {
        const char *now = people_now(core, piece->people.v[i].id);
        if (now != piece->people.v[i].id)
            replace_text(&piece->people.v[i].id, now);
    }
}

struct piecing {
    struct core *core;
    const struct review_reading *reading;
    review_on *on;
    void *ctx;
};

static bool read_piece(void *ctx, const struct journal_doc *doc)
{
    const struct piecing *piecing = ctx;
    const struct review_reading *reading = piecing->reading;
    struct piece piece;
    if (!piece_decode(doc->body, &piece))
        return true;
    snprintf(piece.month, sizeof(piece.month), "%s", reading->month);
    piece.incident = strtoull(doc->key + strlen(reading->month) + 1, NULL, 10);
    name_people(piecing->core, &piece);
    piecing->on(piecing->ctx, &piece,
                !piece.private || sight_incident(piecing->core, piece.incident, reading->viewer));
    piece_finish(&piece);
    return true;
}

int review_pieces(struct core *core, const struct review_reading *reading, review_on *on, void *ctx,
                  struct error *err)
{
    CLEANUP_FREE char *prefix = xasprintf("%s\x1f", reading->month);
    struct piecing piecing = {core, reading, on, ctx};
    const struct doc_query query = {
        .kind = DOC_INSIGHT, .prefix = prefix, .descending = reading->most > 0, .limit = reading->most};
    return journal_docs(core_journal(core), &query, read_piece, &piecing, err);
}
