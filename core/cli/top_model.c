#include "cli/top_model.h"

#include <string.h>

#include "base/json.h"
#include "engine/lifecycle.h"

static void page_finish(struct top_page *page)
{
    for (size_t i = 0; i < page->calls.n; i++) {
        free(page->calls.v[i].person);
        free(page->calls.v[i].way);
        free(page->calls.v[i].state);
    }
    array_free(&page->calls);
    free(page->target);
}

static void row_finish(struct top_row *row)
{
    char *texts[] = {row->name,    row->title, row->status, row->severity,
                     row->service, row->team,  row->holder, row->owed};
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        free(texts[i]);
    for (size_t i = 0; i < row->pages.n; i++)
        page_finish(&row->pages.v[i]);
    array_free(&row->pages);
}

static void forget_rows(struct top *top)
{
    for (size_t i = 0; i < top->rows.n; i++)
        row_finish(&top->rows.v[i]);
    array_free(&top->rows);
}

static void forget_connectors(struct top *top)
{
    for (size_t i = 0; i < top->connectors.n; i++) {
        free(top->connectors.v[i].name);
        free(top->connectors.v[i].state);
        free(top->connectors.v[i].reason);
    }
    array_free(&top->connectors);
}

void top_finish(struct top *top)
{
    struct map_slot *slot;
    forget_rows(top);
    forget_connectors(top);
    for (size_t i = 0; (slot = map_next(&top->people, &i));)
        free(slot->value);
    map_finish(&top->people);
}

/* ---- reading ---- */

static char *text_of(const cJSON *object, const char *key)
{
    return xstrdup(json_text_or(object, key, NULL));
}

static char *text_needed(const cJSON *object, const char *key)
{
    return xstrdup(json_text_or(object, key, ""));
}

/* Of each person by each way the last call counts; those that reach nobody have no way. */
static void add_call(struct top_page *page, const cJSON *call)
{
    const char *person = json_text_or(call, "person", ""), *way = json_text_or(call, "way", NULL);
    const char *state = json_text_or(call, "state", "");
    if (!way)
        return;
    for (size_t i = 0; i < page->calls.n; i++) {
        struct top_call *known = &page->calls.v[i];
        if (text_equal(known->person, person) && text_equal(known->way, way)) {
            replace_text(&known->state, state);
            return;
        }
    }
    *array_add(&page->calls) = (struct top_call){xstrdup(person), xstrdup(way), xstrdup(state)};
}

static void add_page(struct top_row *row, const cJSON *json)
{
    const char *accepted = json_text_or(json, "accepted_by", NULL);
    const cJSON *call;
    if (accepted && !row->holder)
        row->holder = xstrdup(accepted);
    if (accepted || json_bool_or(json, "over", false))
        return;
    struct top_page *page = array_add(&row->pages);
    *page = (struct top_page){.target = text_needed(json, "target"),
                              .at = json_int_or(json, "at", 0),
                              .exhausted = json_bool_or(json, "exhausted", false)};
    cJSON_ArrayForEach(call, json_member(json, "calls"))
    {
        add_call(page, call);
    }
}

static void read_owed(struct top_row *row, const cJSON *state)
{
    const cJSON *owed;
    cJSON_ArrayForEach(owed, json_member(state, "owed"))
    {
        instant due = json_int_or(owed, "due", 0);
        if (row->owed && row->due <= due)
            continue;
        row->due = due;
        replace_text(&row->owed, json_text_or(owed, "text", json_text_or(owed, "name", "")));
    }
}

static struct top_row read_row(const cJSON *incident)
{
    const cJSON *state = json_member(incident, "state"), *page;
    const cJSON *first = cJSON_GetArrayItem(json_member(state, "entries"), 0);
    struct top_row row = {.name = text_needed(incident, "name"),
                          .title = text_needed(state, "title"),
                          .status = text_needed(state, "status"),
                          .severity = text_of(state, "severity"),
                          .service = text_of(state, "service"),
                          .team = text_of(state, "team"),
                          .holder = text_of(json_member(state, "roles"), "lead"),
                          .opened = json_int_or(first, "at", 0),
                          .changed = json_int_or(state, "changed_at", 0),
                          .until = json_int_or(state, "pause_until", 0),
                          .private = json_bool_or(state, "private", false),
                          .drill = json_bool_or(state, "drill", false)};
    read_owed(&row, state);
    cJSON_ArrayForEach(page, json_member(state, "pages"))
    {
        add_page(&row, page);
    }
    return row;
}

/* How long an open incident has been open is said by the server's clock. */
static void learn_clock(struct top *top, const struct top_row *row, const cJSON *incident, instant now)
{
    int64_t open = json_int_or(json_member(incident, "durations_ms"), "open", -1);
    if (open >= 0 && row->opened)
        top->ahead = row->opened + open - now;
}

void top_take_incidents(struct top *top, const cJSON *incidents, instant now)
{
    const cJSON *incident;
    forget_rows(top);
    cJSON_ArrayForEach(incident, incidents)
    {
        struct top_row *row = array_add(&top->rows);
        *row = read_row(incident);
        learn_clock(top, row, incident, now);
    }
    top_sort(top, top->order);
}

static bool is_open(const cJSON *incident)
{
    return status_is_open(status_parse(json_text_or(json_member(incident, "state"), "status", "")));
}

