/*
 * component - one part of the daemon: how it starts, reloads and stops, and what it may ask of the daemon.
 *
 * A component is one file of this folder, which defines `const struct component NAME_component` and holds its own state, and one
 * row of the table in main.c. Components start in the order of the table and are undone in reverse. So each may use those above it,
 * through their headers, and none below. Loop's thread only.
 *
 *     start, any number of (check, reload), drain, stop, destroy
 *
 * All functions but start may be NULL. Each phase is through with all components before the next one begins.
 */
#ifndef TOCSIN_DAEMON_COMPONENT_H
#define TOCSIN_DAEMON_COMPONENT_H

#include <stdbool.h>

#include "base/error.h"
#include "base/str.h"
#include "policy/configuration.h"

struct daemon;
struct uv_loop_s;

struct component {
    const char *name; /* as in "could not start the NAME" */
    /* The error says what failed and what to do. The loop does not turn while components start. */
    int (*start)(struct daemon *daemon, const struct configuration *configuration, struct error *err);
    /* Would a reload of `fresh` work? Changes nothing. When one component says no, none is reloaded. */
    int (*check)(const struct configuration *running, const struct configuration *fresh, struct error *err);
    /* Takes up what changed, and says so: for each change "; " and a plain clause. Nothing of `running` lives on. */
    void (*reload)(const struct configuration *running, const struct configuration *fresh, struct str *said);
    /* Take in nothing new, and end what is at hand. False: not done yet, daemon_drained will be called. */
    bool (*drain)(struct daemon *daemon);
    /* The loop has ended: nothing more reaches other components from here on. */
    void (*stop)(void);
    /* Frees everything, also after a start that failed. Its handles are closed when the loop has turned once more. */
    void (*destroy)(void);
};

struct uv_loop_s *daemon_loop(struct daemon *daemon);
/* Reads the configuration again, all or nothing. *said: what changed, in one sentence. Logs what became of it. */
int daemon_reload(struct daemon *daemon, struct str *said, struct error *err);
/* Begins to stop, and returns at once; `why` is for the log. Once is enough. */
void daemon_stop(struct daemon *daemon, const char *why);
/* A component whose drain returned false is done. */
void daemon_drained(struct daemon *daemon);

#endif
