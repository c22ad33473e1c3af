/*
 * What each carried: a document for each rotation, month and person, added to in the turn in which a shift ends or somebody is called. So
 * the past does not change with the policy. Months are of UTC.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "people/people.h"
#include "shifts/inside.h"

#define SEPARATOR "\x1f"

/* ---- documents ---- */

static const struct {
    const char *name;
    size_t at;
} fields[] = {
    {"all", offsetof(struct load, all)},           {"nights", offsetof(struct load, nights)},
    {"weekends", offsetof(struct load, weekends)}, {"holidays", offsetof(struct load, holidays)},
    {"pages", offsetof(struct load, pages)},       {"night_pages", offsetof(struct load, night_pages)},
};

static int64_t *field(struct load *load, size_t i)
{
    return (int64_t *)(void *)((char *)load + fields[i].at);
}

static void read_load(const char *body, struct load *ret)
{
    CLEANUP_JSON cJSON *json = NULL;
    *ret = (struct load){0};
    if (!body || json_parse(body, strlen(body), SIZE_MAX, JSON_DEPTH, "load", &json, NULL))
        return;
    for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
        *field(ret, i) = json_int_or(json, fields[i].name, 0);
}

static void add(struct turn *turn, const char *rotation, const char *person, instant t, const struct load *more)
{
    struct core *core = turn_core(turn);
    char month[MONTH_TEXT];
    month_name(t, month);
    CLEANUP_FREE char *key = xasprintf("%s" SEPARATOR "%s" SEPARATOR "%s", rotation, month, person);
    CLEANUP_FREE char *old = written_get(&shifts_of(core)->written, core, DOC_CARRIED, key);
    CLEANUP_STR struct str body = {0};
    struct json_out j = {&body, false};
    struct load load;
    read_load(old, &load);
    load_add(&load, more);
    json_begin_object(&j);
    for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
        json_put_int(&j, fields[i].name, *field(&load, i));
    json_end_object(&j);
    written_put(&shifts_of(core)->written, turn, DOC_CARRIED, key, body.p);
}

/* The person's id, or else as the rotation names them. */
static const char *id_of(const struct core *core, const char *name)
{
    const char *id = oncall_person(core, name);
    return id ? id : name;
}

/* ---- added to ---- */

static const struct holidays *holidays_of(const struct rotation *rotation)
{
    const struct holidays *found = NULL;
    for (size_t i = 0; rotation && i < rotation->n; i++)
        found = found ? found : rotation->layers[i].holidays;
    return found;
}

static void carry_one(struct turn *turn, const char *name, const struct rotation *rotation, const char *person,
                      instant from, instant until)
{
    const struct core *core = turn_core(turn);
    const char *zone = people_zone(core, id_of(core, person));
    for (instant next; from < until; from = next) {
        struct load load = {0};
        next = MIN(month_begins(from, 1), until);
        load_add_time(&load, from, next, zone, holidays_of(rotation));
        add(turn, name, id_of(core, person), from, &load);
    }
}

void carry_shift(struct turn *turn, const struct standing *standing, instant until)
{
    const struct rotation *rotation = policy_rotation_named(core_policy(turn_core(turn)), standing->rotation);
    for (size_t i = 0; i < standing->on.n; i++)
        carry_one(turn, standing->rotation, rotation, standing->on.v[i], standing->since, until);
}

void carry_page(struct turn *turn, const char *rotation, const char *person, instant at)
{
    struct load load = {0};
    load_add_page(&load, at, people_zone(turn_core(turn), id_of(turn_core(turn), person)));
    add(turn, rotation, id_of(turn_core(turn), person), at, &load);
}

/* ---- read ---- */

static struct carried *row_of(const struct core *core, carried_list *list, const char *person)
{
    for (size_t i = 0; i < list->n; i++) {
        if (text_equal(list->v[i].person, person) || people_same(core, list->v[i].person, person))
            return &list->v[i];
    }
    struct carried *row = array_add(list);
    *row = (struct carried){.person = xstrdup(person)};
    return row;
}

struct reading {
    const struct core *core;
    char since[MONTH_TEXT];
    size_t skip; /* of a key, before the month */
    carried_list *list;
};

static bool read_doc(void *ctx, const struct journal_doc *doc)
{
    struct reading *reading = ctx;
    const char *month = doc->key + reading->skip, *person = strchr(month, *SEPARATOR);
    struct load load;
    if (!person || strncmp(month, reading->since, MONTH_TEXT - 1) < 0)
        return true;
    read_load(doc->body, &load);
    load_add(&row_of(reading->core, reading->list, person + 1)->load, &load);
    return true;
}

/* The shift that goes on counts up to now. */
static void add_present(const struct core *core, const struct standing *standing, instant since, instant now,
                        carried_list *list)
{
    const struct rotation *rotation = policy_rotation_named(core_policy(core), standing->rotation);
    for (size_t i = 0; i < standing->on.n; i++) {
        const char *id = id_of(core, standing->on.v[i]);
        load_add_time(&row_of(core, list, id)->load, MAX(standing->since, since), now, people_zone(core, id),
                      holidays_of(rotation));
    }
}

static int by_weight(const void *a, const void *b)
{
    const struct carried *x = a, *y = b;
    double p = load_weight(&x->load), q = load_weight(&y->load);
    return p > q ? -1 : p < q ? 1 : strcmp(x->person, y->person);
}

void carried_read(const struct core *core, const struct rotation *rotation, instant since, instant now,
                  carried_list *ret)
{
    CLEANUP_FREE char *prefix = xasprintf("%s" SEPARATOR, rotation->name);
    struct reading reading = {.core = core, .skip = strlen(prefix), .list = ret};
    const struct standing *standing = standing_find(shifts_of(core), rotation->name);
    month_name(since, reading.since);
    journal_docs(core_journal(core), &(struct doc_query){.kind = DOC_CARRIED, .prefix = prefix}, read_doc,
                 &reading, NULL);
    if (standing)
        add_present(core, standing, since, now, ret);
    if (ret->n)
        qsort(ret->v, ret->n, sizeof(*ret->v), by_weight);
}

void carried_finish(carried_list *list)
{
    for (size_t i = 0; i < list->n; i++)
        free(list->v[i].person);
    array_free(list);
}

/* ---- words ---- */

static int64_t hours(duration d)
{
    return (d + HOUR / 2) / HOUR;
}

void load_describe(const struct load *load, struct str *out)
{
    str_addf(out,
             "%" PRId64 " h on call, %" PRId64 " h by night, %" PRId64 " h at weekends, %" PRId64
             " h on holidays; paged %" PRId64 " time%s, %" PRId64 " by night",
             hours(load->all), hours(load->nights), hours(load->weekends), hours(load->holidays), load->pages,
             load->pages == 1 ? "" : "s", load->night_pages);
}
