/*
 * secrets - who may know what, derived from the events alone, for tests that look for leaks.
 *
 * The texts of a test's incidents carry words like "canary-17". From the durable events this module learns which incident a word
 * comes from, which incidents are private, and who their members are; whatever reaches somebody is checked against that. It
 * shares no code with what it checks. A leak is reported to `fail`, which does not return.
 */
#ifndef TOCSIN_TESTS_SECRETS_H
#define TOCSIN_TESTS_SECRETS_H

#include <cjson/cJSON.h>

#include "base/map.h"
#include "engine/event.h"

struct known_incident {
    uint64_t id, merged_into;
    uint64_t came_back; /* the private incident that an alert of this one continued in; 0: none */
    bool private;
    ARRAY(char *) members, former; /* former: everybody who has ever been a member */
};

struct known_link { /* two ids of one person */
    char *id, *into;
    bool past; /* they were once */
};

struct canary {
    ARRAY(uint64_t) incidents; /* those whose events contain it; visible in one of them, it is not secret */
};

struct secrets {
    ARRAY(struct known_incident) incidents; /* incident i + 1 at index i */
    ARRAY(struct canary) canaries;
    struct map alerts; /* fingerprint -> the incident it was last attached to */
    ARRAY(struct known_link) links;
    event_list fresh; /* durable, not processed yet */
    void (*fail)(void *ctx, const char *what);
    void *ctx;
};

/* Whom a text reaches. */
struct audience {
    const char *route;  /* for the report: "alpha post", "GET /api/v1/groups" */
    const char *person; /* NULL: anybody */
    uint64_t
        room; /* the incident whose private channel this is, and that of whatever it was merged into; 0: none */
    const char *asked; /* what was typed, or NULL: a number in it is already known */
};

void secrets_finish(struct secrets *secrets);
size_t secrets_canary(struct secrets *secrets); /* the number of a new canary */
void secrets_event(struct secrets *secrets, const struct event *event);
/* Call at the end of a turn: processes its events and checks what they reveal where. */
void secrets_settle(struct secrets *secrets);
bool secrets_sees(const struct secrets *secrets, uint64_t incident, const struct audience *audience);
uint64_t secrets_end(const struct secrets *secrets,
                     uint64_t incident); /* the incident that it was finally merged into */
bool secrets_is_private(const struct secrets *secrets, uint64_t incident);
/* Fails when the text or JSON contains a canary or an incident that the audience may not know. */
void secrets_check(const struct secrets *secrets, const struct audience *audience, const char *text);
void secrets_check_json(const struct secrets *secrets, const struct audience *audience, const cJSON *json);

#endif
