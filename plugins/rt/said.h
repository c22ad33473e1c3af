/*
 * said - what RT's records say, as events and tickets of tocsin/connector.h. Pure: any thread.
 */
#ifndef RT_SAID_H
#define RT_SAID_H

#include <stdbool.h>

#include <cjson/cJSON.h>

#include <tocsin/kit/desk.h>

/* One correspondence or comment, as RT gives it. Everything is borrowed. */
struct said {
    const cJSON *transaction; /* a row of /transactions, with its Creator expanded */
    const cJSON *ticket;      /* /ticket/N */
    const cJSON *attachments; /* /transaction/N/attachments, with Content, ContentType, Filename, Headers */
    const char *web;          /* where people see RT */
    enum kit_by by;
};

/* Has a record a link of that kind: "child", "correspond"? RT leaves out those that the account may not follow. */
bool said_has_link(const cJSON *record, const char *ref);
/* A requester or a Cc of the ticket is the customer. Anybody else may be an agent: false. */
bool said_by_requester(const cJSON *ticket, const char *user);
/* May this comment be a command? It begins with "!inc", and did not come by mail, whose sender anybody can forge. */
bool said_is_command(const cJSON *attachments);
/* A `reply`, or of a comment a `message`. `host` knows whose ticket it is. NULL: it says nothing. The caller deletes. */
cJSON *said_event(const struct said *said, const struct tocsin_host *host);

/* Where people see a ticket, and in it a transaction; NULL: the ticket alone. */
void said_link(const char *web, const char *ticket, const char *transaction, struct kit_text *link);
/* The number of the ticket that a link leads to, as somebody copied it. False: it leads to none. */
bool said_linked(const char *web, const char *link, char number[KIT_ID_BYTES]);
/* The ticket of a row of /tickets, with its Requestor expanded. What it points to is borrowed. */
struct kit_ticket said_ticket(const cJSON *row, const char *link, bool done);

#endif
