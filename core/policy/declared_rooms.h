/*
 * declared_rooms - what scripts declare of an incident's rooms and tickets; see declared.h.
 */
#ifndef TOCSIN_POLICY_DECLARED_ROOMS_H
#define TOCSIN_POLICY_DECLARED_ROOMS_H

#include "policy/named.h"
#include "policy/policy.h"

struct unmirrored_row { /* unmirrored{} */
    struct named named;
    text_list severities, services, teams, kinds, connectors; /* empty: any */
};

struct tickets_row { /* tickets{} */
    struct named named;
    text_list severities, services, teams, kinds; /* empty: any */
    char *tracker;                                /* NULL: it says nothing of that */
    text_list parents;
    text_list solves; /* connectors; empty: `solve` says it of every desk */
    bool says_parents, says_solve, solve;
};

#endif
