/*
 * load - loads policy files into a set: the defaults first, then a directory's files in order of name, then its tests.
 */
#ifndef TOCSIN_POLICY_LOAD_H
#define TOCSIN_POLICY_LOAD_H

#include "policy/files.h"
#include "policy/set.h"

/* Loads the defaults and the files as one sealed set. */
int load_set(struct policy *policy, const struct policy_files *files, struct policy_set **ret,
             struct error *err);
/* Runs one test file against a set. Returns the number of failures, or a negative error. */
int run_policy_tests(struct policy_set *set, const char *name, const char *text, size_t n,
                     const struct policy_report *report, struct error *err);

/* scripts/policy.lua, compiled in. */
extern const char default_policy[];
extern const size_t default_policy_size;

#endif
