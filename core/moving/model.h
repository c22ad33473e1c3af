/*
 * model - people, schedules, escalations, teams and rules as any tool may have them: what readers make, and Lua is made of.
 */
#ifndef TOCSIN_MOVING_MODEL_H
#define TOCSIN_MOVING_MODEL_H

#include "base/mem.h"
#include "rotation/rotation.h"

/* All texts of the model are borrowed: from the documents, or from `kept`. */
typedef ARRAY(const char *) moving_texts;

struct moving_way {
    const char *connector, *address; /* "sms", "+4420…" */
};
struct moving_notice {     /* somebody's own rule for how they are notified */
    const char *connector; /* "sms", "call"; "": it only waits; NULL: there is no such way here */
    const char *address;   /* NULL: wherever they are on it */
    const char *method;    /* as the tool calls it */
    const char *only;      /* when it holds, as the tool says: "low urgency"; NULL: usually */
    duration after;
};
struct moving_person {
    const char *key;         /* the tool's id */
    const char *name, *mail; /* NULL: unknown */
    const char *word;        /* the id in the policy */
    ARRAY(struct moving_way) ways;
    ARRAY(struct moving_notice) notices; /* moving_ways leaves those that the policy can say */
    moving_texts notes;                  /* what cannot be said of how to reach them */
    bool missing; /* nobody: named in a schedule, but not among the people of the export */
};

/* Hours in which somebody is on call, by the clock on the wall. As in struct layer. */
struct moving_hours {
    unsigned days;
    int opens, closes;
};
struct moving_turns {
    const char *name; /* of the layer, rotation or shift */
    const char *id;   /* by which overrides name it; NULL: they do not */
    const char *zone; /* of tzdata */
    int rank;         /* a higher one hides those below; equal ones add up */
    ARRAY(moving_texts)
    groups;              /* whose turn it is, in order: the keys of the people who are on call together */
    struct wall start;   /* the first handover: a date, and the minute of the day */
    int length;          /* of a turn, in minutes */
    bool skips;          /* days without hours do not count */
    instant from, until; /* nobody is on call by it before or after; 0: no bound */
    ARRAY(struct moving_hours) hours; /* none: always */
};
struct moving_override {
    const char *person;  /* the key of whoever is on call instead */
    const char *instead; /* only where that person would be; NULL: instead of everybody */
    instant from, until;
    moving_texts turns; /* the ids or names of those that it is for; none: all */
};
struct moving_final { /* what the tool says itself: this person is on call then */
    const char *person;
    instant from, until;
};
struct moving_difference { /* words of people, or "nobody" */
    instant from, until;
    const char *theirs, *ours;
};
struct moving_schedule {
    const char *key, *name, *zone, *place; /* place: the file that it came from */
    ARRAY(struct moving_turns) turns;
    ARRAY(struct moving_override) overrides; /* a later one holds over an earlier */
    ARRAY(struct moving_final) finals;
    struct moving_lane *lanes; /* see fit.h; NULL until then */
    size_t n_lanes;
    instant compared_from, compared_until; /* 0: the export does not say who is on call */
    ARRAY(struct moving_difference) differences;
};

enum moving_kind { MOVING_PERSON, MOVING_SCHEDULE, MOVING_TEAM };
struct moving_target {
    enum moving_kind kind;
    const char *key;
};
struct moving_level {
    duration after; /* so long it is waited here before the next level */
    ARRAY(struct moving_target) targets;
};
struct moving_call { /* one level of an escalation{}: it calls one target */
    enum moving_kind kind;
    const char *word;
    duration after;
};
struct moving_escalation {
    const char *key, *name, *word, *place;
    ARRAY(struct moving_level) levels;
    int rounds;
    ARRAY(struct moving_call) calls; /* what becomes of the levels */
};
struct moving_team {
    const char *key, *name, *word, *place;
    moving_texts people; /* keys */
};

struct moving_match {
    const char *field; /* "service", "stream"; or a tag's name */
    bool tag;
    moving_texts patterns; /* any of them */
};
/* A route, a silence or a maintenance window. */
struct moving_rule {
    const char *name, *place;
    ARRAY(struct moving_match) matches;
    const char *
        when; /* an expression of Lua that must hold, too; NULL: none. Written by a reader, never taken from a file */
    const char *page;    /* the key of an escalation or the word of a team; NULL: it silences */
    const char *comment; /* NULL: none */
    int priority;
};

#endif
