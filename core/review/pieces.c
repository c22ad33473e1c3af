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

struct reading {
    struct core *core;
    const char *month, *viewer;
    review_on *on;
    void *ctx;
};

static bool read_piece(void *ctx, const struct journal_doc *doc)
{
    const struct reading *reading = ctx;
    struct piece piece;
    if (!piece_decode(doc->body, &piece))
        return true;
    snprintf(piece.month, sizeof(piece.month), "%s", reading->month);
    piece.incident = strtoull(doc->key + strlen(reading->month) + 1, NULL, 10);
    name_people(reading->core, &piece);
    reading->on(reading->ctx, &piece,
                !piece.private || sight_incident(reading->core, piece.incident, reading->viewer));
    piece_finish(&piece);
    return true;
}

int review_pieces(struct core *core, const char *month, const char *viewer, review_on *on, void *ctx,
                  struct error *err)
{
    CLEANUP_FREE char *prefix = xasprintf("%s\x1f", month);
    struct reading reading = {core, month, viewer, on, ctx};
    return journal_docs(core_journal(core), &(struct doc_query){.kind = DOC_INSIGHT, .prefix = prefix},
                        read_piece, &reading, err);
}
