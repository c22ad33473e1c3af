/* What the policy says in words of a month. */
#include <string.h>

#include "policy/insights.h"
#include "review/inside.h"

#define PAST           3 /* months that make an ordinary one */
#define SENTENCES_MOST 8
#define ASKED_MOST     100 /* sums of a kind, those with the most work */

struct writing {
    struct str *out;
    size_t n;
};

static void add_sentence(void *ctx, const char *text, const char *where)
{
    struct writing *writing = ctx;
    (void)where;
    if (writing->n++ < SENTENCES_MOST)
        str_addf(writing->out, "- %s\n", text);
}

static void say_kind(struct core *core, const struct insights *sums, const struct insights *past,
                     struct policy_insight *about, instant now, struct writing *writing)
{
    insight_list list = {0};
    insights_list(sums, about->by, &list);
    for (size_t i = 0; i < MIN(list.n, (size_t)ASKED_MOST); i++) {
        about->now = list.v[i];
        about->past = insights_of(past, about->by, list.v[i]->name);
        policy_say_insight(core_policy(core), about, now, add_sentence, writing);
    }
    array_free(&list);
}

/* The sum of the three months before. Returns of how many something is known; the caller finishes *ret. */
static int past_of(struct core *core, const struct review_query *query, struct insights *ret)
{
    struct review_query past = *query;
    int months = 0, rc = 0;
    past.summed = true;
    *ret = (struct insights){0};
    for (int i = PAST; i > 0 && !rc; i--) {
        int64_t before = ret->all.incidents;
        rc = sum_month(core, &past, month_begins(query->from, -i), ret, NULL);
        months += ret->all.incidents > before;
    }
    insights_settle(ret);
    return rc ? 0 : months;
}

void review_say(struct core *core, const struct review_query *query, const struct insights *sums, instant now,
                struct str *out)
{
    struct insights past;
    struct writing writing = {.out = out};
    struct policy_insight about = {
        .all = &sums->all, .months = past_of(core, query, &past), .over = month_begins(query->from, 1) <= now};
    for (size_t kind = INSIGHT_TEAM; kind < INSIGHT_KINDS; kind++) {
        about.by = (enum insight_kind)kind;
        if (policy_has_insights(core_policy(core), about.by))
            say_kind(core, sums, &past, &about, now, &writing);
    }
    insights_finish(&past);
}
