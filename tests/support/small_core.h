/*
 * small_core - a small core for tests of connectors: a loop, a supervisor, a key-value store in a map. It counts what
 * connectors report and keeps the latest of each. One for each process. Needs TOCSIN_BUILD, which `make test` sets.
 */
#ifndef TOCSIN_TESTS_SMALL_CORE_H
#define TOCSIN_TESTS_SMALL_CORE_H

#include <stdbool.h>
#include <uv.h>

#include "base/map.h"
#include "base/str.h"
#include "host/supervisor.h"

#define HELD_MOST 256

struct small_core {
    uv_loop_t loop;
    struct supervisor *supervisor;
    struct map store;
    int events, results, ups, downs, last_code, checks, responses, status;
    int healths;
    char health[512], unannounced[512];
    uint64_t last_action;
    duration retry_after;
    char remote_id[256], detail[512], reason[512], event[512], checked[512], type[96];
    struct str log, all_events, body; /* all_events: one event a line */
    bool again;                       /* what is performed may have been done before */
    int answer;                       /* the answer to events: TOCSIN_EMITTED … */
    bool hold;                        /* events stay unanswered, in `held` */
    uint64_t held[HELD_MOST];
    int n_held;
    bool ended;
};
extern struct small_core core;

int small_core_set_up(void **state);    /* with times short enough for a test */
int small_core_tear_down(void **state); /* stops everything, and checks that nothing is left */
/* name: the NAME of tests/connectors/NAME.c, or of plugins/NAME if that folder exists. */
void small_core_add(const char *name, const char *settings);
void small_core_add_limited(const char *name, const char *settings, int64_t memory);
void small_core_perform(const char *connector, uint64_t id, const char *kind, const char *key,
                        const char *body);
void small_core_serve(const char *connector, const struct webhook *webhook);
void small_core_check(const char *connector);
const struct connector_info *small_core_info(const char *connector); /* valid until the next call */

/* Runs the loop until the condition holds; `make test` limits the time. */
#define wait_for(condition)                                                                                    \
    do {                                                                                                       \
        while (!(condition))                                                                                   \
            uv_run(&core.loop, UV_RUN_ONCE);                                                                   \
    } while (0)

#endif
