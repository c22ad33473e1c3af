/* The directory of customers: those whom open incidents affect first, then all of them by key, searched by words and by tier. */
#include <stdlib.h>
#include <string.h>

#include "app/page.h"
#include "base/map.h"
#include "customers/customers.h"
#include "sight/query.h"

#define PAGE           100
#define LOOK_MOST      2000 /* records that a search looks at for a page */
#define INCIDENTS_MOST 200  /* the last open ones, whose customers come first */

/* ---- affected now ---- */

struct affected {
    const char *key, *name;
    const struct customer *record; /* NULL: not in the directory */
    instant since;
    uint64_t incident; /* the last one */
    size_t n;          /* incidents */
};

struct gathering {
    const struct visit *visit;
    struct map rows; /* key in lower case -> struct affected, owned */
};

static void gather_one(struct gathering *gathering, const struct incident *incident,
                       const struct state_customer *customer)
{
    const struct customer *record = customers_get(gathering->visit->core, customer->key);
    CLEANUP_FREE char *key = text_lower(record ? record->key : customer->key);
    struct affected *row = map_get(&gathering->rows, key);
    if (!row) {
        row = xcalloc(1, sizeof(*row));
        map_put(&gathering->rows, key, row);
        *row = (struct affected){.key = record ? record->key : customer->key,
                                 .name = record ? customer_name(record) : customer->name,
                                 .record = record,
                                 .since = customer->since,
                                 .incident = incident->id};
    }
    row->since = MIN(row->since, customer->since);
    row->n++;
}

static bool gather(void *ctx, const struct incident *incident)
{
    for (size_t i = 0; i < incident->affected.customers.n; i++)
        gather_one(ctx, incident, &incident->affected.customers.v[i]);
    return true;
}

/* Those whom we watch over first, then those who have been affected the longest. */
static int urgent_first(const void *a, const void *b)
{
    const struct affected *x = *(struct affected *const *)a, *y = *(struct affected *const *)b;
    bool one = x->record && x->record->cares, other = y->record && y->record->cares;
    if (one != other)
        return one ? -1 : 1;
    return x->since != y->since ? (x->since < y->since ? -1 : 1) : strcmp(x->key, y->key);
}

static void add_affected(const struct visit *visit, const struct affected *row, struct view *view)
{
    struct view *item = view_item(view, "affected");
    char name[INCIDENT_NAME];
    view_text(item, "name", row->name ? row->name : row->key);
    view_query(item, "key_url", row->key);
    view_text(item, "tier", row->record ? row->record->tier : NULL);
    view_flag(item, "cares", row->record && row->record->cares);
    view_flag(item, "stranger", !row->record);
    view_clock(item, "since", row->since, visit);
    view_text(item, "incident", incident_name(row->incident, name));
    if (row->n > 1)
        view_textf(item, "more", "%zu", row->n - 1);
}

static int add_all_affected(const struct visit *visit, struct view *view, struct error *err)
{
    const struct query query = {.viewer = visit->person, .limit = INCIDENTS_MOST};
    struct gathering gathering = {.visit = visit};
    ARRAY(struct affected *) rows = {0};
    size_t position = 0;
    int rc = query_list(visit->core, &query, gather, &gathering, err);
    for (struct map_slot *slot; (slot = map_next(&gathering.rows, &position));)
        *array_add(&rows) = slot->value; /* NOLINT(bugprone-sizeof-expression): an array of pointers */
    if (rows.n)
        qsort(rows.v, rows.n, sizeof(*rows.v), urgent_first); /* NOLINT(bugprone-sizeof-expression) */
    for (size_t i = 0; i < rows.n && i < PAGE; i++)
        add_affected(visit, rows.v[i], view);
    view_flag(view, "any_affected", rows.n > 0);
    if (rows.n > PAGE)
        view_textf(view, "more_affected", "%zu", rows.n - PAGE);
    for (size_t i = 0; i < rows.n; i++)
        free(rows.v[i]);
    array_free(&rows);
    map_finish(&gathering.rows);
    return rc;
}

/* ---- the directory ---- */

struct listing {
    const struct visit *visit;
    struct view *view;
    const char *words, *tier; /* NULL: all */
    size_t n, looked;
};

static bool has_words(const struct customer *c, const char *words)
{
    bool has = !words || strcasestr(c->key, words) || (c->name && strcasestr(c->name, words));
    for (size_t i = 0; i < c->aliases.n && !has; i++)
        has = strcasestr(c->aliases.v[i], words) != NULL;
    for (size_t i = 0; i < c->domains.n && !has; i++)
        has = strcasestr(c->domains.v[i], words) != NULL;
    return has;
}

static bool list_one(void *ctx, const struct customer *c)
{
    struct listing *listing = ctx;
    listing->looked++;
    if (!has_words(c, listing->words) || (listing->tier && !text_equal_nocase(listing->tier, c->tier)))
        return true;
    struct view *item = view_item(listing->view, "customers");
    view_text(item, "name", customer_name(c));
    view_text(item, "key", c->key);
    view_query(item, "key_url", c->key);
    view_text(item, "tier", c->tier);
    view_flag(item, "cares", c->cares);
    view_person(item, "owner", c->owner, listing->visit);
    view_text(item, "wish", wish_name(c->wish));
    if (c->routes.n)
        view_textf(item, "route", "%s on %s", c->routes.v[0].address, c->routes.v[0].connector);
    return ++listing->n < PAGE;
}

static int add_directory(const struct visit *visit, const char *after, struct view *view, struct error *err)
{
    struct listing listing = {
        .visit = visit, .view = view, .words = visit_query(visit, "q"), .tier = visit_query(visit, "tier")};
    CLEANUP_FREE char *last = NULL;
    int rc = customers_after(visit->core, after, LOOK_MOST, list_one, &listing, &last, err);
    view_textf(view, "count", "%zu", customers_count(visit->core));
    view_text(view, "words", listing.words);
    view_query(view, "words_url", listing.words);
    view_text(view, "tier", listing.tier);
    view_query(view, "tier_url", listing.tier);
    view_flag(view, "nothing", listing.n == 0);
    if (listing.n == PAGE || listing.looked == LOOK_MOST)
        view_query(view, "next", last);
    return rc;
}

/* ---- the page ---- */

static int show(struct visit *visit, struct view *view, struct error *err)
{
    const char *after = visit_query(visit, "after");
    bool first = !after && !visit_query(visit, "q") && !visit_query(visit, "tier");
    int rc = first ? add_all_affected(visit, view, err) : 0;
    view_flag(view, "first", first);
    view_text(view, "live", "all");
    return rc ? rc : add_directory(visit, after ? after : "", view, err);
}

static void act(struct visit *visit)
{
    visit_form(visit, "customer", NULL);
}

const struct app_page app_page_customers = {.name = "customers",
                                            .title = "Customers",
                                            .path = "/app/customers",
                                            .word = "Customers",
                                            .place = 40,
                                            .needs = ACCESS_SEE,
                                            .show = show,
                                            .act = act};
