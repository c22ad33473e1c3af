/*
 * Messages of ours that did not arrive. One to a customer, which a connector had taken, counts as not told from then on, and goes by
 * their next route if they have one.
 */
#include <string.h>

#include "base/markup.h"
#include "comms/comms.h"
#include "comms/conversations.h"
#include "comms/progress.h"
#include "customers/customers.h"
#include "rooms/rooms.h"
#include "turn/live.h"

#define SAID_SINGLY 3 /* of a message to many, so many bounces are said; the others are counted */

struct returned {
    const struct bounce *bounce;
    const struct incident *incident; /* NULL: unknown */
    const char *customer;            /* by the directory, or as the connector says; NULL: unknown */
    int64_t draft;                   /* 0: it is not known which message it was */
    cJSON *kept;                     /* the standing of the customer with that message */
};

static const char *who_of(const struct core *core, const struct returned *r)
{
    if (!r->customer)
        return r->bounce->address;
    if (!r->incident)
        return r->customer;
    return recipient_name(r->incident, &(struct recipient){r->customer, customers_get(core, r->customer)});
}

/* ---- which message it was ---- */

/* The id says so; without one, it is the latest that went to that address. */
static bool match(void *ctx, const struct standing_key *key, const cJSON *kept)
{
    struct returned *r = ctx;
    struct standing standing = standing_of(kept);
    bool same = r->bounce->message
                    ? text_equal(standing.message, r->bounce->message)
                    : !standing.address || text_equal_nocase(standing.address, r->bounce->address);
    if (!same || !text_equal(standing.connector, r->bounce->connector))
        return true;
    cJSON_Delete(r->kept);
    r->kept = cJSON_Duplicate(kept, true);
    r->draft = key->draft;
    return true;
}

/* It counts once, and only if it had counted as told. */
static bool was_told(const struct core *core, const struct returned *r)
{
    const char *state = progress_state(core, r->incident->id, r->draft, r->customer);
    return text_equal(state ? state : json_text_or(r->kept, "state", NULL), STANDING_TOLD);
}

/* ---- what people read ---- */

static void add_text(const struct bounce *bounce, const char *who, const char *next, struct str *out)
{
    str_markup(
        out, bounce->permanent ? "The message to %s could not be delivered" : "The message to %s is late", who);
    if (!text_equal(who, bounce->address))
        str_markup(out, " (%s)", bounce->address);
    if (bounce->text) {
        str_add(out, ": ");
        text_literal(bounce->text, out);
    }
    if (next)
        str_addf(out, "\n%s", next);
    else if (bounce->permanent)
        str_add(out, "\nThey were NOT told. Reach them another way, or correct the address.");
}

static void say(struct turn *turn, const struct returned *r, const char *text)
{
    CLEANUP_FREE char *key = turn_key(turn);
    rooms_say_incident(turn, r->incident ? r->incident->id : 0, key, NULL, text);
}

static void say_there_are_more(struct turn *turn, const struct returned *r)
{
    char name[INCIDENT_NAME];
    CLEANUP_FREE char *text =
        xasprintf("More of message %lld came back. `%s recipients %lld bounced` shows them.",
                  (long long)r->draft, incident_name(r->incident->id, name), (long long)r->draft);
    say(turn, r, text);
}

/* ---- counted ---- */

/* Since when the incident's customers have heard nothing at all, now that this did not arrive; 0: another message reached somebody. */
static instant silent_since(struct core *core, const struct returned *r)
{
    bool nobody = conversations_told_nobody(core, r->incident, r->customer, r->draft);
    return nobody && r->incident->affected.customers.n ? r->incident->affected.customers.v[0].since : 0;
}

static void count(struct turn *turn, const struct returned *r, const struct state_draft *draft, bool again)
{
    struct standing standing = standing_of(r->kept);
    bool many = draft->reach.recipients >= MANY_FROM;
    struct command command = {.verb = "bounced",
                              .by = BY_SYSTEM,
                              .automatic = true,
                              .name = r->customer,
                              .value = r->bounce->address,
                              .text = r->bounce->text,
                              .count = r->draft,
                              .flag = again,
                              .until = silent_since(turn_core(turn), r),
                              .data = many ? "{\"many\":true}" : NULL};
    turn_do(turn, r->incident->id, &command, NULL, NULL);
    if (again)
        return;
    standing.state = STANDING_BOUNCED;
    standing.why = r->bounce->text;
    standing_put(turn, r->incident->id, r->draft, r->customer, &standing);
    progress_ended(turn, r->incident->id, r->draft, r->customer, STANDING_BOUNCED);
}

static void take_counted(struct turn *turn, const struct returned *r)
{
    CLEANUP_STR struct str text = {0}, next = {0};
    const struct state_draft *draft = incident_draft(r->incident, r->draft);
    bool again = telling_again(turn, r->incident, draft, r->customer, r->kept, &next);
    count(turn, r, draft, again);
    int64_t n = draft->reach.bounced;
    if (draft->reach.recipients >= MANY_FROM && n == SAID_SINGLY + 1)
        say_there_are_more(turn, r);
    if (draft->reach.recipients >= MANY_FROM && n > SAID_SINGLY)
        return;
    add_text(r->bounce, who_of(turn_core(turn), r), again ? str_text(&next) : NULL, &text);
    say(turn, r, text.p);
}

/* ---- only said ---- */

static void take_other(struct turn *turn, const struct returned *r)
{
    CLEANUP_STR struct str text = {0};
    add_text(r->bounce, who_of(turn_core(turn), r), NULL, &text);
    if (r->incident) {
        CLEANUP_FREE char *by = xasprintf("connector/%s", r->bounce->connector);
        struct command command = {.verb = "note", .by = by, .automatic = true, .text = text.p};
        turn_do(turn, r->incident->id, &command, NULL, NULL);
    }
    say(turn, r, text.p);
}

void comms_bounced(struct turn *turn, const struct bounce *bounce)
{
    const struct core *core = turn_core(turn);
    const struct customer *record = bounce->customer ? customers_get(core, bounce->customer) : NULL;
    struct returned r = {.bounce = bounce,
                         .incident = live_incident(core, bounce->incident),
                         .customer = record ? record->key : bounce->customer};
    if (r.incident && r.customer && bounce->permanent)
        standing_each(core, r.incident->id, r.customer, NULL, match, &r);
    if (r.draft && incident_draft(r.incident, r.draft) && was_told(core, &r))
        take_counted(turn, &r);
    else
        take_other(turn, &r);
    cJSON_Delete(r.kept);
}
