/*
 * console_client - somebody in the console of a running tocsind, for benches. What fails ends the program.
 */
#ifndef TOCSIN_TESTS_CONSOLE_CLIENT_H
#define TOCSIN_TESTS_CONSOLE_CLIENT_H

#include <stdio.h>

struct console_client {
    const char *path;
    FILE *says, *hears;
};

/* Enters as Ana through the socket at `path`, which is borrowed. */
void console_client_enter(struct console_client *client, const char *path);
void console_client_join(const struct console_client *client, const char *room);
void console_client_say(const struct console_client *client, const char *room, const char *text);
/* Reads until a line that has both texts. */
void console_client_hear(const struct console_client *client, const char *a, const char *b);

#endif
