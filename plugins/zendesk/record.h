/*
 * record - what the API's records say: tickets, users, organisations, the bodies of webhooks. Pure: any thread. What is returned or
 * referred to is borrowed from the arguments.
 */
#ifndef ZENDESK_RECORD_H
#define ZENDESK_RECORD_H

#include <stdbool.h>

#include <cjson/cJSON.h>

#include <tocsin/kit/desk.h>
#include <tocsin/kit/json.h>

/* Where a user can be reached: their mail address, or else their id, which is written to `id`. */
const char *record_address(const cJSON *user, char id[KIT_ID_BYTES]);
/* Is it a mail address or the number of a user? */
bool record_is_address(const char *text);
/* The mark that we left in an audit; "": it is not ours. */
const char *record_mark(const cJSON *audit);

/* {"ticket", "users", "organizations"}, read. The last two may be absent. */
struct record_ticket {
    const cJSON *record;
    char id[KIT_ID_BYTES], requester[KIT_ID_BYTES], link[512];
    bool closed;          /* it cannot be written to any more */
    struct kit_ticket as; /* as the core knows it */
};
void record_ticket(const char *web, const cJSON *answer, struct record_ticket *ret);

/* The ticket that a webhook's body names: {"ticket_id"} of our trigger, {"detail": {"id"}} of an event. "": none. */
void record_hooked(const cJSON *body, char ticket[KIT_ID_BYTES]);

#endif
