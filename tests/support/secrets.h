/*
 * secrets - who may know what, told again from the events alone, for tests that look for leaks.
 *
 * A text of a test's incident carries words like "canary-17". From the events as they become durable this keeps which incident
 * a word was born in, which incidents are private and who their members are; what reaches somebody is held against that. It
 * shares no code with what it checks. Something that is wrong goes to `fail`, which does not come back.
 */
#ifndef TOCSIN_TESTS_SECRETS_H
#define TOCSIN_TESTS_SECRETS_H

#include <cjson/cJSON.h>

#include "base/map.h"
#include "engine/event.h"

struct known_incident {
    uint64_t id, merged_into;
    uint64_t came_back; /* the private incident that an alert of this one went on in; 0: none */
    bool private;
    ARRAY(char *) members, former; /* former: who has ever been one */
};

struct canary {
    ARRAY(uint64_t) incidents; /* that it was told in; what is visible in one of them is no secret */
};

struct secrets {
    ARRAY(struct known_incident) incidents; /* number i + 1 at i */
    ARRAY(struct canary) canaries;
    struct map alerts; /* fingerprint -> incident that it was attached to last */
    event_list fresh;  /* durable, not looked at yet */
    void (*fail)(void *ctx, const char *what);
    void *ctx;
};

/* Whom something reaches. */
struct audience {
    const char *route;  /* for the report: "alpha post", "GET /api/v1/groups" */
    const char *person; /* NULL: anybody */
    uint64_t room;      /* the incident that this is a private room of; 0: none */
    const char *asked;  /* what was typed: a number that stands in it tells nothing new; or NULL */
};

void secrets_finish(struct secrets *secrets);
size_t secrets_canary(struct secrets *secrets); /* a new word's number */
void secrets_event(struct secrets *secrets, const struct event *event);
/* To be called when nothing more of a turn is to come: takes the events in and checks what they told where. */
void secrets_settle(struct secrets *secrets);
bool secrets_sees(const struct secrets *secrets, uint64_t incident, const struct audience *audience);
uint64_t secrets_end(const struct secrets *secrets, uint64_t incident); /* where it went on, by merges */
bool secrets_is_private(const struct secrets *secrets, uint64_t incident);
/* Fails when the text, or JSON, tells a canary or an incident that the audience may not know. */
void secrets_check(const struct secrets *secrets, const struct audience *audience, const char *text);
void secrets_check_json(const struct secrets *secrets, const struct audience *audience, const cJSON *json);

#endif
