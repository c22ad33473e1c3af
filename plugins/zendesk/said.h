/* said - what an audit of a ticket says, as events of tocsin/connector.h. Any thread. */
#ifndef ZENDESK_SAID_H
#define ZENDESK_SAID_H

#include <stdint.h>

#include <cjson/cJSON.h>

#include <tocsin/connector.h>

/* A ticket and what is known about it. Everything is borrowed. */
struct said {
    const struct tocsin_host *host; /* keeps whose ticket it is */
    const char *web;                /* where people see Zendesk */
    const cJSON *answer;            /* {"ticket", "users", "organizations"} */
    const cJSON *others;            /* {"users"}: who is not in there */
    int64_t commands_ms;            /* what is older (milliseconds since 1970) is no command any more */
};

/* The events in their order, an array that the caller deletes: `reply` for a public comment, `message` for an agent's note that begins with
   "!inc" and for a tag "inc_…" that an agent adds, `ticket` for a change of one that is followed. What we wrote is none of the first two. */
cJSON *said_events(const struct said *said, const cJSON *audit);

#endif
