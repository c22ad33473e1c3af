/*
 * states - checks that the stored states of incidents match their events. Part of `tocsin verify`: the hash chain proves the
 * events (journal/verify.h), but Tocsin serves documents that are derived from them.
 *
 * It folds the events of each incident again and compares the result with its document. It also compares each event's search
 * text. Documents of other kinds (groups, people, actions, tokens) do not follow from events and are not checked. Only reads;
 * needs about 100 bytes of memory for each incident. One thread.
 */
#ifndef TOCSIN_TURN_STATES_H
#define TOCSIN_TURN_STATES_H

#include "base/map.h"
#include "engine/state.h"
#include "journal/verify.h"

struct states {
    verify_on_fault *on; /* may be NULL */
    journal_on_damage
        *on_damage;    /* of documents, and of states that are missing; set after states_init, may be NULL */
    void *ctx;         /* of both */
    struct map folded; /* incident's name -> hash of the folded state, or BROKEN if its events cannot be read */
    struct incident *incident;
    char *stream; /* of the incident being folded */
    bool broken;
    uint64_t faults;
};

/* Call states_finish afterwards. Faults go to `on`, including those of the journal. */
void states_init(struct states *states, verify_on_fault *on, void *ctx);
/* For journal_verify or journal_backup; borrows `states`. */
struct verify_hooks states_hooks(struct states *states);
/* After the walk: reports missing states. Returns the number of faults found here. */
uint64_t states_finish(struct states *states);

#endif
