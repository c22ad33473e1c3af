/*
 * clients - who is connected, and what they are told. The console's lock must be held.
 *
 * Writing never blocks: what a client does not read waits, up to a limit. A client over the limit is shut down; it gets the history
 * when it joins again. Only run()'s thread closes clients.
 */
#ifndef CONSOLE_CLIENTS_H
#define CONSOLE_CLIENTS_H

#include <stdbool.h>
#include <stddef.h>

#include <cjson/cJSON.h>

#include "rooms.h"

#define LINE_BYTES   65536
#define CLIENTS_MOST 64
#define JOINED_MOST  64                /* rooms that one client is in */
#define OUT_BYTES    ((size_t)8 << 20) /* at most so much waits for a client */

struct client {
    int fd;
    char user[NAME_BYTES], name[NAME_BYTES], zone[NAME_BYTES];
    bool greeted;
    char *rooms[JOINED_MOST];
    size_t n_rooms;
    char in[LINE_BYTES];
    size_t in_n;
    char *out;
    size_t out_n;
};

struct clients {
    struct client *v[CLIENTS_MOST]; /* NULL: free */
    int wake[2];                    /* a pipe that wakes run() */
};

void clients_wake(const struct clients *clients); /* any thread, also without the lock */
void client_close(struct client *client);
void client_flush(struct client *client);
void client_send(const struct clients *clients, struct client *client, const cJSON *line);

void client_join(struct client *client, const char *room);
bool client_leave(struct client *client, const char *room); /* false: it was not in */

/* Everybody who has joined the room and may be in it. */
void clients_tell(const struct clients *clients, const struct room *room, const cJSON *line);
/* Lets all clients of a user join a room. */
void clients_join_user(const struct clients *clients, const char *user, const char *room);
void clients_tell_user(const struct clients *clients, const char *user, const cJSON *line);

#endif
