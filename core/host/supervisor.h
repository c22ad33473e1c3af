/*
 * supervisor - starts, watches, restarts and stops all connectors, each in a process of its own.
 *
 * A runner that crashes, hangs (no answer to pings), breaks the protocol or fails to open is ended and restarted after 1 s,
 * doubling to 60 s; a healthy minute resets the delay. One whose file or settings are wrong is broken: it stays listed with
 * its reason until it is restarted or reconfigured. Actions that a runner had in progress when it died come back as
 * TOCSIN_UNKNOWN.
 *
 * Loop thread only. on_result, on_event, on_get, on_put and `done` are called from the loop, never from within a call;
 * on_state may be called from within supervisor_restart, _configure, _remove and _stop.
 */
#ifndef TOCSIN_HOST_SUPERVISOR_H
#define TOCSIN_HOST_SUPERVISOR_H

#include "base/error.h"
#include "host/edges.h"
#include "outbox/action.h"

struct supervisor;
struct uv_loop_s;

struct connector_info {
    const char *name, *file, *state, *version, *summary, *reason; /* NULL: unknown or none */
    uint64_t can;
    int restarts, in_flight;
    int pid;   /* of its process; 0: it has none */
    int fault; /* TOCSIN_E_… with which it failed to start the last time; 0: it did not */
    instant since;
};

extern const struct supervisor_times supervisor_times_default;

/* runner: path of tocsin-runner. */
struct supervisor *supervisor_create(struct uv_loop_s *loop, const char *runner,
                                     const struct supervisor_ops *ops);
/* Processes that start from now on run as this user, without further groups. Only root can do so. */
void supervisor_set_user(struct supervisor *supervisor, unsigned uid, unsigned gid);
void supervisor_set_times(struct supervisor *supervisor, const struct supervisor_times *times); /* for tests */
/* Adds and starts a connector. One that cannot start is listed as broken; only a taken or malformed name is an error. */
int supervisor_add(struct supervisor *supervisor, const struct connector_config *config, struct error *err);
/* Adds the connector, or restarts it if its file or settings changed. */
int supervisor_configure(struct supervisor *supervisor, const struct connector_config *config,
                         struct error *err);
/* Stops it and forgets it. Its actions in progress come back. */
int supervisor_remove(struct supervisor *supervisor, const char *name, struct error *err);
/* Stops and starts it, also when it is broken. Its actions in progress come back. */
int supervisor_restart(struct supervisor *supervisor, const char *name, struct error *err);
/* Asks it whether its credentials and permissions are OK, and whether announcements can be posted in that channel (may be NULL);
   calls `done` once. */
int supervisor_check(struct supervisor *supervisor, const char *name, const char *channel, check_done *done,
                     void *ctx, struct error *err);
void supervisor_each(struct supervisor *supervisor, bool (*on)(void *ctx, const struct connector_info *info),
                     void *ctx);

bool supervisor_can_take(struct supervisor *supervisor, const char *connector, uint64_t *ret_can);
/* Only after supervisor_can_take. on_result receives the outcome. */
void supervisor_perform(struct supervisor *supervisor, const struct action *action);
/* Answers to events, puts and gets. A token whose runner has died is ignored. */
void supervisor_ack(struct supervisor *supervisor, const char *connector, uint64_t token, int code);
void supervisor_value(struct supervisor *supervisor, const char *connector, uint64_t token, const char *value);

/* A webhook for a connector. `done` is called once: with status 503 if the connector is not available, 413 if the webhook
   is too large. */
void supervisor_serve(struct supervisor *supervisor, const char *connector, const struct webhook *webhook,
                      webhook_done *done, void *ctx);

/* Stops all connectors at once and ends those that have not stopped within 5 s. Calls `done` once every process is gone. */
void supervisor_stop(struct supervisor *supervisor, void (*done)(void *ctx), void *ctx);
/* Call after supervisor_stop's `done`, once the loop has run again. */
void supervisor_destroy(struct supervisor *supervisor);

#endif
