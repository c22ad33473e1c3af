/* The open incidents with their clocks: filtered, sorted, a page at a time. */
#include <stdlib.h>

#include "app/incidents/choices.h"
#include "people/people.h"
#include "sight/query.h"
#include "turn/live.h"

#define PAGE 100
#define MOST 1000 /* that are looked at: what is open beyond that is found by a filter */

struct row {
    const struct incident *incident; /* borrowed from the core, which keeps it as long as the page is made */
    const struct state_owed *owed;   /* what is due first; NULL: nothing is */
    size_t rank;                     /* of its severity */
};

struct listing {
    const struct visit *visit;
    bool mine;
    ARRAY(struct row) rows;
};

static const struct state_owed *first_owed(const struct incident *incident)
{
    const struct state_owed *first = NULL;
    for (size_t i = 0; i < incident->owed.n; i++) {
        if (!first || incident->owed.v[i].due < first->due)
            first = &incident->owed.v[i];
    }
    return first;
}

static bool gather(void *ctx, const struct incident *incident)
{
    struct listing *listing = ctx;
    const struct visit *visit = listing->visit;
    if (listing->mine && !people_member(visit->core, incident, visit->person))
        return true;
    *array_add(&listing->rows) =
        (struct row){incident, first_owed(incident), live_severity_rank(visit->core, incident->severity, 0)};
    return true;
}

/* ---- their order ---- */

static int by_number(const void *a, const void *b)
{
    uint64_t x = ((const struct row *)a)->incident->id, y = ((const struct row *)b)->incident->id;
    return (x < y) - (x > y);
}

static int by_age(const void *a, const void *b)
{
    return by_number(b, a);
}

static int by_severity(const void *a, const void *b)
{
    size_t x = ((const struct row *)a)->rank, y = ((const struct row *)b)->rank;
    return x != y ? (x < y) - (x > y) : by_number(a, b);
}

static int by_owed(const void *a, const void *b)
{
    const struct state_owed *x = ((const struct row *)a)->owed, *y = ((const struct row *)b)->owed;
    instant due = x ? x->due : INT64_MAX, other = y ? y->due : INT64_MAX;
    return due != other ? (due > other) - (due < other) : by_number(a, b);
}

static int by_quiet(const void *a, const void *b)
{
    instant x = ((const struct row *)a)->incident->activity.changed_at,
            y = ((const struct row *)b)->incident->activity.changed_at;
    return x != y ? (x > y) - (x < y) : by_number(a, b);
}

static const struct order {
    const char *word, *label;
    int (*compare)(const void *a, const void *b);
} orders[] = {
    {"newest", "the newest first", by_number}, {"severity", "the worst first", by_severity},
    {"owed", "what is due first", by_owed},    {"oldest", "the oldest first", by_age},
    {"quiet", "the quietest first", by_quiet},
};

static const struct order *order_named(const char *word)
{
    for (size_t i = 0; i < ARRAY_SIZE(orders); i++) {
        if (text_equal(orders[i].word, word))
            return &orders[i];
    }
    return &orders[0];
}

/* ---- the page ---- */

static void add_row(const struct visit *visit, const struct row *row, struct view *view)
{
    const struct incident *incident = row->incident;
    struct view *item = view_item(view, "incidents");
    view_incident(item, incident);
    view_person(item, "lead", incident_role(incident, "lead"), visit);
    view_clock(item, "open", incident->entries.n ? incident->entries.v[0].at : 0, visit);
    view_clock(item, "changed", incident->activity.changed_at, visit);
    if (row->owed) {
        view_text(item, "owed", row->owed->text ? row->owed->text : row->owed->name);
        view_clock(item, "due", row->owed->due, visit);
        view_flag(item, "late", row->owed->due <= visit->now);
    }
}

static void add_orders(const struct order *chosen, struct view *view)
{
    for (size_t i = 0; i < ARRAY_SIZE(orders); i++)
        choice_add(view, "orders", orders[i].word, orders[i].label, chosen->word);
}

static void add_statuses(const char *chosen, struct view *view)
{
    for (enum status status = STATUS_NONE + 1; status < STATUS_COUNT; status++) {
        if (status_is_open(status))
            choice_add(view, "statuses", status_name(status), NULL, chosen);
    }
}

/* "page": which hundred, from 1. */
static void add_rows(struct listing *listing, struct view *view)
{
    size_t page = visit_query_number(listing->visit, "page"), from = (MIN(MAX(page, 1), MOST) - 1) * PAGE;
    for (size_t i = from; i < MIN(from + PAGE, listing->rows.n); i++)
        add_row(listing->visit, &listing->rows.v[i], view);
    view_textf(view, "count", "%zu%s", listing->rows.n, listing->rows.n >= MOST ? " and more" : "");
    view_flag(view, "nothing", listing->rows.n == 0);
    view_flag(view, "one", listing->rows.n == 1);
    if (from)
        view_textf(view, "before", "%zu", from / PAGE);
    if (from + PAGE < listing->rows.n)
        view_textf(view, "after", "%zu", from / PAGE + 2);
}

static int show(struct visit *visit, struct view *view, struct error *err)
{
    struct listing listing = {visit, text_equal(visit_query(visit, "mine"), "on"), {0}};
    const struct order *order = order_named(visit_query(visit, "sort"));
    const char *status = visit_query(visit, "status");
    enum status wanted = status ? status_parse(status) : STATUS_NONE;
    struct query query = {.viewer = visit->person,
                          .limit = MOST,
                          .status = status_is_open(wanted) ? wanted : STATUS_NONE,
                          .severity = visit_query(visit, "severity"),
                          .team = visit_query(visit, "team"),
                          .service = visit_query(visit, "service")};
    int rc = query_list(visit->core, &query, gather, &listing, err);
    if (listing.rows.n)
        qsort(listing.rows.v, listing.rows.n, sizeof(*listing.rows.v), order->compare);
    add_rows(&listing, view);
    array_free(&listing.rows);
    add_orders(order, view);
    add_statuses(status, view);
    choices_filter(visit, view);
    view_flag(view, "mine", listing.mine);
    view_text(view, "live", "all");
    return rc;
}

const struct app_page app_page_incidents = {.name = "incidents",
                                            .title = "Open incidents",
                                            .path = "/app/",
                                            .word = "Open incidents",
                                            .place = 0,
                                            .needs = ACCESS_SEE,
                                            .show = show};
