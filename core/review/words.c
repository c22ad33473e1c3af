/* A month in numbers and words. */
#include <inttypes.h>
#include <string.h>

#include "base/markup.h"
#include "chart/chart.h"
#include "people/people.h"
#include "review/inside.h"

#define ROWS_MOST 5
#define IDS_MOST  5

/* ---- numbers ---- */

static void add_count(struct str *out, int64_t n, const char *one, const char *many)
{
    str_addf(out, "%" PRId64 " %s", n, n == 1 ? one : many);
}

/* "half within 4m, nine of ten within 22m (of 14)"; of few: "4m, 22m". */
static void add_times(const char *what, const insight_times *times, struct str *out)
{
    if (!times->n)
        return;
    str_addf(out, "- %s: ", what);
    for (size_t i = 0; times->n < INSIGHT_FEW && i < times->n; i++) {
        str_add(out, i ? ", " : "");
        duration_format(times->v[i], out);
    }
    if (times->n >= INSIGHT_FEW) {
        str_add(out, "half within ");
        duration_format(insight_quantile(times, 50), out);
        str_add(out, ", nine of ten within ");
        duration_format(insight_quantile(times, 90), out);
        str_addf(out, " (of %zu)", times->n);
    }
    str_add(out, "\n");
}

static void add_calls(const struct insight *insight, struct str *out)
{
    const struct insight_calls *calls = &insight->calls, *vain = &insight->in_vain;
    if (!calls->all && !vain->all)
        return;
    str_add(out, "- people were called ");
    add_count(out, calls->all, "time", "times");
    str_addf(out, ", %" PRId64 " by night, %" PRId64 " at weekends", calls->nights, calls->weekends);
    if (vain->all)
        str_addf(out, "; and %" PRId64 " more for what was declined, %" PRId64 " by night", vain->all,
                 vain->nights);
    str_add(out, "\n");
}

/* "INC-42, INC-41 and 3 more": the figure leads to what it is made of. */
static void add_ids(const struct insight *insight, struct str *out)
{
    char name[INCIDENT_NAME];
    size_t shown = MIN(insight->ids.n, (size_t)IDS_MOST);
    int64_t left = insight->incidents - (int64_t)shown;
    for (size_t i = 0; i < shown; i++)
        str_addf(out, "%s%s", i ? ", " : " (", incident_name(insight->ids.v[insight->ids.n - 1 - i], name));
    if (left && shown)
        str_addf(out, " and %" PRId64 " more", left);
    str_add(out, shown ? ")" : "");
}

/* ---- lists ---- */

/* "**checkout** 12 h in 4 incidents (INC-42, …)" */
static void add_row(struct core *core, enum insight_kind kind, const struct insight *row, struct str *out)
{
    const char *name = kind == INSIGHT_PERSON ? people_name(core, row->name) : row->name;
    int64_t judged = row->incidents + row->declined;
    str_markup(out, "- **%s** ", name ? name : row->name);
    chart_value(CHART_TIME, row->work, out);
    str_add(out, " in ");
    add_count(out, row->incidents, "incident", "incidents");
    add_ids(row, out);
    if (kind == INSIGHT_PERSON && row->calls.all + row->in_vain.all)
        str_addf(out, ", called %" PRId64 ", %" PRId64 " by night", row->calls.all + row->in_vain.all,
                 row->calls.nights + row->in_vain.nights);
    if (kind == INSIGHT_RULE && row->declined)
        str_addf(out, ", %" PRId64 " of %" PRId64 " declined", row->declined, judged);
    if (kind == INSIGHT_RULE && row->in_vain.nights)
        str_addf(out, " (called %" PRId64 " by night)", row->in_vain.nights);
    str_add(out, "\n");
}

static void add_list(struct core *core, const struct insights *sums, enum insight_kind kind, struct str *out)
{
    insight_list list = {0};
    insights_list(sums, kind, &list);
    if (list.n)
        str_addf(out, "\nBy %s:\n", insight_kind_name(kind));
    for (size_t i = 0; i < MIN(list.n, (size_t)ROWS_MOST); i++)
        add_row(core, kind, list.v[i], out);
    if (list.n > ROWS_MOST)
        str_addf(out, "- and %zu more\n", list.n - ROWS_MOST);
    array_free(&list);
}

/* ---- the month ---- */

static void add_left_out(const struct insight *all, struct str *out)
{
    if (!all->declined && !all->merged && !all->drills)
        return;
    str_addf(out, "- left out: %" PRId64 " declined, %" PRId64 " merged, ", all->declined, all->merged);
    add_count(out, all->drills, "drill", "drills");
    str_add(out, "\n");
}

static void add_all(const struct insight *all, const struct insight *before, struct str *out)
{
    str_add(out, "- ");
    add_count(out, all->incidents, "incident ended", "incidents ended");
    add_ids(all, out);
    str_addf(out, "; the month before %" PRId64 "\n", before->incidents);
    add_left_out(all, out);
    str_add(out, "- ");
    chart_value(CHART_TIME, all->work, out);
    str_add(out, " of people's time; the month before ");
    chart_value(CHART_TIME, before->work, out);
    str_add(out, "\n");
    add_calls(all, out);
    add_times("to accept", &all->times[TIME_ACCEPT], out);
    add_times("to tell the first customer", &all->times[TIME_CONTACT], out);
    add_times("longest silence", &all->times[TIME_SILENCE], out);
    add_times("to fix", &all->times[TIME_FIX], out);
    add_times("to resolve", &all->times[TIME_RESOLVE], out);
    add_times("drafts waited", &all->waited, out);
    if (all->repeats) {
        str_add(out, "- ");
        add_count(out, all->repeats, "was a problem", "were problems");
        str_add(out, " that had been there before in this month\n");
    }
}

int review_words(struct core *core, const struct review_query *query, const struct insights *sums, instant now,
                 struct str *out, struct error *err)
{
    struct review_query earlier = *query;
    struct insights before;
    earlier.from = month_begins(query->from, -1);
    earlier.summed = true;
    int rc = review_sum(core, &earlier, &before, err);
    if (!rc) {
        review_say(core, query, sums, now, out);
        add_all(&sums->all, &before.all, out);
    }
    insights_finish(&before);
    return rc;
}

void review_lists(struct core *core, const struct review_query *query, const struct insights *sums,
                  struct str *out)
{
    static const enum insight_kind kinds[] = {INSIGHT_TEAM,   INSIGHT_SERVICE,  INSIGHT_RULE,
                                              INSIGHT_PERSON, INSIGHT_CUSTOMER, INSIGHT_COMPONENT};
    for (size_t i = query->team ? 1 : 0; i < ARRAY_SIZE(kinds); i++)
        add_list(core, sums, kinds[i], out);
}
