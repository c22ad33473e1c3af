/*
 * suite - what the checks share: the connector that is tried, what it can do, and how a check says what it found.
 *
 * A check is a function. It fails with its first suite_fail; later ones in the same check say nothing.
 */
#ifndef TOCSIN_CONFORMANCE_SUITE_H
#define TOCSIN_CONFORMANCE_SUITE_H

#include "conformance/conformance.h"
#include "conformance/link.h"
#include "conformance/rig.h"

struct suite {
    const struct conformance *wish;
    const cJSON *descriptor;
    uint64_t can;
    int parallel;
    struct rig *rig;
    struct link *link;     /* NULL: nothing is between the connector and its platform */
    const char *no_link;   /* then: why not */
    const cJSON *settings; /* that it is started with */
    bool dead;             /* it does not start any more */
    enum verdict verdict;
    struct str why;
    int said; /* actions so far: each has a text and a key of its own */
    char *key_base;
    char posted[256]; /* the id of a message in the channel; "": none */
};

enum need {
    NEEDS_LINK = 1,
    NEEDS_CHANNEL = 2,
    NEEDS_USER = 4,
    NEEDS_EMAIL = 8,
    NEEDS_CUSTOMER = 16,
    MAY_END = 32,
    NO_PROCESS = 64,
    NEEDS_SAYS = 128
};

struct check {
    const char *name;
    uint64_t can; /* what the connector must declare: all of these */
    unsigned needs;
    void (*run)(struct suite *suite);
};

struct check_list {
    const struct check *v;
    size_t n;
};
/* In the order in which they run; each file of checks has one. */
extern const struct check_list declare_checks, say_checks, reach_checks, ticket_checks, odd_checks,
    again_checks, fault_checks, life_checks, heard_checks, told_checks;

__attribute__((format(printf, 2, 3))) void suite_fail(struct suite *suite, const char *format, ...);
__attribute__((format(printf, 2, 3))) void suite_skip(struct suite *suite, const char *format, ...);
bool suite_failed(const struct suite *suite);

/* ---- actions (act.c) ---- */

/* What a check does with one action: made once, and performed as often as it takes. */
struct act {
    const char *kind;
    cJSON *body;
    char *key;
    int attempt;                   /* the latest; 0: not yet performed */
    const struct outcome *outcome; /* the latest; before one has come its `times` is 0 */
};

/* A new action, which owns body and is finished with act_finish. */
struct act act_make(struct suite *suite, const char *kind, cJSON *body);
void act_finish(struct act *act);
#define CLEANUP_ACT CLEANUP(act_finish)

/* Hands it over for the first time, and does not wait. Without a connector to take it, no outcome comes. */
void act_begin(struct suite *suite, struct act *act);
/* Performs it once, as this attempt. False, and the check has failed: no outcome came. */
bool act_try(struct suite *suite, struct act *act, int attempt);
/* Performs it as the core would: again after RETRY, or, where it is unsure, with a higher attempt. Ends with another outcome, or
   after some attempts. False, and the check has failed: no outcome came. */
bool act_settle(struct suite *suite, struct act *act);
/* Fails the check unless the outcome is DONE, and, with_id, has an id. */
bool act_is_done(struct suite *suite, const struct act *act, bool with_id);
/* act_settle and act_is_done. */
bool act_do(struct suite *suite, struct act *act, bool with_id);
/* Performs it again, as after a crash that lost its outcome. Fails the check unless it is DONE with the id that it had before. */
void act_again(struct suite *suite, struct act *act);
/* "RETRY ("the server is busy")", for texts. Valid until the second next call. */
const char *act_came(const struct act *act);

/* ---- bodies (act.c) ---- */

cJSON *body_of(const char *key, const char *value, ...)
    __attribute__((sentinel)); /* texts; NULL values are left out */
/* "Conformance 12: edit", so that people know, and can count, what was said. Valid until the next call. */
const char *suite_text(struct suite *suite, const char *what);
/* Something that reaches the platform and has an id: a post, a message to the customer, or a page, as the connector can and as was
   given. False, and the check is skipped: there is no such thing. */
bool act_say(struct suite *suite, const char *what, struct act *ret);

#endif
