/*
 * declared_people - who can be paged, as scripts declare it: people{}, team{}, rotation{}, holidays{}. Rows as in declared.h. Loop thread only.
 */
#ifndef TOCSIN_POLICY_DECLARED_PEOPLE_H
#define TOCSIN_POLICY_DECLARED_PEOPLE_H

#include "policy/named.h"
#include "policy/roster.h"
#include "rotation/rotation.h"

struct person_row {     /* one of people{} */
    struct named named; /* its name is the id */
    char *name, *email; /* NULL: not given */
    ARRAY(struct roster_user) users;
};

struct team_row { /* team{} */
    struct named named;
    text_list people;     /* at least one, unless it has a rotation */
    char *rotation;       /* the rotation's name; NULL: none */
    char *channel, *desk; /* NULL: not said */
};

struct holidays_row { /* holidays{} */
    struct named named;
    char *file; /* in the policy's folder */
    struct holidays days;
};

struct layer_row { /* one of rotation{}, as written; NULL: not said */
    text_list people, days;
    char *zone, *start, *ends, *handover, *hours, *holidays;
    duration length;
    bool skip;
};

struct rotation_row { /* rotation{} */
    struct named named;
    struct rotation rotation;
    ARRAY(struct layer_row) rows;     /* the first is the rotation itself */
    ARRAY(struct layer) layers;       /* of the rotation; they borrow from the rows */
    ARRAY(struct roster_user) groups; /* on connectors; connector NULL: on each that has groups */
};

struct set_roster {
    ARRAY(struct person_row) people;
    ARRAY(struct team_row) teams;
    ARRAY(struct rotation_row) rotations;
    ARRAY(struct holidays_row) holidays;
};

/* By name, "@payments", in any case; NULL: there is none. */
const struct team_row *find_team(const struct policy_set *set, const char *name);
const struct rotation_row *find_rotation(const struct policy_set *set, const char *name);

#endif
