/*
 * policy_dir - a temporary policy directory for a test, and a policy loaded from it.
 */
#ifndef TOCSIN_TESTS_POLICY_DIR_H
#define TOCSIN_TESTS_POLICY_DIR_H

#include "policy/policy.h"

struct policy_dir {
    char path[64];
    char failure[600]; /* a script's latest failure: "team.lua:3: …" */
    int failures;
    struct policy *policy;
};

/* Makes the directory; removes it with everything in it. */
void policy_dir_init(struct policy_dir *dir);
void policy_dir_finish(struct policy_dir *dir);
void policy_dir_write(struct policy_dir *dir, const char *name, const char *text);
/* 0 and dir->policy, or the error. */
int policy_dir_load(struct policy_dir *dir, struct error *err);
/* Loads a text as team.lua; fails the test where it is refused. */
const struct policy *policy_dir_team(struct policy_dir *dir, const char *text);
/* Fails the test unless that text is refused as team.lua, with its line and these words. `shown`: what the failure names. */
void policy_dir_refuses(struct policy_dir *dir, const char *text, const char *shown, const char *why);

/* One for each process, for tests that cmocka sets up and tears down. */
extern struct policy_dir policy_dir;
int policy_dir_set_up(void **state);
int policy_dir_tear_down(void **state);

/* A group with every text set: an error in production, seen once, now. */
struct group policy_group(const char *title, const char *service, instant now);

#endif
