/* A ticket belongs to an incident from now on: the timeline says so, its customer is affected, and what they are told goes there. */
#include <string.h>

#include "comms/comms.h"
#include "customers/customers.h"
#include "impact/impact.h"
#include "tickets/inside.h"

/* ---- whose it is ---- */

static char *key_of(const struct core *core, const char *typed)
{
    const struct customer *record = NULL;
    return xstrdup(customers_find(core, typed, &record, NULL) == 0 ? record->key : typed);
}

/* The requester's company where the directory knows their address, or the company that the desk names; else the address stands for
   them, as for a reply of somebody unknown. NULL: nobody is named. */
static char *customer_of(const struct core *core, const struct ticket *ticket, const char *typed)
{
    const struct customer *record = ticket->address ? customers_of_email(core, ticket->address) : NULL;
    if (!record && ticket->address)
        record = customers_of_route(core, ticket->connector, ticket->address);
    if (!record && ticket->organisation)
        customers_find(core, ticket->organisation, &record, NULL);
    if (typed)
        return key_of(core, typed);
    return xstrdup(record ? record->key : ticket->address);
}

static void affect(struct turn *turn, uint64_t incident, const struct ticket *ticket, const char *by)
{
    struct core *core = turn_core(turn);
    const struct customer *record = customers_get(core, ticket->customer);
    const char *name = record ? customer_name(record) : ticket->name;
    CLEANUP_FREE char *known = impact_key(core, turn_incident(turn, incident), ticket->customer);
    if (!known)
        turn_do(turn, incident,
                &(struct command){.verb = "customer", .by = by, .name = ticket->customer, .text = name}, NULL,
                NULL);
}

/* ---- the timeline ---- */

static int record(struct turn *turn, const struct ticket *ticket, const struct attaching *how)
{
    bool many = how->many || turn_incident(turn, ticket->incident)->places.tickets.attached >= MANY_TICKETS;
    bool made = ticket->kind != TICKET_OF_CUSTOMER;
    const char *title = ticket->title ? ticket->title : ticket->id;
    struct command command = {.verb = made ? "ticket_made" : "ticket_attached",
                              .by = how->by,
                              .automatic = how->automatic,
                              .name = ticket->connector,
                              .value = ticket->id,
                              .text = title,
                              .data = many && !made ? "{\"many\":true}" : NULL,
                              .count = ticket->followup,
                              .flag = made ? ticket->kind == TICKET_PARENT : ticket->done};
    return turn_do(turn, ticket->incident, &command, NULL, NULL);
}

/* ---- attaching ---- */

/* A desk has one parent for an incident; another ticket that could be one is an ordinary one here. */
static int64_t kind_of(struct turn *turn, uint64_t incident, const struct ticket *ticket)
{
    const struct incident *about = turn_incident(turn, incident);
    bool second = ticket->kind == TICKET_PARENT && incident_ticket(about, ticket->connector, NULL);
    bool full = about->places.tickets.made.n >= STATE_TICKETS;
    return second || full ? TICKET_OF_CUSTOMER : ticket->kind;
}

static enum attached attach_new(struct turn *turn, struct ticket *ticket, const struct attaching *how)
{
    if (ticket->kind == TICKET_OF_CUSTOMER) {
        free(ticket->customer);
        ticket->customer = customer_of(turn_core(turn), ticket, how->customer);
    }
    if (record(turn, ticket, how))
        return ATTACHED_GONE;
    if (ticket->customer) {
        affect(turn, ticket->incident, ticket, how->by);
        comms_talks_in(turn, ticket->incident, ticket->customer, ticket->connector, ticket->address,
                       ticket->id);
    }
    ticket_put(turn, ticket);
    if (ticket->customer)
        comms_said_in(turn, turn_incident(turn, ticket->incident), ticket->customer, ticket->connector,
                      ticket->id);
    if (ticket->kind == TICKET_OF_CUSTOMER)
        create_parent(turn, turn_incident(turn, ticket->incident), ticket->connector);
    settle(turn, turn_incident(turn, ticket->incident), ticket);
    return ATTACHED_NEW;
}

static enum attached attach_known(struct turn *turn, struct ticket *known, const struct ticket *newer,
                                  const struct attaching *how)
{
    bool begins = newer->continues && !known->continues && known->kind != TICKET_WORK;
    known->notes.asked = known->notes.asked || how->asks;
    known->followed = known->followed || newer->followed;
    known->continues = known->continues || newer->continues;
    if (how->wrote && known->customer)
        comms_talks_in(turn, known->incident, known->customer, known->connector, known->address, known->id);
    ticket_put(turn, known);
    change_take(turn, known->incident, newer);
    if (begins && known->done && newer->done) /* else its end is still to come, or was news just now */
        change_follow_work(turn, turn_incident(turn, known->incident), known);
    return ATTACHED_ALREADY;
}

enum attached attach(struct turn *turn, uint64_t incident, const struct ticket *ticket,
                     const struct attaching *how)
{
    struct ticket known = {0}, fresh;
    bool there = ticket_get(turn_core(turn), ticket->connector, ticket->id, incident, &known);
    enum attached done = ATTACHED_GONE;
    if (there && !known.gone) {
        done = attach_known(turn, &known, ticket, how);
    } else if (!there || !how->automatic) {
        ticket_copy(&fresh, ticket);
        fresh.incident = incident;
        fresh.from = how->from;
        fresh.notes.asked = how->asks;
        fresh.notes.greeted = fresh.notes.greeted || how->greeted;
        fresh.kind = kind_of(turn, incident, ticket);
        fresh.closed = fresh.kind == TICKET_OF_CUSTOMER &&
                       !status_is_open(
                           turn_incident(turn, incident)->status); /* nobody told its customer: it stays open */
        done = attach_new(turn, &fresh, how);
        if (done == ATTACHED_NEW && fresh.continues && fresh.done && !how->from)
            change_follow_work(turn, turn_incident(turn, incident), &fresh);
        ticket_finish(&fresh);
    }
    ticket_finish(&known);
    return done;
}
