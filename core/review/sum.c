/* What the pieces of some months sum up to. */
#include "review/inside.h"

struct summing {
    const struct review_query *query;
    struct insights *into;
};

static void add_piece(void *ctx, const struct piece *piece, bool named)
{
    const struct summing *summing = ctx;
    if (!summing->query->team || text_equal_nocase(summing->query->team, piece->names[NAME_TEAM]))
        insights_add(summing->into, piece, named);
}

int review_sum(struct core *core, const struct review_query *query, struct insights *ret, struct error *err)
{
    struct summing summing = {query, ret};
    char month[MONTH_TEXT];
    instant from = query->from;
    int rc = 0;
    *ret = (struct insights){0};
    for (int i = 0; i < query->months && !rc; i++, from = month_begins(from, 1)) {
        month_name(from, month);
        if (query->summed && months_have(core, month))
            rc = months_add(core, month, query, ret, err);
        else
            rc = review_pieces(core, month, query->viewer, add_piece, &summing, err);
    }
    insights_settle(ret);
    return rc;
}
