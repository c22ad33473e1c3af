/*
 * rig - a connector in its real process, as the checks use it: it is given actions and answers for, and its outcomes, events,
 * stored values and log are kept in memory. Nothing else of Tocsin runs.
 *
 * Each call blocks: it turns the loop until what it waits for has come, or its time is up. One thread.
 */
#ifndef TOCSIN_CONFORMANCE_RIG_H
#define TOCSIN_CONFORMANCE_RIG_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "base/error.h"
#include "base/str.h"
#include "base/time.h"

struct rig;
struct uv_loop_s;
struct webhook;

struct rig_setup {
    const char *runner, *name, *file;
    const cJSON *settings; /* of the connector */
    const cJSON *limits;   /* as configured; NULL: those that it declares */
};

#define RIG_DEADLINE (10 * SECOND) /* of each action */

struct outcome { /* lives as long as the rig; texts are never NULL */
    int times;   /* how often it came: 0 not yet; more than 1 is a fault */
    int code;    /* TOCSIN_DONE, ... */
    duration retry_after, took;
    char *remote_id, *detail;
    char *answer; /* of an action that asks, as it came */
};

struct todo {
    const char *kind, *key;
    int attempt;       /* from 1 */
    const cJSON *body; /* borrowed for the call */
};

/* Starts nothing yet. The loop is the caller's, for what else lives on it; it is not turned after rig_destroy. */
struct rig *rig_create(struct uv_loop_s *loop, const struct rig_setup *setup);
void rig_destroy(struct rig *rig);

/* Starts it, or restarts it. False: it did not come up in time; rig_trouble says why. */
bool rig_start(struct rig *rig);
bool rig_is_up(const struct rig *rig);
/* Waits until it is up, again if need be. */
bool rig_comes_up(struct rig *rig);
const char *rig_trouble(
    const struct rig *rig);          /* why it is not up, or why it last went down; "" if it did not */
int rig_ends(const struct rig *rig); /* how often it went down so far */
void rig_kill(struct rig *rig);      /* its process, with SIGKILL; waits until it is gone */
/* Stops it as a reload does. False: it had to be ended. */
bool rig_stop(struct rig *rig);

/* Hands an action over, when the rate limits allow it. The connector must be up. NULL: it is not, or the action is too large. */
const struct outcome *rig_begin(struct rig *rig, const struct todo *todo);
/* Waits for the outcome. False: it did not come while a call may take. */
bool rig_wait(struct rig *rig, const struct outcome *outcome);
/* Turns the loop for so long. */
void rig_turn(struct rig *rig, duration how_long);
/* Asks it to check its credentials, and whether that channel can be posted in. 0, or TOCSIN_E_… with the text. */
int rig_check(struct rig *rig, const char *channel, char **ret_text);

/* Runs a program of the suite's author to its end, while the connector goes on. Its exit status; -1: it did not end in time. */
int rig_run(struct rig *rig, const char *file, char **args);
/* Passes a webhook in. The HTTP status of its answer; 0: none came. */
int rig_serve(struct rig *rig, const struct webhook *webhook);

/* ---- what it said ---- */
const cJSON *rig_events(const struct rig *rig); /* an array, in order */
/* What to answer to events from now on: TOCSIN_EMITTED, ... */
void rig_answer_events(struct rig *rig, int code);
const char *rig_log(const struct rig *rig); /* lines since the last rig_forget_log */
void rig_forget_log(struct rig *rig);
bool rig_told_secret(const struct rig *rig); /* a secret was in something that it logged or answered */

#endif
