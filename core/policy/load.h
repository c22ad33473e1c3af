/*
 * load - policy files into a set: the defaults first, then a directory's *.lua by name, then its tests.
 */
#ifndef TOCSIN_POLICY_LOAD_H
#define TOCSIN_POLICY_LOAD_H

#include "policy/set.h"

#define POLICY_FILE_BYTES ((size_t)1 << 20)

/* Text of a file, with its length; the caller frees. */
int read_file(const char *path, size_t most, char **ret, size_t *ret_n, struct error *err);
/* Names (not paths) of the *.lua of a directory, sorted; tests apart. */
typedef ARRAY(char *) name_list;
int list_policy(const char *directory, name_list *ret_files, name_list *ret_tests, struct error *err);
void name_list_finish(name_list *list);
/* The defaults and the directory's files (NULL: none) as one sealed set. */
int load_set(struct policy *policy, const char *directory, struct policy_set **ret, struct error *err);
/* Runs one test file against a set; what happened is told in `out`. Returns the number of failures, or < 0. */
int run_policy_tests(struct policy_set *set, const char *name, const char *text, size_t n, struct str *out,
                     struct error *err);

/* scripts/policy.lua and its test, compiled in. */
extern const char default_policy[];
extern const size_t default_policy_size;

#endif
