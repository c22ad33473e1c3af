/* Absences: each has a document, and all are in memory; those that ended long ago are forgotten. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/markup.h"
#include "oncall/inside.h"
#include "people/people.h"

#define ABSENCES_MOST 5000
#define LONGEST       (366 * DAY)
#define FORGOTTEN     (60 * DAY) /* after they ended: calendars show what was */
#define KEY_BYTES     24

static void unname(struct oncall_names *names)
{
    for (size_t i = 0; i < names->all.n; i++)
        free(names->all.v[i]);
    array_free(&names->all);
}

void absences_unname(struct oncall *oncall)
{
    for (size_t i = 0; i < oncall->away.names.n; i++)
        unname(&oncall->away.names.v[i]);
    array_free(&oncall->away.names);
    oncall->away.named = false;
}

static void absence_finish(struct oncall_absence *absence)
{
    free(absence->person);
    free(absence->by);
}

void absences_finish(struct oncall *oncall)
{
    for (size_t i = 0; i < oncall->away.all.n; i++)
        absence_finish(&oncall->away.all.v[i]);
    array_free(&oncall->away.all);
    oncall->away.last = 0;
    absences_unname(oncall);
}

/* ---- kept ---- */

static void keep(struct turn *turn, const struct oncall_absence *absence, const char *body)
{
    char key[KEY_BYTES];
    snprintf(key, sizeof(key), "%010" PRIu64, absence->number);
    batch_doc(turn_batch(turn), DOC_ABSENCE, key, body)->at = absence->until;
}

static void write(struct turn *turn, const struct oncall_absence *absence)
{
    CLEANUP_STR struct str body = {0};
    struct json_out j = {&body, false};
    json_begin_object(&j);
    json_put_text(&j, "person", absence->person);
    json_put_text(&j, "by", absence->by);
    json_put_int(&j, "from", absence->from);
    json_put_int(&j, "until", absence->until);
    json_end_object(&j);
    keep(turn, absence, body.p);
}

static bool load_absence(void *ctx, const struct journal_doc *doc)
{
    struct oncall *oncall = ctx;
    CLEANUP_JSON cJSON *json = NULL;
    if (json_parse(doc->body, strlen(doc->body), SIZE_MAX, JSON_DEPTH, "absence", &json, NULL))
        return true;
    uint64_t number = oncall->away.last = strtoull(doc->key, NULL, 10);
    *array_add(&oncall->away.all) = (struct oncall_absence){
        number, xstrdup(json_text_or(json, "person", "")), xstrdup(json_text_or(json, "by", "")),
        json_int_or(json, "from", 0), json_int_or(json, "until", 0)};
    return true;
}

int absences_load(struct core *core, struct error *err)
{
    return journal_docs(core_journal(core), &(struct doc_query){.kind = DOC_ABSENCE}, load_absence,
                        oncall_of(core), err);
}

static void drop(struct turn *turn, size_t i)
{
    struct oncall *oncall = oncall_of(turn_core(turn));
    keep(turn, &oncall->away.all.v[i], NULL);
    absence_finish(&oncall->away.all.v[i]);
    array_remove(&oncall->away.all, i);
    absences_unname(oncall);
}

/* ---- made and taken back ---- */

static void tell(struct turn *turn, enum event_type type, const struct oncall_absence *absence, const char *by)
{
    struct event event = {.type = type,
                          .at = turn_now(turn),
                          .by = xstrdup(by),
                          .count = (int64_t)absence->number,
                          .value = xstrdup(absence->person),
                          .until = absence->until,
                          .data = from_data(absence->from)};
    turn_tell(turn, &event);
}

static void forget_old(struct turn *turn)
{
    struct oncall *oncall = oncall_of(turn_core(turn));
    for (size_t i = oncall->away.all.n; i-- > 0;) {
        if (oncall->away.all.v[i].until + FORGOTTEN < turn_now(turn))
            drop(turn, i);
    }
}

const struct oncall_absence *absences_of(const struct core *core, const char *person, instant from,
                                         instant until)
{
    const struct oncall *oncall = oncall_of(core);
    for (size_t i = 0; i < oncall->away.all.n; i++) {
        const struct oncall_absence *absence = &oncall->away.all.v[i];
        if (absence->from < until && from < absence->until && people_same(core, absence->person, person))
            return absence;
    }
    return NULL;
}

