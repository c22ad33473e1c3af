/* Calendars under secret addresses: of a rotation, or of a person. Only the hash of an address is kept. */
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "base/markup.h"
#include "base/secret.h"
#include "oncall/inside.h"
#include "people/people.h"
#include "rotation/calendar.h"

static void calendar_finish(struct oncall_calendar *calendar)
{
    free(calendar->hash);
    free(calendar->rotation);
    free(calendar->by);
}

void calendars_finish(struct oncall *oncall)
{
    for (size_t i = 0; i < oncall->calendars.n; i++)
        calendar_finish(&oncall->calendars.v[i]);
    array_free(&oncall->calendars);
}

/* ---- kept ---- */

static bool load_calendar(void *ctx, const struct journal_doc *doc)
{
    struct oncall *oncall = ctx;
    CLEANUP_JSON cJSON *json = NULL;
    if (json_parse(doc->body, strlen(doc->body), SIZE_MAX, JSON_DEPTH, "calendar", &json, NULL) == 0)
        *array_add(&oncall->calendars) =
            (struct oncall_calendar){xstrdup(doc->key), xstrdup(json_text_or(json, "rotation", NULL)),
                                     xstrdup(json_text_or(json, "by", ""))};
    return true;
}

int calendars_load(struct core *core, struct error *err)
{
    return journal_docs(core_journal(core), &(struct doc_query){.kind = DOC_CALENDAR}, load_calendar,
                        oncall_of(core), err);
}

/* Whoever asks again gets a new address, and the one before shows nothing any more. */
static void drop_earlier(struct turn *turn, const char *rotation, const char *by)
{
    struct oncall *oncall = oncall_of(turn_core(turn));
    for (size_t i = oncall->calendars.n; i-- > 0;) {
        struct oncall_calendar *calendar = &oncall->calendars.v[i];
        if (!text_equal(calendar->rotation, rotation) || !text_equal(calendar->by, by))
            continue;
        batch_doc(turn_batch(turn), DOC_CALENDAR, calendar->hash, NULL);
        calendar_finish(calendar);
        array_remove(&oncall->calendars, i);
    }
}

static void keep(struct turn *turn, const char *hash, const char *rotation, const char *by)
{
    CLEANUP_STR struct str body = {0};
    struct json_out j = {&body, false};
    json_begin_object(&j);
    json_put_text_if(&j, "rotation", rotation);
    json_put_text(&j, "by", by);
    json_end_object(&j);
    batch_doc(turn_batch(turn), DOC_CALENDAR, hash, body.p);
    struct event event = {.type = EVENT_CALENDAR,
                          .at = turn_now(turn),
                          .by = xstrdup(by),
                          .name = xstrdup(rotation ? rotation : by),
                          .flag = rotation != NULL};
    turn_tell(turn, &event);
    *array_add(&oncall_of(turn_core(turn))->calendars) =
        (struct oncall_calendar){xstrdup(hash), xstrdup(rotation), xstrdup(by)};
}

int oncall_calendar_command(const struct call *call, struct error *err)
{
    struct core *core = turn_core(call->turn);
    const char *typed = call->arguments[0], *url = core_settings(core)->public_url;
    const struct rotation *rotation = typed ? policy_rotation(core_policy(core), typed) : NULL;
    char secret[SECRET_TEXT], hash[SECRET_HASH_TEXT];
    *call->alone = true;
    if (typed && !rotation && strcasecmp(typed, "me") != 0)
        return error_markup(
            err, ERR_NOT_FOUND,
            "No rotation is called '%.60s'. `oncall` lists them; `calendar` alone is for your own shifts.",
            typed);
    if (!url)
        return error_set(
            err, ERR_REFUSED,
            "A calendar needs an address that it can be read from: set `public_url` in tocsin.lua.");
    core_secret(core, secret, hash);
    *call->secret = true;
    drop_earlier(call->turn, rotation ? rotation->name : NULL, call->person);
    keep(call->turn, hash, rotation ? rotation->name : NULL, call->person);
    str_markup(call->answer, rotation ? "The shifts of %s" : "The shifts of %s in all rotations",
               rotation ? rotation->name : oncall_name(core, call->person));
    str_markup(call->answer,
               ", for a calendar that subscribes to it: `%s/calendar/%s.ics`. Whoever has this address can "
               "read it. To stop it, type "
               "`calendar` again: you get a new one.",
               url, secret);
    explicit_bzero(secret, sizeof(secret));
    return 0;
}

/* ---- read ---- */

struct reading {
    const struct core *core;
    const char *person; /* NULL: everybody's shifts */
};

/* "On call: payments" in one's own, "Ana" in a rotation's. */
static bool add_summary(void *ctx, const struct rotation *rotation, const char *person, struct str *out)
{
    const struct reading *reading = ctx;
    if (reading->person && !oncall_is(reading->core, person, reading->person))
        return false;
    if (reading->person)
        str_addf(out, "On call: %s", rotation->name);
    else
        str_add(out, oncall_name(reading->core, person));
    return true;
}

static void add_rotation(struct reading *reading, const struct rotation *rotation, instant now, struct str *out)
{
    const struct calendar_words words = {reading, add_summary};
    CLEANUP(agreed_finish) struct agreed agreed = {0};
    struct covers covers = agreed_on(reading->core, rotation, 0, INT64_MAX, &agreed);
    calendar_add(rotation, &covers, now, &words, out);
}

static void write_calendar(const struct core *core, const struct oncall_calendar *calendar, instant now,
                           struct str *out)
{
    const struct policy *policy = core_policy(core);
    struct reading reading = {core, calendar->rotation ? NULL : calendar->by};
    const struct rotation *rotation;
    CLEANUP_FREE char *name =
        xasprintf("On call: %s", calendar->rotation ? calendar->rotation : oncall_name(core, calendar->by));
    calendar_begin(name, out);
    for (size_t i = 0; (rotation = policy_rotation_at(policy, i)); i++) {
        if (!calendar->rotation || text_equal(calendar->rotation, rotation->name))
            add_rotation(&reading, rotation, now, out);
    }
    calendar_end(out);
}

bool oncall_calendar(const struct core *core, const char *secret, instant now, struct str *out)
{
    const struct oncall *oncall = oncall_of(core);
    char hash[SECRET_HASH_TEXT];
    secret_hash(secret, hash);
    for (size_t i = 0; i < oncall->calendars.n; i++) {
        if (!text_equal(oncall->calendars.v[i].hash, hash))
            continue;
        write_calendar(core, &oncall->calendars.v[i], now, out);
        return true;
    }
    return false;
}
