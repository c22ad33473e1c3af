/*
 * daemon - walks a table of components: starts them in order, reloads them together, and undoes them in reverse.
 *
 * It owns the loop and the configuration in force, and knows no component by name. A start that fails half way stops what was
 * started; so main does the same after either outcome:
 *
 *     daemon_create, daemon_start, daemon_run, daemon_destroy
 */
#ifndef TOCSIN_DAEMON_DAEMON_H
#define TOCSIN_DAEMON_DAEMON_H

#include <stddef.h>

#include "daemon/component.h"

/* The table stays the caller's. NULL: the system gives no event loop, for want of descriptors; *err says so. */
struct daemon *daemon_create(const struct component *const *components, size_t n, struct error *err);
/* On failure what was started is about to stop: daemon_run ends when it has drained. */
int daemon_start(struct daemon *daemon, const char *path, struct error *err);
/* Until daemon_stop was called and all components have drained. */
void daemon_run(struct daemon *daemon);
/* After daemon_run. */
void daemon_destroy(struct daemon *daemon);

#endif
