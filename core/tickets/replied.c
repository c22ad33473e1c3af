/* A customer who is affected answered in a ticket: it belongs to the incident. */
#include <string.h>

#include <tocsin/connector.h>

#include "delivery/link.h"
#include "tickets/inside.h"

void replied_follow(struct turn *turn, const struct event *event, const struct incident *incident)
{
    CLEANUP_JSON cJSON *data = NULL;
    struct ticket ticket = {0};
    if (!event->data || !event->flag ||
        json_parse(event->data, strlen(event->data), SIZE_MAX, JSON_DEPTH, "replied", &data, NULL))
        return;
    const char *connector = json_text_or(data, "connector", "");
    struct attaching how = {.by = event->by, .automatic = true, .wrote = true, .customer = event->name};
    if (ticket_read(data, connector, &ticket) && link_can(turn_core(turn), connector, TOCSIN_CAN_TICKETS)) {
        if (!ticket.link)
            ticket.link = xstrdup(event->value);
        attach(turn, incident->id, &ticket, &how);
    }
    ticket_finish(&ticket);
}
