/*
 * chat - `tocsin chat`: talks to the console connector (plugins/console/console.h has the protocol).
 *
 * On a terminal: colour, history, completion, and messages that arrive while one types. Otherwise, or with `plain`, lines in
 * and lines out, for scripts and tests: at the end of input it stays until nothing was said for a second.
 *
 * What one types: `/join ROOM` (or the beginning of its name; without one, where one was invited last), `/rooms`, `/quit`; a number or letter of a button presses it; any other word after a
 * slash is a command (`/accept` is `/inc accept`); everything else is said in the room.
 */
#ifndef TOCSIN_CLI_CHAT_H
#define TOCSIN_CLI_CHAT_H

#include <stdbool.h>

#include "base/error.h"

struct chat_options {
    const char *socket;      /* path */
    const char *user;        /* counts only where the connector trusts its clients; NULL: the login name */
    const char *name, *zone; /* to show, and for times; NULL: the login name, the machine's zone */
    const char *room;        /* NULL: the connector's own */
    const char *history;     /* file; NULL: none is kept */
    bool plain;
};

/* Until end of input, /quit, or the connector goes away. 0, or an error that says what to do. */
int chat_main(const struct chat_options *options, struct error *err);

#endif
