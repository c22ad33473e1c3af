/*
 * event - everything that can have happened, its JSON, its version.
 *
 * An event is a fact about one subject: an incident, an alert group, a person, or the system. All events share one
 * flat struct; a table says for each type which fields it carries and which of those it must have, and the
 * encoder, the decoder, the checks and docs/events.md come from that table. An event that was ever journaled stays readable:
 * fields are added, never renamed, and a type's `revision` says which of its forms was written.
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
    /* of an incident */
    EVENT_DECLARED,   /* text: title, status, rule (when one declared it), value: where it was said */
    EVENT_STATUS,     /* status, name: verb, text: reason, until, value: link, other: survivor */
    EVENT_TITLED,     /* text */
    EVENT_SUMMARIZED, /* text */
    EVENT_SEVERITY,   /* name */
    EVENT_TEAM,       /* name */
    EVENT_SERVICE,    /* name */
    EVENT_PRIVATE,    /* flag */
    EVENT_DRILL,      /* flag */
    EVENT_ROLE,       /* name: role, value: person; no value: given up */
    EVENT_MEMBER, /* value: person, flag: true joined, false left; name: the platform where they did so themselves */
    EVENT_NOTED,   /* text; of a message: name: connector, value: message */
    EVENT_PINNED,  /* text; of a message: name: connector, value: message */
    EVENT_LINKED,  /* value: url, text: label */
    EVENT_RELATED, /* other */
    EVENT_UPDATED, /* text: where things stand, for everybody who follows */
    EVENT_SAID,    /* text, name: connector, value: message, data: files */
    EVENT_SAID_EDITED, /* text, name: connector, value: message, data: files, count: greater than of an earlier edit */
    EVENT_SAID_DELETED, /* name: connector, value: message */
    EVENT_CHANNEL,  /* name: connector, value: channel, text: its name, flag: true in use, false gone; count: 1
                           for members only */
    EVENT_CARD,     /* name: connector, value: channel, text: message: where its card stands */
    EVENT_CUSTOMER, /* name: key, text: display name, count: alerts so far */
    EVENT_ALERT,    /* value: fingerprint, text: title, flag: true attached, false moved away, count */
    EVENT_ALERT_STATE, /* value: fingerprint, name: "regressed" | "resolved" | "over threshold", count */
    EVENT_MERGED_IN,   /* other: the incident that ended in this one */
    EVENT_DISSENTED,   /* text */
    EVENT_OWED,        /* name: obligation, until: when it is due, text */
    EVENT_MISSED,      /* name: obligation, text: what is owed, until: when it was due */
    EVENT_MET,         /* name: obligation */
    EVENT_PAGED,       /* value: person or rotation, text, rule */
    EVENT_CONNECTOR, /* name: connector, text: what is wrong with it or that it is back, flag: true when well */
    EVENT_SCRIPT,    /* text: a policy's failure or remark about this incident, rule */
    EVENT_DRAFTED,   /* count: the draft's number, name: customer's key or "all", text */
    EVENT_DRAFT_CARD, /* count: draft, name: connector, value: channel, text: message: where it can be approved */
    EVENT_APPROVED,   /* count: draft, name: customer's key or "all", text: as it is sent */
    EVENT_DISCARDED, /* count: draft */
    EVENT_TOLD,      /* name: customer's key, value: connector, count: draft */
    EVENT_REPLIED,   /* name: customer's key, text, value: link, data: {"connector","message"} */
    /* of an alert group; subject: fingerprint */
    EVENT_GROUP_SEEN,      /* text: title, name: service, data: facts */
    EVENT_GROUP_REGRESSED, /* count, data: facts */
    EVENT_GROUP_RESOLVED,  /* count */
    EVENT_GROUP_JUDGED, /* name: verdict, rule, text: why, other: incident, data: facts and competing rules */
    EVENT_GROUP_MUTED,  /* until, text: reason */
    EVENT_GROUP_UNMUTED,
    /* of a person; subject: person id */
    EVENT_PERSON, /* text: display name, name: connector, value: its user id, data: {"email","zone","login"} */
    /* of the system */
    EVENT_MUTED,       /* subject: pattern, until, text: reason */
    EVENT_UNMUTED,     /* subject: pattern */
    EVENT_POLICY,      /* flag: true loaded, false refused; name: team file, text: error or digest */
    EVENT_TOKEN,       /* name, flag: true made, false revoked */
    EVENT_ACTION_DEAD, /* subject: action id, name: connector, text: why, other: incident */
    EVENT_TYPE_COUNT
};

enum event_subject { OF_INCIDENT, OF_GROUP, OF_PERSON, OF_SYSTEM };

enum event_field {
    FIELD_TEXT = 1,
    FIELD_NAME = 2,
    FIELD_VALUE = 4,
    FIELD_RULE = 8,
    FIELD_DATA = 16,
    FIELD_UNTIL = 32,
    FIELD_OTHER = 64,
    FIELD_COUNT = 128,
    FIELD_STATUS = 256,
    FIELD_FLAG = 512,
};

#define BY_APP      "app/"
#define BY_CUSTOMER "customer/"

struct event_kind {
    const char *name; /* "declared", as journaled */
    enum event_subject subject;
    unsigned must, may; /* sets of enum event_field */
    int revision;
};

struct event {
    enum event_type type;
    uint64_t seq;      /* place in the journal; 0 until durable */
    uint64_t version;  /* in its stream; set when it is folded */
    uint64_t incident; /* OF_INCIDENT: its number */
    char *subject;     /* others: fingerprint, person id, ...; NULL for OF_INCIDENT */
    instant at;
    /* "ana" (person id), "rule", "clock", "connector/slack", "api/NAME", "app/GitHub": another app on a platform, "customer/acme" */
    char *by;
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

void event_finish(struct event *event);
void event_list_finish(event_list *list);
/* A new last event with copies of the texts that nearly every event has. */
struct event *event_add(event_list *list, enum event_type type, uint64_t incident, instant at, const char *by);
void event_copy(struct event *to, const struct event *from);

/* "INC-42", "group/9f86…", "person/ana", "system". */
void event_stream(const struct event *event, struct str *out);
/* The payload only, as a JSON object: {"r":1,"text":…}; the rest are the journal's columns. */
void event_encode(const struct event *event, struct str *out);
/* From the journal's columns. Unknown fields are ignored, missing needed ones are ERR_CORRUPT. */
int event_decode(const char *stream, const char *type, const char *data, struct event *ret, struct error *err);
/* What a person reads in a timeline: "Ana paused it until tomorrow 09:00: waiting for the bank". People are named
   through `name_of` (NULL: ids). `zone` NULL is UTC. A text that such an event has, and this one has not, was deleted. */
void event_describe(const struct event *event, instant now, const char *zone,
                    const char *(*name_of)(void *ctx, const char *id), void *ctx, struct str *out);
/* What full-text search should find it by, or NULL. Borrowed from the event. */
const char *event_search_text(const struct event *event);

#endif
