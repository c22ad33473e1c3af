/*
 * tracker - a connector to an issue tracker with a host in memory, for tests of what it hears. No tracker answers it.
 */
#ifndef SUPPORT_TRACKER_H
#define SUPPORT_TRACKER_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include <tocsin/connector.h>

struct tracker {
    const struct tocsin_connector *connector;
    struct tocsin_host host;
    void *self;
    cJSON *stored;  /* {key: text} */
    cJSON *emitted; /* events */
    const char
        *known; /* what is known of each ticket that nothing is stored of, as JSON; NULL: it is not followed */
    int32_t outcome; /* of emit */
};

/* Opens the connector with these settings (JSON); aborts where it does not. */
void tracker_begin(struct tracker *tracker, const struct tocsin_connector *connector, const char *settings);
void tracker_end(struct tracker *tracker);
/* The same for cmocka: *state is the tracker. Always 0. */
int tracker_tear_down(void **state);
/* Stores what is known of a ticket: JSON. */
void tracker_follow(struct tracker *tracker, const char *place, const char *known);

/* Sends a webhook, signed with "sha256=" in that header, and returns the status of the answer. */
int32_t tracker_hears(struct tracker *tracker, const char *header, const char *secret, const char *event,
                      const char *body, size_t n);
/* How many events there were, and the latest one; NULL: there is none. */
int tracker_count(const struct tracker *tracker);
const cJSON *tracker_event(const struct tracker *tracker);
/* Aborts if an event is not one of tocsin/connector.h. */
void tracker_check(const struct tracker *tracker);

#endif
