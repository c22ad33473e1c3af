/*
 * supervisor - all connectors as the core sees them: started, watched, restarted, stopped, each in a process of its own.
 *
 * A runner that crashes, hangs (no answer to pings), breaks the protocol or fails to open is ended and started again after 1 s,
 * doubling to 60 s; a minute of health begins anew. One whose file or settings are wrong is broken: it stays listed with its
 * reason until it is restarted or configured anew. Actions in a runner's hands when it dies come back as TOCSIN_UNKNOWN.
 *
 * Loop's thread only. on_result, on_event, on_get, on_put and `done` come from the loop, never from within a call;
 * on_state may come from within supervisor_restart, _configure, _remove and _stop.
 */
#ifndef TOCSIN_HOST_SUPERVISOR_H
#define TOCSIN_HOST_SUPERVISOR_H

#include "base/error.h"
#include "host/edges.h"
#include "outbox/action.h"

struct supervisor;
struct uv_loop_s;

struct connector_info {
    const char *name, *file, *state, *version, *summary, *reason; /* NULL: not known, none */
    uint64_t can;
    int restarts, in_flight;
    instant since;
};

extern const struct supervisor_times supervisor_times_default;

/* runner: path of the program tocsin-runner. */
struct supervisor *supervisor_create(struct uv_loop_s *loop, const char *runner,
                                     const struct supervisor_ops *ops);
void supervisor_set_times(struct supervisor *supervisor, const struct supervisor_times *times); /* for tests */
/* Starts one more. A broken one is listed as such; only a name that is taken, or is none, is an error. */
int supervisor_add(struct supervisor *supervisor, const struct connector_config *config, struct error *err);
/* Starts it with another file or settings, if they differ; it is added if there is none of that name. */
int supervisor_configure(struct supervisor *supervisor, const struct connector_config *config,
                         struct error *err);
/* Stops it and forgets it; its actions in flight come back. */
int supervisor_remove(struct supervisor *supervisor, const char *name, struct error *err);
/* Stops it (its actions in flight come back) and starts it anew; broken ones too. */
int supervisor_restart(struct supervisor *supervisor, const char *name, struct error *err);
/* Asks it whether its credentials and rights are well; done(ctx, 0 or TOCSIN_E_..., text) once. */
int supervisor_check(struct supervisor *supervisor, const char *name, check_done *done, void *ctx,
                     struct error *err);
void supervisor_each(struct supervisor *supervisor, bool (*on)(void *ctx, const struct connector_info *info),
                     void *ctx);

bool supervisor_can_take(struct supervisor *supervisor, const char *connector, uint64_t *ret_can);
/* Only after can_take. The outcome comes by on_result. */
void supervisor_perform(struct supervisor *supervisor, const struct action *action);
/* Answers to events and puts; a token whose runner died meanwhile is ignored. */
void supervisor_ack(struct supervisor *supervisor, const char *connector, uint64_t token, int code);
void supervisor_value(struct supervisor *supervisor, const char *connector, uint64_t token, const char *value);

/* A webhook for a connector; `done` is called once: with status 503 when it cannot be asked, 413 when that is too long. */
void supervisor_serve(struct supervisor *supervisor, const char *connector, const struct webhook *webhook,
                      webhook_done *done, void *ctx);

/* Stops all at once: asks them, ends those that do not within 5 s; `done` once every process is gone. */
void supervisor_stop(struct supervisor *supervisor, void (*done)(void *ctx), void *ctx);
/* After supervisor_stop's `done`, when the loop has run once more. */
void supervisor_destroy(struct supervisor *supervisor);

#endif
