/* matchers - what Alertmanager's matchers and time intervals say, as conditions of a rule. Only this folder includes it. */
#ifndef TOCSIN_MOVING_MATCHERS_H
#define TOCSIN_MOVING_MATCHERS_H

#include "moving/reading.h"

struct conditions {
    struct moving_rule *rule; /* gets what a match can say */
    struct str when;          /* the rest, as an expression of Lua */
    const char *wrong;        /* a regular expression that neither can say */
};
void conditions_of_route(struct reading *r, const cJSON *route, struct conditions *conditions);
void conditions_of_silence(struct reading *r, const cJSON *silence, struct conditions *conditions);

/* Adds the function `interval(name)` to the helpers, and that interval to it. */
void interval_helper(struct reading *r, const cJSON *interval);

/* The patterns with * and ? that together match what the anchored regular expression does. False: there are none. */
bool patterns_of_regex(struct moving *m, const char *regex, moving_texts *ret);

#endif
