/*
 * declared_drills - scripts of exercises: drill{}. Rows as in declared.h.
 */
#ifndef TOCSIN_POLICY_DECLARED_DRILLS_H
#define TOCSIN_POLICY_DECLARED_DRILLS_H

#include "policy/drills.h"
#include "policy/named.h"

struct drill_row { /* drill{} */
    struct named named;
    char *title, *about, *severity, *service, *team;
    ARRAY(struct drill_step) steps;
    duration ends;
};

#endif
