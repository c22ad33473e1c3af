#include "tickets/tickets.h"

#include <inttypes.h>
#include <string.h>

#include "base/markup.h"
#include "delivery/words.h"
#include "rooms/card.h"
#include "rooms/rooms.h"
#include "tickets/inside.h"
#include "turn/live.h"

static bool any_tickets(const struct incident *incident)
{
    return incident->places.tickets.attached || incident->places.tickets.made.n;
}

/* ---- in step with the incident ---- */

static void follow_state(struct turn *turn, const struct event *event, const struct incident *incident)
{
    (void)event;
    if (any_tickets(incident))
        round_begin(turn, incident->id);
}

/* The last message has arrived, or will not be sent: then tickets can be closed. */
static void follow_message(struct turn *turn, const struct event *event, const struct incident *incident)
{
    (void)event;
    bool over = incident->status == STATUS_RESOLVED || incident->status == STATUS_CLOSED;
    if (over && incident->places.tickets.attached && !messages_left(incident))
        round_begin(turn, incident->id);
}

static void (*const followers[EVENT_TYPE_COUNT])(struct turn *turn, const struct event *event,
                                                 const struct incident *incident) = {
    [EVENT_DECLARED] = follow_declared, [EVENT_SAID] = offers_follow,       [EVENT_REPLIED] = replied_follow,
    [EVENT_STATUS] = follow_state,      [EVENT_SEVERITY] = follow_state,    [EVENT_TOLD] = follow_message,
    [EVENT_UNTOLD] = follow_message,    [EVENT_SENT] = follow_message,      [EVENT_DISCARDED] = follow_message,
    [EVENT_UNMERGED] = follow_state,    [EVENT_WITHDRAWN] = follow_message, [EVENT_SENDING] = follow_message,
};

static void follow(struct turn *turn, const struct event *event, const struct incident *incident)
{
    if (followers[event->type])
        followers[event->type](turn, event, incident);
}

/* ---- outcomes ---- */

/* What was to be done in many tickets may fail in all of them: the first one says so, once a day for each connector and kind. */
static void say_dead(struct turn *turn, const struct action *action)
{
    CLEANUP_STR struct str text = {0};
    CLEANUP_FREE char *key = xasprintf(DEAD_KEY "%s:INC-%" PRIu64 ":%s:%" PRId64, action->kind,
                                       action->incident, action->connector, turn_now(turn) / DAY);
    if (outbox_knows(core_outbox(turn_core(turn)), key)) {
        outbox_drop(core_outbox(turn_core(turn)), action->id, turn_batch(turn), NULL);
        return;
    }
    words_begin_with(action->connector, &text);
    str_addf(&text, " could not %s", words_to_do(action->kind));
    words_add_reason(action->outcome.detail, "it gave no reason", &text);
    str_addf(&text, " Retry with `actions again %" PRIu64 "`.", action->id);
    rooms_say_incident(turn, action->incident, key, NULL, text.p);
}

/* A message to a customer went into a ticket, which is of the incident from now on. */
static void told_in(struct turn *turn, const struct action *action, const struct outbox_outcome *reported,
                    const cJSON *body)
{
    CLEANUP_JSON cJSON *members = NULL;
    struct ticket ticket = {0};
    struct attaching how = {.by = BY_SYSTEM,
                            .automatic = true,
                            .greeted = true,
                            .many = json_bool_or(body, "bulk", false),
                            .customer = json_text_or(body, "customer", NULL)};
    if (reported->answer)
        json_parse(reported->answer, strlen(reported->answer), TICKET_BYTES, JSON_DEPTH, "answer", &members,
                   NULL);
    if (!ticket_read(members, action->connector, &ticket))
        free(steal(ticket.id));
    ticket.followed = how.many; /* of many, their end is no news */
    if (ticket.id && turn_incident(turn, action->incident))
        attach(turn, action->incident, &ticket, &how);
    ticket_finish(&ticket);
}

static void outcome(struct turn *turn, const struct action *action, const struct outbox_outcome *reported,
                    const cJSON *body)
{
    if (strcmp(action->kind, "desk.tell") == 0 && action->state == ACTION_DONE && action->incident)
        told_in(turn, action, reported, body);
    if (json_bool_or(body, "also", false) && !action_is_under_way(action) &&
        turn_incident(turn, action->incident))
        follow_message(turn, NULL, turn_incident(turn, action->incident));
    if (!text_starts(action->kind, "ticket.") || !action->incident)
        return;
    if (strcmp(action->kind, "ticket.create") == 0)
        create_outcome(turn, action, reported, body);
    bool answered = follow_outcome(turn, action, reported, body);
    if (action->state == ACTION_DEAD && !answered)
        say_dead(turn, action);
}

/* A ticket is not closed for an incident that goes on again, nor opened for one that has ended meanwhile. */
static bool pointless(struct core *core, const struct action *action)
{
    const struct incident *incident =
        strcmp(action->kind, "ticket.state") == 0 ? live_incident(core, action->incident) : NULL;
    bool over = incident && !status_is_open(incident->status) && incident->status != STATUS_TICKETED;
    return incident && over != (strstr(action->body, "\"state\":\"done\"") != NULL);
}

static void withheld(struct turn *turn, const struct action *action, const char *instead)
{
    (void)instead;
    if (strcmp(action->kind, "ticket.create") == 0)
        create_withheld(turn, action);
}

/* ---- shown ---- */

static void card(struct core *core, const struct incident *incident, const struct card_context *context,
                 struct json_out *fields)
{
    (void)core, (void)context;
    CLEANUP_FREE char *count =
        xasprintf("%" PRId64 ", %" PRId64 " of them open", incident->places.tickets.attached,
                  incident->places.tickets.attached - incident->places.tickets.done);
    CLEANUP_STR struct str made = {0};
    for (size_t i = 0; i < incident->places.tickets.made.n; i++) {
        const struct state_ticket *ticket = &incident->places.tickets.made.v[i];
        str_addf(&made, "%s%s %s", i ? ", " : "", ticket->connector, ticket->ticket);
        if (ticket->status)
            str_addf(&made, " (%s)", ticket->status);
    }
    if (incident->places.tickets.attached)
        card_field(fields, "tickets", count);
    card_field(fields, "tickets made", str_text(&made));
}

/* ---- the part ---- */

static void unload(struct core *core)
{
    struct tickets *tickets = tickets_state(core);
    written_finish(&tickets->rows);
    for (size_t i = 0; i < tickets->fresh.n; i++)
        free(tickets->fresh.v[i].key);
    array_free(&tickets->fresh);
    rounds_finish(tickets);
}

const struct part tickets_part = {
    .name = "tickets",
    .state_size = sizeof(struct tickets),
    .load = rounds_load,
    .unload = unload,
    .follow = follow,
    .tick = rounds_tick,
    .affects = affects_each_of_tickets,
    .card.fields = card,
    .delivery.outcome = outcome,
    .delivery.pointless = pointless,
    .delivery.withheld = withheld,
};
