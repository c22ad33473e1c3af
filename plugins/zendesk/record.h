/*
 * record - what the API's records say: tickets, users, organisations, and the bodies of webhooks. Pure: any thread. What is returned or
 * referred to is borrowed from the arguments. `records` are the lists "users" and "organizations", as answers have them.
 */
#ifndef ZENDESK_RECORD_H
#define ZENDESK_RECORD_H

#include <stdbool.h>

#include <cjson/cJSON.h>

#include <tocsin/kit/desk.h>

#define ZENDESK_ID 24 /* bytes of an id, with its terminator */

/* An id, which the API writes as a number and webhooks as text. "": there is none. */
void record_id(const cJSON *record, const char *member, char id[ZENDESK_ID]);
/* The record with that id in a list; NULL: it is not there. */
const cJSON *record_of(const cJSON *records, const char *list, const char *id);
/* Is that user an agent or an administrator? */
bool record_is_staff(const cJSON *user);
/* Where a user can be reached: their mail address, or else their id, which is written to `id`. */
const char *record_address(const cJSON *user, char id[ZENDESK_ID]);
/* Is it a mail address or the number of a user? */
bool record_is_address(const char *text);
/* The mark that we left in an audit; "": it is not ours. */
const char *record_mark(const cJSON *audit);

/* A ticket as the core knows it. */
struct record_ticket {
    char id[ZENDESK_ID], requester[ZENDESK_ID], link[512];
    bool closed; /* it cannot be written to any more */
    struct kit_ticket ticket;
};
void record_ticket(const char *web, const cJSON *ticket, const cJSON *records, struct record_ticket *ret);

/* The ticket of a link below `web`, as people copy it: …/agent/tickets/17, …/hc/requests/17. "": it names none. */
void record_linked(const char *web, const char *link, char ticket[ZENDESK_ID]);
/* The ticket that a webhook's body names: {"ticket_id"} of our trigger, {"detail": {"id"}} of an event. "": none. */
void record_hooked(const cJSON *body, char ticket[ZENDESK_ID]);

#endif