void top_take_incident(struct top *top, const char *name, const cJSON *incident, instant now)
{
    for (size_t i = 0; i < top->rows.n; i++) {
        if (text_equal(top->rows.v[i].name, name)) {
            row_finish(&top->rows.v[i]);
            array_remove(&top->rows, i);
            break;
        }
    }
    if (is_open(incident)) {
        struct top_row *row = array_add(&top->rows);
        *row = read_row(incident);
        learn_clock(top, row, incident, now);
        top_sort(top, top->order);
    }
}

void top_take_connectors(struct top *top, const cJSON *answer)
{
    const cJSON *row;
    forget_connectors(top);
    cJSON_ArrayForEach(row, json_member(answer, "connectors"))
    {
        struct top_connector *connector = array_add(&top->connectors);
        *connector = (struct top_connector){.name = text_needed(row, "name"),
                                            .state = text_needed(row, "state"),
                                            .reason = text_of(row, "reason")};
        instant_parse(json_text_or(row, "since", ""), &connector->since, NULL);
        connector->well = text_equal(connector->state, "running") && !connector->reason;
    }
}

/* ---- people ---- */

void top_take_person(struct top *top, const char *id, const cJSON *person)
{
    free(map_put(&top->people, id, xstrdup(json_text_or(person, "name", id))));
}

const char *top_person(const struct top *top, const char *id)
{
    const char *name = id ? map_get(&top->people, id) : NULL;
    return name ? name : id;
}

static bool is_strange(const struct top *top, const char *id)
{
    return !text_empty(id) && !map_get(&top->people, id);
}

const char *top_stranger(const struct top *top)
{
    for (size_t i = 0; i < top->rows.n; i++) {
        const struct top_row *row = &top->rows.v[i];
        if (is_strange(top, row->holder))
            return row->holder;
        for (size_t k = 0; k < row->pages.n; k++) {
            const struct top_page *page = &row->pages.v[k];
            for (size_t c = 0; c < page->calls.n; c++) {
                if (is_strange(top, page->calls.v[c].person))
                    return page->calls.v[c].person;
            }
        }
    }
    return NULL;
}

/* ---- order ---- */

static uint64_t number_of(const struct top_row *row)
{
    const char *dash = strrchr(row->name, '-');
    return dash ? strtoull(dash + 1, NULL, 10) : 0;
}

static int by_newest(const void *a, const void *b)
{
    uint64_t x = number_of(a), y = number_of(b);
    return (x < y) - (x > y);
}

static int by_oldest(const void *a, const void *b)
{
    return by_newest(b, a);
}

static int by_due(const void *a, const void *b)
{
    const struct top_row *x = a, *y = b;
    instant due = x->owed ? x->due : INT64_MAX, other = y->owed ? y->due : INT64_MAX;
    return due != other ? (due > other) - (due < other) : by_newest(a, b);
}

static int by_quiet(const void *a, const void *b)
{
    const struct top_row *x = a, *y = b;
    return x->changed != y->changed ? (x->changed > y->changed) - (x->changed < y->changed) : by_newest(a, b);
}

static const struct {
    const char *words;
    int (*compare)(const void *a, const void *b);
} orders[TOP_ORDERS] = {[TOP_DUE] = {"what is due first", by_due},
                        [TOP_NEWEST] = {"the newest first", by_newest},
                        [TOP_OLDEST] = {"the oldest first", by_oldest},
                        [TOP_QUIET] = {"the quietest first", by_quiet}};

const char *top_order_words(enum top_order order)
{
    return orders[order].words;
}

void top_sort(struct top *top, enum top_order order)
{
    top->order = order;
    if (top->rows.n)
        qsort(top->rows.v, top->rows.n, sizeof(*top->rows.v), orders[order].compare);
}

/* ---- asking ---- */

instant top_now(const struct top *top, instant now)
{
    return now + top->ahead;
}

const struct top_row *top_find(const struct top *top, const char *name)
{
    for (size_t i = 0; i < top->rows.n; i++) {
        if (text_equal(top->rows.v[i].name, name))
            return &top->rows.v[i];
    }
    return NULL;
}

bool top_fits(const struct top *top, const struct top_row *row, const char *filter)
{
    const char *texts[] = {row->name,    row->title, row->status, row->severity,
                           row->service, row->team,  row->owed,   top_person(top, row->holder)};
    CLEANUP_STR struct str all = {0};
    if (text_empty(filter))
        return true;
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        str_add(&all, texts[i]);
        str_addc(&all, ' ');
    }
    for (const char *at = filter + strspn(filter, " "); *at; at += strspn(at, " ")) {
        size_t n = strcspn(at, " ");
        CLEANUP_FREE char *word = xstrndup(at, n);
        if (!strcasestr(all.p, word))
            return false;
        at += n;
    }
    return true;
}

void top_page_words(const struct top *top, const struct top_page *page, struct str *out)
{
    for (size_t i = 0; i < page->calls.n; i++) {
        const struct top_call *call = &page->calls.v[i];
        str_addf(out, "%s%s by %s (%s)", i ? ", " : "", top_person(top, call->person), call->way, call->state);
    }
    if (page->exhausted)
        str_addf(out, "%snobody is left to call", page->calls.n ? "; " : "");
    else if (!page->calls.n)
        str_add(out, "nobody was called yet");
}
