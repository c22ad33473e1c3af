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

int sum_month(struct core *core, const struct review_query *query, instant begin, struct insights *into,
              struct error *err)
{
    struct summing summing = {query, into};
    char month[MONTH_TEXT];
    month_name(begin, month);
    if (query->summed && months_have(core, month))
        return months_add(core, month, query, into, err);
    return review_pieces(core, &(struct review_reading){month, query->viewer, query->most}, add_piece, &summing,
                         err);
}

int review_sum(struct core *core, const struct review_query *query, struct insights *ret, struct error *err)
{
    int rc = 0;
    *ret = (struct insights){0};
    for (int i = 0; i < query->months && !rc; i++)
        rc = sum_month(core, query, month_begins(query->from, i), ret, err);
    insights_settle(ret);
    return rc;
}
