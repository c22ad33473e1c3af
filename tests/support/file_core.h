/*
 * file_core - for benches: a core on a journal in a file, with the policy that ships. The journal is written by journal_step, in the
 * caller's thread. What fails aborts.
 */
#ifndef TOCSIN_TESTS_FILE_CORE_H
#define TOCSIN_TESTS_FILE_CORE_H

#include "policy_dir.h"
#include "turn/core.h"

struct file_core {
    struct policy_dir policy;
    struct journal *journal;
    struct core *core;
    struct rng rng;
    char folder[32]; /* of the journal */
};

/* A core without connectors, which nobody wakes. */
extern const struct core_ops file_core_alone;

void file_core_open(struct file_core *file, const struct core_ops *ops, instant now);
/* Removes the journal. */
void file_core_close(struct file_core *file);

#endif
