/*
 * tests - a policy test file while it runs: its made-up incidents, and the policy's reactions.
 *
 * The functions that a test file calls (lua_test.c, lua_test_incident.c) share it; run_policy_tests owns it. It does not
 * outlive the file.
 */
#ifndef TOCSIN_POLICY_TESTS_H
#define TOCSIN_POLICY_TESTS_H

#include "policy/bind.h"

struct trial_told { /* a customer was told of a made-up incident */
    uint64_t incident;
    char *customer;
    instant at;
};

/* Everything here is freed at the end, even if functions of the test leave by longjmp. */
struct tests {
    struct policy trial;
    struct policy *before;
    struct script script;
    const struct policy_report *report;
    struct str person;
    instant now;
    ARRAY(struct incident *) incidents;
    reaction_list reactions;
    obligation_list obligations;
    event_list events;
    struct verdict verdict;
    text_list texts;
    ARRAY(struct policy_customer) directory; /* its texts are in `texts` */
    ARRAY(struct trial_told) told;
    char failure[600]; /* of a script under test */
    int passed, failed;
};

struct tests *tests_of(lua_State *L);
/* A string of the table at 1; valid until the test ends. */
const char *tests_text(lua_State *L, const char *key, const char *fallback);
void bind_test_incidents(lua_State *L); /* declare, act, owed, missed, run */

#endif
