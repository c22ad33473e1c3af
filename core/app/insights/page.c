/* Where reactive work goes: some months in words and charts, each with its table. */
#include <inttypes.h>
#include <stdarg.h>

#include "app/insights/shown.h"

#define ROWS CHART_ROWS /* of a table here: those that are drawn; the page of a chart has all of them */

/* ---- numbers ---- */

__attribute__((format(printf, 3, 4))) static struct view *add_number(struct view *view, const char *label,
                                                                     const char *format, ...)
{
    struct view *item = view_item(view, "numbers");
    CLEANUP_STR struct str text = {0};
    va_list args;
    va_start(args, format);
    str_vaddf(&text, format, args);
    va_end(args);
    view_text(item, "label", label);
    view_text(item, "value", str_text(&text));
    return item;
}

static void add_numbers(const struct review_figures *figures, struct view *view)
{
    const struct insight *now = &figures->sums.all, *before = &figures->before.all;
    CLEANUP_STR struct str work = {0}, worked = {0};
    chart_value(CHART_TIME, now->work, &work);
    chart_value(CHART_TIME, before->work, &worked);
    struct view *ended = add_number(view, "Incidents that ended", "; before: %" PRId64, before->incidents);
    view_textf(ended, "leads", "%" PRId64, now->incidents);
    add_number(view, "People's time", "%s; before: %s", work.p, worked.p);
    add_number(view, "Calls of people", "%" PRId64 ", %" PRId64 " by night, %" PRId64 " at weekends",
               now->calls.all, now->calls.nights, now->calls.weekends);
    if (now->in_vain.all)
        add_number(view, "Calls for what was declined", "%" PRId64 ", %" PRId64 " by night", now->in_vain.all,
                   now->in_vain.nights);
    if (now->repeats)
        add_number(view, "Problems that had been there before", "%" PRId64, now->repeats);
    add_number(view, "Left out", "%" PRId64 " declined, %" PRId64 " merged, %" PRId64 " drills", now->declined,
               now->merged, now->drills);
}

/* ---- charts ---- */

/* Of one team there is nothing to compare by team. */
static bool is_wanted(const struct review_figures *figures, enum review_chart chart)
{
    return chart != REVIEW_TEAM || !figures->query.team;
}

static void add_charts(const struct review_figures *figures, struct view *view)
{
    for (size_t i = 0; i < REVIEW_CHARTS; i++) {
        enum review_chart chart = (enum review_chart)i;
        if (is_wanted(figures, chart))
            insights_show_chart(figures, chart, ROWS, view_item(view, "charts"));
    }
}

static int show(struct visit *visit, struct view *view, struct error *err)
{
    struct review_figures figures;
    CLEANUP_STR struct str said = {0};
    int rc = insights_read(visit, REVIEW_CHARTS, &figures, err);
    if (!rc) {
        insights_show_asked(visit, &figures, view);
        if (figures.query.months == 1)
            review_say(visit->core, &figures.query, &figures.sums, visit->now, &said);
        view_markup(view, "words", said.len ? said.p : NULL);
        if (review_waiting(visit->core))
            view_textf(view, "waiting", "%zu", review_waiting(visit->core));
        add_numbers(&figures, view);
        add_charts(&figures, view);
    }
    review_figures_finish(&figures);
    return rc;
}

const struct app_page app_page_insights = {.name = "insights",
                                           .title = "Insights",
                                           .path = "/app/insights",
                                           .word = "Insights",
                                           .place = 6,
                                           .needs = ACCESS_SEE,
                                           .show = show};
