/*
 * conformance - tries a connector in its real process, one check after the other: what it declares, that it does what it can, and
 * what it does when its platform is slow, cut off, gone or too busy, when it crashes, and when it is stopped.
 *
 * For `tocsin connector test`. Everything is done for real: messages are posted in `channel`, people are paged. What the connector
 * does not declare, and what was not given, is skipped. Blocks for a minute or more. One at a time.
 */
#ifndef TOCSIN_CONFORMANCE_H
#define TOCSIN_CONFORMANCE_H

#include <cjson/cJSON.h>

#include "base/error.h"

struct conformance { /* NULL: not given */
    const char *runner, *name, *file;
    const cJSON *settings;          /* of the connector, as configured */
    const cJSON *limits;            /* as configured, in the place of those that it declares */
    const char *channel;            /* where to post */
    const char *user;               /* a user id: whom to write to and to page */
    const char *email;              /* somebody's e-mail address, to be found */
    const char *customer, *address; /* whom to tell, and where */
    const char *says; /* a shell command that makes somebody write its last argument where the bot hears it */
    const char *only; /* the name of a check: the others do not run */
    const char *peer; /* the setting that names the platform's address; default: the first that does */
};

enum verdict { CHECK_OK, CHECK_FAILED, CHECK_SKIPPED };

/* One line for each check, in their order. why: what was expected and what came, or why it was skipped; NULL when it is fine.
   log: what the connector logged meanwhile. Borrowed. */
typedef void conformance_line(void *ctx, const char *check, enum verdict verdict, const char *why,
                              const char *log);

/* Runs all checks. Returns how many failed; negative: it could not begin. */
int conformance_run(const struct conformance *wish, conformance_line *line, void *ctx, struct error *err);

#endif
