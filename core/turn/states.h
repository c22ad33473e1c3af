/*
 * states - whether the kept states of incidents are what their events say. Part of `tocsin verify`: the chain proves the
 * events (journal/verify.h), and what Tocsin serves is documents that follow from them.
 *
 * Each incident's events are folded anew, and its document compared with the result; so is the text that search finds an
 * event by. Documents of other kinds (groups, people, actions, tokens) are counts and settings, and follow from no
 * events. Reads only; memory grows by some 100 bytes for each incident. One thread.
 */
#ifndef TOCSIN_HUB_STATES_H
#define TOCSIN_HUB_STATES_H

#include "base/map.h"
#include "engine/state.h"
#include "journal/verify.h"

struct states {
    verify_on_fault *on; /* may be NULL */
    void *ctx;
    struct map folded; /* hash of the state by the incident's name; 0: its events cannot be read */
    struct incident *incident;
    char *stream; /* of the incident that is being folded */
    bool broken;
    uint64_t faults;
};

/* To be finished. Faults go to `on`, those of the journal as well. */
void states_init(struct states *states, verify_on_fault *on, void *ctx);
/* For journal_verify or journal_backup; borrows `states`. */
struct verify_hooks states_hooks(struct states *states);
/* After that: tells of states that are missing. Returns the number of faults found here. */
uint64_t states_finish(struct states *states);

#endif
