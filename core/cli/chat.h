/*
 * chat - `tocsin chat`: a client of the console connector (plugins/console/console.h has the protocol).
 *
 * On a terminal it has colour, history and completion, and shows messages while the user types. Otherwise, or with `plain`, it
 * reads and writes lines, for scripts and tests. At the end of input it waits until nothing has arrived for a second.
 *
 * The user types `/join ROOM` (the beginning of the name is enough; without a name, the room of the newest invitation), `/rooms` or
 * `/quit`. The number or letter of a button presses it (chat_keys.h). Any other word after a slash is a command (`/accept` is `/inc accept`).
 * Everything else is posted in the room.
 */
#ifndef TOCSIN_CLI_CHAT_H
#define TOCSIN_CLI_CHAT_H

#include <stdbool.h>

#include "base/error.h"

struct chat_options {
    const char *socket;      /* path */
    const char *user;        /* used only if the connector trusts its clients; NULL: the login name */
    const char *name, *zone; /* to show, and for times; NULL: the login name, the machine's zone */
    const char *room;        /* NULL: the connector's default */
    const char *history;     /* file; NULL: no history is kept */
    bool plain;
    bool owns_daemon; /* the end of one is the end of the other */
};

/* Runs until the end of input or /quit. When the connection ends, a terminal waits for the connector to come back; a script and the
   owner of the daemon end. 0, or an error that says what to do. */
int chat_main(const struct chat_options *options, struct error *err);

#endif
