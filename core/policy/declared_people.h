/*
 * declared_people - who can be paged, as scripts declare it: people{}, team{}, access{}, rotation{}, holidays{}, escalation{}. Rows as in declared.h. Loop thread only.
 */
#ifndef TOCSIN_POLICY_DECLARED_PEOPLE_H
#define TOCSIN_POLICY_DECLARED_PEOPLE_H

#include "escalation/escalation.h"
#include "policy/access.h"
#include "policy/named.h"
#include "policy/roster.h"
#include "rotation/rotation.h"

struct layer_row { /* one of rotation{}, as written; NULL: not said */
    text_list people, days;
    char *zone, *start, *ends, *handover, *hours, *holidays;
    duration length;
    bool skip;
};

struct hours_row { /* hours, days, holidays and zone, as rotation{} has them */
    struct layer_row row;
    struct layer layer;
    bool given; /* hours or days are */
};

struct quiet_row { /* quiet = { … } */
    struct hours_row hours;
    text_list severities; /* those that wait */
};

struct way_row { /* one of a person's ways */
    char *name;  /* a connector, or "call" */
    duration after;
    text_list severities; /* none: any */
};

struct person_row {     /* one of people{} */
    struct named named; /* its name is the id */
    char *name, *email; /* NULL: not given */
    ARRAY(struct roster_user) users;
    ARRAY(struct way_row) ways; /* none: the usual ones */
    struct quiet_row quiet;
};

struct team_row { /* team{} */
    struct named named;
    text_list people;     /* at least one, unless it has a rotation */
    char *rotation;       /* the rotation's name; NULL: none */
    char *escalation;     /* its name; NULL: the one with the team's name, if there is one */
    char *channel, *desk; /* NULL: not said */
    bool digest;          /* the channel gets its month each Monday */
};

struct holidays_row { /* holidays{} */
    struct named named;
    char *file, *url; /* in the policy's folder, or an address: one of them is NULL */
    bool read;        /* false: nothing has come from that address yet, so there are no days */
    struct holidays days;
};

struct rotation_row { /* rotation{} */
    struct named named;
    struct rotation rotation;
    ARRAY(struct layer_row) rows;     /* the first is the rotation itself */
    ARRAY(struct layer) layers;       /* of the rotation; they borrow from the rows */
    ARRAY(struct roster_user) groups; /* on connectors; connector NULL: on each that has groups */
};

struct level_of_escalation { /* as written */
    enum level_kind kind;
    char *name; /* NULL: everybody */
    duration after;
};

struct escalation_row { /* escalation{} */
    struct named named;
    text_list severities, services;
    struct hours_row hours;
    struct quiet_row quiet;
    ARRAY(struct level_of_escalation) written;
    ARRAY(struct level) levels; /* they borrow from those written */
    struct escalation escalation;
};

struct set_roster {
    ARRAY(struct person_row) people;
    ARRAY(struct team_row) teams;
    ARRAY(struct rotation_row) rotations;
    ARRAY(struct holidays_row) holidays;
    ARRAY(struct escalation_row) escalations;
    struct access_rules access;
};

const char *bare_name(const char *typed); /* without an @ before it */
/* By name, "@payments", in any case; NULL: there is none. */
const struct team_row *find_team(const struct policy_set *set, const char *name);
const struct rotation_row *find_rotation(const struct policy_set *set, const char *name);
const struct person_row *find_person(const struct policy_set *set, const char *id);
/* The first of them that has this name. */
const struct escalation_row *find_escalation(const struct policy_set *set, const char *name);

/* escalations.c: checks escalation{} and ways, and makes the levels of what was written. */
int escalations_seal(struct policy_set *set, struct error *err);
/* Calls `on` with a sentence for each thing that is probably not meant. */
void escalations_doubts(const struct policy_set *set, void (*on)(void *ctx, const char *fault), void *ctx);

#endif
