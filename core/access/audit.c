#include "access/audit.h"

#include "access/access.h"
#include "base/markup.h"
#include "base/moment.h"
#include "people/people.h"
#include "sight/sight.h"

#define SHOWN     20   /* by `audit` */
#define LOOK_MOST 5000 /* events of the system that are looked through at once */

void audit_setting(struct turn *turn, const char *by, const char *text)
{
    struct event event = {
        .type = EVENT_SETTING, .at = turn_now(turn), .by = xstrdup(by), .text = xstrdup(text)};
    turn_tell(turn, &event);
}

void audit_follow(struct turn *turn, const struct event *event, const struct incident *incident)
{
    if (event->type != EVENT_APPROVED && event->type != EVENT_ENDORSED)
        return;
    struct event told = {.type = EVENT_APPROVAL,
                         .at = event->at,
                         .by = xstrdup(event->by),
                         .other = incident->id,
                         .count = event->count};
    turn_tell(turn, &told);
}

bool audit_has(enum event_type type)
{
    static const enum event_type types[] = {EVENT_SIGNED_IN, EVENT_SIGNED_OUT, EVENT_SETTING, EVENT_APPROVAL,
                                            EVENT_TOKEN};
    for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
        if (types[i] == type)
            return true;
    }
    return false;
}

/* ---- read ---- */

struct reading {
    struct core *core;
    const char *viewer;
    bool (*on)(void *ctx, const struct event *event);
    void *ctx;
    size_t left;
};

static bool read_row(void *ctx, const struct journal_event *row)
{
    struct reading *reading = ctx;
    struct event event;
    enum event_type type = event_type_parse(row->type);
    if (!(audit_has(type) || type == EVENT_POLICY) || turn_event_of_row(row, &event, NULL))
        return true;
    bool more = true;
    if (sight_event_visible(reading->core, &event, reading->viewer))
        more = reading->on(reading->ctx, &event) && --reading->left > 0;
    event_finish(&event);
    return more;
}

int audit_each(struct core *core, const char *viewer, uint64_t before, size_t limit,
               bool (*on)(void *ctx, const struct event *event), void *ctx, struct error *err)
{
    struct reading reading = {core, viewer, on, ctx, limit};
    return journal_read_back(core_journal(core), "system", before, LOOK_MOST, read_row, &reading, err);
}

/* ---- `audit` ---- */

struct listing {
    const struct call *call;
    struct str text;
};

static bool list_one(void *ctx, const struct event *event)
{
    struct listing *listing = ctx;
    instant now = turn_now(listing->call->turn);
    str_add(&listing->text, "- ");
    moment_format_plain(event->at, now, listing->call->zone, &listing->text);
    str_add(&listing->text, " ");
    event_describe(event, now, listing->call->zone, people_name, turn_core(listing->call->turn),
                   &listing->text);
    str_addc(&listing->text, '\n');
    return true;
}

int audit_command(const struct call *call, struct error *err)
{
    struct listing listing = {call, {0}};
    *call->alone = true;
    int rc = audit_each(turn_core(call->turn), call->person, 0, SHOWN, list_one, &listing, err);
    if (!rc)
        str_add(call->answer, listing.text.len ? listing.text.p : "Nothing is in the audit trail yet.");
    str_finish(&listing.text);
    return rc;
}
