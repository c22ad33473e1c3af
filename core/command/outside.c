#include "command/outside.h"

#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "command/heard.h"
#include "command/parse.h"
#include "comms/comms.h"
#include "customers/customers.h"
#include "paging/paging.h"
#include "rooms/rooms.h"
#include "subscribers/subscribers.h"
#include "tickets/tickets.h"

static bool names_customer(const cJSON *event)
{
    return !text_empty(json_text_or(event, "customer", NULL)) ||
           !text_empty(json_text_or(event, "address", NULL));
}

/* Whose words these are. A connector that does not know the customer gives the address; one that the directory does not know stands
   for them. */
static char *customer_of(const struct core *core, const cJSON *event)
{
    char *customer = heard_text(event, "customer", NAME_BYTES);
    if (!text_empty(customer))
        return customer;
    free(customer);
    CLEANUP_FREE char *address = heard_text(event, "address", NAME_BYTES);
    const struct customer *known = address ? customers_of_email(core, address) : NULL;
    return known ? xstrdup(known->key) : steal(address);
}

cJSON *outside_as_reply(struct core *core, const char *connector, const cJSON *event)
{
    static const char *const types[] = {"message", "edited", "deleted"};
    const char *type = json_text_or(event, "type", ""), *channel = json_text_or(event, "channel", "");
    size_t i = 0;
    while (i < ARRAY_SIZE(types) && strcmp(types[i], type) != 0)
        i++;
    if (i == ARRAY_SIZE(types) || !json_bool_or(json_member(event, "user"), "outside", false) ||
        rooms_incident(core, connector, channel))
        return NULL;
    const struct customer *customer = customers_of_route(core, connector, channel);
    cJSON *reply = customer ? cJSON_Duplicate(event, true) : NULL;
    if (!reply)
        return NULL;
    cJSON_ReplaceItemInObjectCaseSensitive(reply, "type", cJSON_CreateString("reply"));
    cJSON_AddStringToObject(reply, "customer", customer->key);
    if (i)
        cJSON_AddStringToObject(reply, "change", type);
    if (!json_member(reply, "message"))
        cJSON_AddStringToObject(reply, "message", json_text_or(event, "id", ""));
    return reply;
}

static uint64_t incident_of(const cJSON *event)
{
    return incident_name_parse(json_text_or(event, "incident", ""));
}

/* The place as people know it; NULL: unknown. The caller frees it. */
static char *where_of(const cJSON *event)
{
    CLEANUP_FREE char *place = heard_text(event, "place", NAME_BYTES),
                      *ticket = heard_text(event, "ticket", NAME_BYTES);
    return !text_empty(place) ? steal(place) : text_empty(ticket) ? NULL : xasprintf("ticket %s", ticket);
}

static char *message_of(const cJSON *event)
{
    CLEANUP_FREE char *channel = heard_text(event, "channel", ID_BYTES),
                      *message = heard_text(event, "message", ID_BYTES);
    return message ? xasprintf("%s/%s", channel ? channel : "", message) : NULL;
}

static enum reply_change change_of(const cJSON *event)
{
    const char *change = json_text_or(event, "change", "");
    return strcmp(change, "edited") == 0    ? REPLY_EDITED
           : strcmp(change, "deleted") == 0 ? REPLY_DELETED
                                            : REPLY_NEW;
}

void outside_reply(struct turn *turn, const char *connector, const cJSON *event, const char *said)
{
    CLEANUP_FREE char *customer = customer_of(turn_core(turn), event), *link = heard_text(event, "link", 2000),
                      *name = heard_text(event, "name", NAME_BYTES),
                      *address = heard_text(event, "address", NAME_BYTES),
                      *more = heard_text(event, "more", COMMAND_BYTES),
                      *text = heard_whole(said, more, json_member(event, "files")),
                      *user = heard_text(json_member(event, "user"), "name", NAME_BYTES),
                      *where = where_of(event), *message = message_of(event),
                      *ticket = heard_text(event, "ticket", NAME_BYTES),
                      *title = heard_text(event, "title", NAME_BYTES),
                      *organisation = heard_text(event, "organisation", NAME_BYTES);
    struct reply reply = {.customer = customer,
                          .text = text,
                          .writer = text_empty(address) ? text_empty(name) ? NULL : name : address,
                          .link = text_empty(link) || strchr(link, ' ') ? NULL : link,
                          .who = text_empty(name) ? user : name,
                          .where = where,
                          .connector = connector,
                          .message = message,
                          .ticket = text_empty(ticket) ? NULL : ticket,
                          .title = text_empty(title) ? NULL : title,
                          .organisation = text_empty(organisation) ? NULL : organisation,
                          .change = change_of(event),
                          .order = json_int_or(event, "order", 0),
                          .incident = incident_of(event),
                          .about = tickets_latest(turn_core(turn), connector, ticket),
                          .unverified = json_bool_or(event, "unverified", false),
                          .automatic = json_bool_or(event, "automatic", false)};
    if (json_bool_or(event, "agent", false))
        comms_agent_replied(turn, &reply);
    else
        comms_replied(turn, &reply);
}

void outside_bounce(struct turn *turn, const char *connector, const cJSON *event, const char *text)
{
    CLEANUP_FREE char *customer = heard_text(event, "customer", NAME_BYTES),
                      *address = heard_text(event, "address", NAME_BYTES),
                      *message = heard_text(event, "message", ID_BYTES);
    struct bounce bounce = {.connector = connector,
                            .address = address,
                            .customer = text_empty(customer) ? NULL : customer,
                            .text = text_empty(text) ? NULL : text,
                            .message = message,
                            .incident = incident_of(event),
                            .permanent = json_bool_or(event, "permanent", false)};
    if (json_bool_or(event, "subscriber", false))
        subscribers_bounced(turn, address, bounce.permanent);
    else
        comms_bounced(turn, &bounce);
}

void outside_unsubscribe(struct turn *turn, const char *connector, const cJSON *event, const char *text)
{
    (void)text;
    CLEANUP_FREE char *customer = heard_text(event, "customer", NAME_BYTES),
                      *address = heard_text(event, "address", NAME_BYTES);
    comms_unsubscribed(turn, &(struct unsubscription){.connector = connector,
                                                      .address = address,
                                                      .customer = text_empty(customer) ? NULL : customer,
                                                      .incident = incident_of(event)});
}

bool outside_answers(const struct core *core, const char *connector, const cJSON *event)
{
    (void)core, (void)connector;
    bool says =
        !text_empty(json_text_or(event, "text", NULL)) || cJSON_GetArraySize(json_member(event, "files")) > 0;
    return names_customer(event) && says;
}

bool outside_of_ticket(const struct core *core, const char *connector, const cJSON *event)
{
    return tickets_known(core, connector, json_text_or(event, "ticket", ""));
}

bool outside_of_page(const struct core *core, const char *connector, const cJSON *event)
{
    return paging_of_message(core, connector, json_text_or(event, "message", ""), NULL) != 0;
}

bool outside_has_address(const struct core *core, const char *connector, const cJSON *event)
{
    (void)core, (void)connector;
    return !text_empty(json_text_or(event, "address", NULL));
}

void outside_page(struct turn *turn, const char *connector, const cJSON *event, const char *text)
{
    (void)text;
    paging_event(turn, connector, event);
}

void outside_ticket(struct turn *turn, const char *connector, const cJSON *event, const char *text)
{
    (void)text;
    tickets_changed(turn, connector, event);
}
