/* A ticket is another than it was: the timeline says so and, where its end may be the end of the incident, people are asked. */
#include <string.h>

#include "base/markup.h"
#include "rooms/buttons.h"
#include "rooms/rooms.h"
#include "sight/sight.h"
#include "tickets/inside.h"

bool tickets_known(const struct core *core, const char *connector, const char *ticket)
{
    ticket_incidents incidents = {0};
    if (!text_empty(ticket))
        tickets_of(core, connector, ticket, &incidents);
    bool any = incidents.n > 0;
    array_free(&incidents);
    return any;
}

/* The newest that everybody may see; `ended`: one that is over will do. */
static uint64_t newest_of(struct core *core, const char *connector, const char *ticket, bool ended)
{
    ticket_incidents incidents = {0};
    uint64_t found = 0;
    if (!text_empty(ticket))
        tickets_of(core, connector, ticket, &incidents);
    for (size_t i = 0; i < incidents.n; i++) {
        const struct incident *incident = sight_incident(core, incidents.v[i], NULL);
        struct ticket row = {0};
        if (incident && (ended || status_is_open(incident->status)) &&
            ticket_get(core, connector, ticket, incident->id, &row) && !row.gone)
            found = MAX(found, incident->id);
        ticket_finish(&row);
    }
    array_free(&incidents);
    return found;
}

uint64_t tickets_incident(struct core *core, const char *connector, const char *ticket)
{
    return newest_of(core, connector, ticket, false);
}

uint64_t tickets_latest(struct core *core, const char *connector, const char *ticket)
{
    return newest_of(core, connector, ticket, true);
}

/* ---- the question ---- */

static void put_buttons(const struct incident *incident, const struct ticket *ticket, instant now,
                        struct json_out *j)
{
    char name[INCIDENT_NAME];
    incident_name(incident->id, name);
    CLEANUP_FREE char *resolve = xasprintf("%s resolve", name);
    CLEANUP_FREE char *no =
        xasprintf("%s note %s %s was closed, but it is not fixed", name, ticket->connector, ticket->id);
    json_key(j, "buttons");
    json_begin_array(j);
    button_put_offer(j, "Yes, resolve it", resolve, "primary", 0, now);
    button_put_offer(j, "No", no, "", 0, now);
    json_end_array(j);
}

static void ask_if_fixed(struct turn *turn, const struct incident *incident, const struct ticket *ticket)
{
    char name[INCIDENT_NAME];
    CLEANUP_STR struct str card = {0}, text = {0};
    CLEANUP_FREE char *title = xasprintf("%s %s is %s. Is %s fixed?", ticket->connector, ticket->id,
                                         ticket->status, incident_name(incident->id, name));
    CLEANUP_FREE char *key = turn_key(turn);
    struct json_out j = {&card, false};
    ticket_words(ticket, &text);
    str_markup(&text, " is closed. `%s resolve` ends the incident.", name);
    json_begin_object(&j);
    json_put_text(&j, "title", title);
    json_put_text(&j, "tone", "info");
    json_put_text(&j, "text", text.p);
    put_buttons(incident, ticket, turn_now(turn), &j);
    json_end_object(&j);
    rooms_say_incident(turn, incident->id, key, card.p, NULL);
}

static void say_reopened(struct turn *turn, const struct incident *incident, const struct ticket *ticket)
{
    char name[INCIDENT_NAME];
    CLEANUP_STR struct str text = {0};
    CLEANUP_FREE char *key = turn_key(turn);
    str_add(&text, "Ticket ");
    ticket_words(ticket, &text);
    str_markup(&text, " of %s is open again.", incident_name(incident->id, name));
    rooms_say_incident(turn, incident->id, key, NULL, text.p);
}

void change_follow_work(struct turn *turn, const struct incident *incident, const struct ticket *ticket)
{
    bool goes_on = status_is_open(incident->status) || incident->status == STATUS_TICKETED;
    if (ticket->done && goes_on)
        ask_if_fixed(turn, incident, ticket);
    else if (!ticket->done)
        say_reopened(turn, incident, ticket);
}

/* ---- the change ---- */

static void record(struct turn *turn, const struct incident *incident, const struct ticket *ticket,
                   bool ended_or_began, const char *by)
{
    bool many = incident->places.tickets.attached >= MANY_TICKETS && ticket->kind == TICKET_OF_CUSTOMER;
    struct command command = {.verb = "ticket_changed",
                              .by = by,
                              .automatic = true,
                              .name = ticket->connector,
                              .value = ticket->id,
                              .text = ticket->status,
                              .flag = ticket->done,
                              .count = ended_or_began,
                              .data = many ? "{\"many\":true}" : NULL};
    turn_do(turn, incident->id, &command, NULL, NULL);
}

void change_take(struct turn *turn, uint64_t incident, const struct ticket *newer)
{
    CLEANUP_FREE char *by = xasprintf("connector/%s", newer->connector);
    struct ticket ticket = {0};
    bool there = ticket_get(turn_core(turn), newer->connector, newer->id, incident, &ticket) && !ticket.gone;
    const struct incident *about = there ? turn_incident(turn, incident) : NULL;
    bool was = ticket.done;
    if (about && ticket_learn(&ticket, newer)) {
        record(turn, about, &ticket, ticket.done != was, by);
        ticket_put(turn, &ticket);
        if (((ticket.kind == TICKET_WORK && !ticket.followup) || ticket.continues) && ticket.done != was &&
            about->status != STATUS_MERGED)
            change_follow_work(turn, about, &ticket);
    }
    ticket_finish(&ticket);
}

void tickets_changed(struct turn *turn, const char *connector, const cJSON *event)
{
    struct ticket newer = {0};
    ticket_incidents incidents = {0};
    if (ticket_read(event, connector, &newer))
        tickets_of(turn_core(turn), connector, newer.id, &incidents);
    for (size_t i = 0; i < incidents.n; i++)
        change_take(turn, incidents.v[i], &newer);
    array_free(&incidents);
    ticket_finish(&newer);
}