static int check(struct turn *turn, const struct oncall_absence *absence, struct error *err)
{
    struct core *core = turn_core(turn);
    const struct oncall *oncall = oncall_of(core);
    if (absence->until <= absence->from || absence->until - absence->from > LONGEST)
        return error_set(err, ERR_REFUSED,
                         "An absence lasts at most 366 days. For longer, take them out of the rotations.");
    if (oncall->away.all.n >= ABSENCES_MOST)
        return error_set(err, ERR_FULL, "There are already %d absences. Take some back with `absent cancel`.",
                         ABSENCES_MOST);
    const struct oncall_absence *other = absences_of(core, absence->person, absence->from, absence->until);
    if (other)
        return error_markup(err, ERR_CONFLICT,
                            "%s is away then already. Take that back first: `absent cancel %" PRIu64 "`.",
                            oncall_name(core, absence->person), other->number);
    return 0;
}

int oncall_leave(struct turn *turn, const struct oncall_absence *absence, uint64_t *ret_number,
                 struct error *err)
{
    struct oncall *oncall = oncall_of(turn_core(turn));
    int rc = check(turn, absence, err);
    if (rc)
        return rc;
    forget_old(turn);
    struct oncall_absence made = {oncall->away.last + 1, xstrdup(absence->person), xstrdup(absence->by),
                                  absence->from, absence->until};
    *ret_number = oncall->away.last = made.number;
    tell(turn, EVENT_ABSENT, &made, absence->by);
    write(turn, &made);
    *array_add(&oncall->away.all) = made;
    absences_unname(oncall);
    return 0;
}

void oncall_return(struct turn *turn, const struct oncall_absence *absence, const char *by)
{
    tell(turn, EVENT_NOT_ABSENT, absence, by);
    drop(turn, (size_t)(absence - oncall_of(turn_core(turn))->away.all.v));
}

/* ---- read ---- */

void oncall_each_absence(const struct core *core, bool (*on)(void *ctx, const struct oncall_absence *absence),
                         void *ctx)
{
    const struct oncall *oncall = oncall_of(core);
    for (size_t i = 0; i < oncall->away.all.n; i++) {
        if (!on(ctx, &oncall->away.all.v[i]))
            return;
    }
}

const struct oncall_absence *oncall_find_absence(const struct core *core, uint64_t number)
{
    const struct oncall *oncall = oncall_of(core);
    for (size_t i = 0; i < oncall->away.all.n; i++) {
        if (oncall->away.all.v[i].number == number)
            return &oncall->away.all.v[i];
    }
    return NULL;
}

/* ---- under which names ---- */

static bool has_name(const struct oncall_names *names, const char *name)
{
    size_t i = 0;
    while (i < names->all.n && !text_equal_nocase(names->all.v[i], name))
        i++;
    return i < names->all.n;
}

/* The name is added to each absence of the person whom it means. */
static void take_name(const struct core *core, struct oncall *oncall, const char *name)
{
    const char *person = oncall_person(core, name);
    for (size_t i = 0; person && i < oncall->away.all.n; i++) {
        struct oncall_names *names = &oncall->away.names.v[i];
        if (people_same(core, oncall->away.all.v[i].person, person) && !has_name(names, name))
            *array_add(&names->all) = xstrdup(name);
    }
}

static void take_rotation(const struct core *core, struct oncall *oncall, const struct rotation *rotation)
{
    for (size_t i = 0; i < rotation->n; i++) {
        for (size_t k = 0; k < rotation->layers[i].n; k++)
            take_name(core, oncall, rotation->layers[i].people[k]);
    }
}

/* Resolving names is slow, so it is done once for all until the policy or the people change. */
static void resolve(const struct core *core, struct oncall *oncall)
{
    const struct policy *policy = core_policy(core);
    const struct rotation *rotation;
    if (oncall->away.named && oncall->away.generation == policy_generation(policy))
        return;
    absences_unname(oncall);
    for (size_t i = 0; i < oncall->away.all.n; i++) {
        struct oncall_names *names = array_add(&oncall->away.names);
        *names = (struct oncall_names){0};
        *array_add(&names->all) = xstrdup(oncall->away.all.v[i].person); /* covers name them so */
    }
    for (size_t i = 0; (rotation = policy_rotation_at(policy, i)); i++)
        take_rotation(core, oncall, rotation);
    oncall->away.named = true;
    oncall->away.generation = policy_generation(policy);
}

void absences_add(const struct core *core, instant from, instant until, struct agreed *agreed)
{
    struct oncall *oncall = oncall_of(core);
    if (oncall->away.all.n)
        resolve(core, oncall);
    for (size_t i = 0; i < oncall->away.all.n; i++) {
        const struct oncall_absence *absence = &oncall->away.all.v[i];
        const struct oncall_names *names = &oncall->away.names.v[i];
        for (size_t k = 0; absence->from <= until && absence->until > from && k < names->all.n; k++)
            *array_add(&agreed->absences) = (struct absence){names->all.v[k], absence->from, absence->until};
    }
}
