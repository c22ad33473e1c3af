/*
 * One ticket, brought in line with its incident. Each step compares what the document says was done with what the incident is now, so
 * it does not matter how often it runs, or what happened in between.
 */
#include <string.h>

#include <tocsin/connector.h>

#include "base/markup.h"
#include "comms/comms.h"
#include "delivery/link.h"
#include "policy/ticketing.h"
#include "tickets/inside.h"
#include "turn/live.h"

static bool has_ended(const struct incident *incident)
{
    return incident->status == STATUS_RESOLVED || incident->status == STATUS_CLOSED;
}

bool messages_left(const struct incident *incident)
{
    for (size_t i = 0; i < incident->comms.drafts.n; i++) {
        const struct state_draft *draft = &incident->comms.drafts.v[i];
        if (draft->state == DRAFT_WAITING || (draft->state == DRAFT_APPROVED && draft_left(draft) > 0))
            return true;
    }
    return false;
}

/* ---- notes ---- */

static void note(struct turn *turn, const struct incident *incident, const struct ticket *ticket,
                 const char *text)
{
    CLEANUP_FREE char *key = turn_key_as(turn, "note:");
    CLEANUP_STR struct str body = {0};
    struct json_out j = {&body, false};
    json_begin_object(&j);
    json_put_text(&j, "ticket", ticket->id);
    json_put_text(&j, "text", text);
    json_end_object(&j);
    ticket_send(turn, incident, ticket->connector, "ticket.comment", ticket->id, key, body.p);
}

/* "being fixed, major". The caller frees it. */
static char *standing_of_incident(const struct incident *incident)
{
    return xasprintf("%s%s%s", status_phrase(incident->status), incident->severity ? ", " : "",
                     incident->severity ? incident->severity : "");
}

/* Which incident it is about, and what customers were told: no word that is not public. */
static bool greet(struct turn *turn, const struct incident *incident, struct ticket *ticket)
{
    char name[INCIDENT_NAME];
    CLEANUP_STR struct str text = {0}, words = {0};
    if (ticket->notes.greeted || ticket->kind != TICKET_OF_CUSTOMER || incident->private ||
        !status_is_open(incident->status))
        return false;
    str_markup(&text, "This ticket belongs to %s", incident_name(incident->id, name));
    if (comms_public_words(incident, &words))
        str_addf(&text, ". What customers were told last:\n\n%s", words.p);
    else
        str_add(&text, ", which is being worked on.");
    ticket_add_page(turn_core(turn), incident, &text);
    note(turn, incident, ticket, text.p);
    ticket->notes.greeted = true;
    free(ticket->notes.told);
    ticket->notes.told = standing_of_incident(incident);
    return true;
}

/* Agents who asked for it, and the parent, are told how the incident stands when that changes. */
static bool tell(struct turn *turn, const struct incident *incident, struct ticket *ticket)
{
    char name[INCIDENT_NAME];
    CLEANUP_STR struct str text = {0};
    CLEANUP_FREE char *now = standing_of_incident(incident);
    bool wanted = ticket->notes.asked || ticket->kind == TICKET_PARENT;
    bool first = !ticket->notes.told;
    if (!wanted || incident->private || ticket->kind == TICKET_WORK || text_equal(ticket->notes.told, now))
        return false;
    replace_text(&ticket->notes.told, now);
    if (first && ticket->kind == TICKET_PARENT)
        return true; /* its text says so */
    str_markup(&text, "%s is %s now.", incident_name(incident->id, name), now);
    note(turn, incident, ticket, text.p);
    return true;
}

/* ---- what joins what, and what is closed ---- */

/* From now on its connector reports its changes; and it joins the parent there. */
static bool join(struct turn *turn, const struct incident *incident, struct ticket *ticket)
{
    const struct state_ticket *parent = incident_ticket(incident, ticket->connector, NULL);
    CLEANUP_FREE char *key = turn_key_as(turn, JOIN_KEY);
    CLEANUP_STR struct str body = {0};
    struct json_out j = {&body, false};
    bool joins = parent && !text_equal(ticket->parent, parent->ticket) && status_is_open(incident->status);
    if (ticket->kind != TICKET_OF_CUSTOMER || (ticket->followed && !joins))
        return false;
    json_begin_object(&j);
    json_put_text(&j, "ticket", ticket->id);
    json_put_text_if(&j, "parent", joins ? parent->ticket : NULL);
    json_end_object(&j);
    ticket_send(turn, incident, ticket->connector, "ticket.follow", ticket->id, key, body.p);
    ticket->followed = true;
    if (joins)
        replace_text(&ticket->parent, parent->ticket);
    return true;
}

static void set_state(struct turn *turn, const struct incident *incident, struct ticket *ticket, bool done)
{
    CLEANUP_FREE char *key = turn_key_as(turn, "state:");
    CLEANUP_STR struct str body = {0};
    struct json_out j = {&body, false};
    json_begin_object(&j);
    json_put_text(&j, "ticket", ticket->id);
    json_put_text(&j, "state", done ? "done" : "open");
    json_end_object(&j);
    ticket_send(turn, incident, ticket->connector, "ticket.state", ticket->id, key, body.p);
    ticket->closed = done;
}

/* The parent is open as long as the incident is, or its ticket. */
static bool follow_state(struct turn *turn, const struct incident *incident, struct ticket *ticket)
{
    bool over = !status_is_open(incident->status) && incident->status != STATUS_TICKETED;
    if (ticket->kind != TICKET_PARENT || ticket->closed == over)
        return false;
    set_state(turn, incident, ticket, over);
    return true;
}

/* Is it of another incident, too, which goes on? */
static bool is_needed(struct core *core, const struct ticket *ticket)
{
    ticket_incidents incidents = {0};
    bool needed = false;
    tickets_of(core, ticket->connector, ticket->id, &incidents);
    for (size_t i = 0; i < incidents.n && !needed; i++) {
        struct ticket row = {0};
        const struct incident *other =
            incidents.v[i] == ticket->incident ? NULL : live_incident(core, incidents.v[i]);
        needed = other && (status_is_open(other->status) || other->status == STATUS_TICKETED) &&
                 ticket_get(core, ticket->connector, ticket->id, other->id, &row) && !row.gone;
        ticket_finish(&row);
    }
    array_free(&incidents);
    return needed;
}

/* Customers' tickets, once they were told that it is over. They are not opened again: their owners would be told. */
static bool solve(struct turn *turn, const struct incident *incident, struct ticket *ticket)
{
    struct core *core = turn_core(turn);
    bool over = has_ended(incident), desk = link_can(core, ticket->connector, TOCSIN_CAN_DESK);
    if (ticket->kind != TICKET_OF_CUSTOMER || ticket->closed == over)
        return false;
    if (!over) {
        ticket->closed = false;
        return true;
    }
    if (messages_left(incident) || comms_telling_in(core, incident, ticket->connector, ticket->id) ||
        !policy_solves(core_policy(core), incident, ticket->connector, desk) || is_needed(core, ticket))
        return false;
    if (!ticket->done)
        set_state(turn, incident, ticket, true);
    ticket->closed = true;
    return true;
}

void settle(struct turn *turn, const struct incident *incident, struct ticket *ticket)
{
    static bool (*const steps[])(struct turn * turn, const struct incident *incident,
                                 struct ticket *ticket) = {join, greet, tell, follow_state, solve};
    bool changed = false;
    for (size_t i = 0; i < ARRAY_SIZE(steps); i++)
        changed |= steps[i](turn, incident, ticket);
    if (changed)
        ticket_put(turn, ticket);
}
