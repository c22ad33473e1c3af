/*
 * event - everything that can have happened, its JSON, its version.
 *
 * An event is a fact about one subject: an incident, an alert group, a person, a customer, or the system. All events share one
 * flat struct; a row of events.def says for each type which fields it carries and what they mean, how it is told, folded,
 * searched and shown. The enum, the encoder, the decoder, the checks and docs/events.md come from those rows. An event that
 * was ever journaled stays readable: fields are added, never renamed, and a type's `revision` says which of its forms was written.
 *
 * Text in an event is owned by it (event_finish frees). Pure: no clock, no randomness, no I/O.
 */
#ifndef TOCSIN_ENGINE_EVENT_H
#define TOCSIN_ENGINE_EVENT_H

#include <cjson/cJSON.h>
#include <stdint.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/time.h"
#include "engine/lifecycle.h"

enum event_type {
    EVENT_NONE,
#define EVENT(id, ...) EVENT_##id,
#include "engine/events.def"
    EVENT_TYPE_COUNT
};

enum event_subject { OF_INCIDENT, OF_GROUP, OF_PERSON, OF_CUSTOMER, OF_SYSTEM };

/* In the order of the payload. */
enum event_field {
    FIELD_TEXT = 1,
    FIELD_NAME = 2,
    FIELD_VALUE = 4,
    FIELD_RULE = 8,
    FIELD_STATUS = 16,
    FIELD_UNTIL = 32,
    FIELD_OTHER = 64,
    FIELD_COUNT = 128,
    FIELD_FLAG = 256,
    FIELD_DATA = 512,
};
#define EVENT_FIELDS 10

#define BY_APP      "app/"
#define BY_CUSTOMER "customer/"
#define BY_DRILL    "drill/" /* before the name of its script: a step of it */

struct event;
struct incident;

/* Does to the state what an event says. */
typedef void event_folder(struct incident *incident, const struct event *event);

enum event_shown {
    SHOWN_ALWAYS,
    SHOWN_FOR_PEOPLE, /* only what a person did, not the system or a rule */
    SHOWN_IF_SINGLE,  /* not what is one of many: then it has data */
    SHOWN_NEVER,
};

/* A row of events.def. */
struct event_kind {
    const char *name; /* "declared", as journaled */
    int revision;
    enum event_subject subject;
    event_folder *fold;
    struct event_use {
        bool needed;
        const char *meaning; /* NULL: the event does not have this field */
    } use[EVENT_FIELDS];
    const char *phrases[2]; /* by the flag; the same twice where it does not matter; NULL: none */
    enum event_shown shown; /* in timelines */
    bool searched;          /* by its text */
    size_t counter;         /* where the incident counts these: an offset in it; 0: it does not */
};

struct event {
    enum event_type type;
    uint64_t seq;      /* place in the journal; 0 until durable */
    uint64_t version;  /* in its stream; set when it is folded */
    uint64_t incident; /* OF_INCIDENT: its number */
    char *subject;     /* others: fingerprint, person id, ...; NULL for OF_INCIDENT */
    instant at;
    /* "ana" (person id), "rule", "clock", "drill/gateway-fails", "connector/slack", "api/NAME", "app/GitHub": another app on a platform, "customer/acme" */
    char *by;
    char *agent; /* the agent that did it for them, by the name of its token; NULL: they did it themselves */
    char *text, *name, *value;
    char *rule; /* "policy.lua:12" */
    char *data; /* a JSON object, as text */
    instant until;
    uint64_t other; /* an incident */
    int64_t count;
    enum status status;
    bool flag;
};

typedef ARRAY(struct event) event_list;

const struct event_kind *event_kind(enum event_type type);
enum event_type event_type_parse(const char *name); /* EVENT_NONE when unknown */
/* Sets of enum event_field: those that an event must have; those that it can have, with the former. */
unsigned event_needs(enum event_type type);
unsigned event_takes(enum event_type type);
const char *event_field_name(enum event_field field); /* in the payload: "text" */
const char *event_field_meaning(enum event_field field);
/* Whether it is part of the story that timelines tell. What only the core needs to remember is not. */
bool event_is_shown(const struct event *event);
/* What full-text search should find it by, or NULL. Borrowed from the event. */
const char *event_search_text(const struct event *event);

void event_finish(struct event *event);
void event_list_finish(event_list *list);
/* A new last event with copies of the texts that nearly every event has. */
struct event *event_add(event_list *list, enum event_type type, uint64_t incident, instant at, const char *by);
void event_copy(struct event *to, const struct event *from);

/* "INC-42", "group/9f86…", "person/ana", "customer/acme", "system". */
void event_stream(const struct event *event, struct str *out);
/* The payload only, as a JSON object: {"r":1,"text":…}; the rest are the journal's columns. */
void event_encode(const struct event *event, struct str *out);
/* From the journal's columns. Unknown fields are ignored, missing needed ones are ERR_CORRUPT. */
int event_decode(const char *stream, const char *type, const char *data, struct event *ret, struct error *err);
/* What a person reads in a timeline: "Ana paused it until tomorrow 09:00: waiting for the bank". People are named
   through `name_of` (NULL: ids). `zone` NULL is UTC. A text that such an event has, and this one has not, was deleted. */
void event_describe(const struct event *event, instant now, const char *zone,
                    const char *(*name_of)(void *ctx, const char *id), void *ctx, struct str *out);

#endif
