/*
 * said - what a transaction of RT says, as an event of tocsin/connector.h. Pure: any thread.
 */
#ifndef RT_SAID_H
#define RT_SAID_H

#include <stdbool.h>
#include <stdint.h>

#include <cjson/cJSON.h>

enum said_by { SAID_BY_CUSTOMER, SAID_BY_AGENT, SAID_BY_STRANGER };

/* One correspondence, as RT gives it. Everything is borrowed. */
struct said {
    const cJSON *transaction; /* a row of /transactions, with its Creator expanded */
    const cJSON *ticket;      /* /ticket/N */
    const cJSON *attachments; /* /transaction/N/attachments, with Content, ContentType, Filename, Headers */
    const cJSON *kept;        /* {"customer", "incident"} of the ticket; NULL: it is none of ours */
    const char *web;          /* where people see RT */
    enum said_by by;
};

/* A requester or a Cc of the ticket is the customer. Anybody else may be an agent: false. */
bool said_by_requester(const cJSON *ticket, const char *user);
/* A `reply`. NULL: it says nothing. The caller deletes. */
cJSON *said_event(const struct said *said);

#endif
