/*
 * console - a line chat over a Unix socket, with rooms: the smallest connector. Read it first.
 *
 * Protocol between a client (`tocsin chat`) and the connector: one JSON object a line, at most 64 KiB, both ways.
 *
 *   client: {"do":"hello","name":"Ana","zone":"Europe/London","user":"ana"}   first; user counts only with `trust`
 *           {"do":"join","room":"incidents"}      enter a room; its history follows
 *           {"do":"leave","room":"incidents"}
 *           {"do":"say","room":"incidents","text":"…"}
 *           {"do":"press","room":"incidents","message":"m12","command":"INC-4 accept"}
 *           {"do":"rooms"}
 *   server: {"event":"welcome","user":"ana","room":"incidents"}
 *           {"event":"rooms","rooms":[{"name","topic"}]}         without archived ones
 *           {"event":"joined","room":"incidents","topic":"…"}    then each message of its history
 *           {"event":"topic","room","topic"}
 *           {"event":"invited","room","topic"}                   "removed": the contrary
 *           {"event":"message","room","id","at","from","text" or "card",["to":"ana"],["old":true],["page":true]}
 *           {"event":"edited","room","id","at","from","text" or "card"}
 *           {"event":"error","text":"…"}
 *
 * Who a client is, the kernel says (SO_PEERCRED): the login name of the process at the other end. It chooses the name
 * that others see, never who it is.
 *
 * Threads: run() owns the sockets; perform() changes rooms and hands lines to clients; one lock guards both.
 *
 * Files: console.c descriptor, serve.c sockets, verbs.c what clients say, clients.c what they are told, perform.c what
 * Tocsin wants, rooms.c rooms in memory, store.c rooms in the host's store.
 */
#ifndef CONSOLE_H
#define CONSOLE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include <tocsin/connector.h>

#define LINE_BYTES   65536
#define TEXT_BYTES   16384
#define NAME_BYTES   64
#define CLIENTS_MOST 64
#define ROOMS_MOST   4000
#define SLOTS        256               /* of a room's history in the store */
#define OUT_BYTES    ((size_t)8 << 20) /* a client that lets more than this wait is closed */

struct room {
    char *name, *topic, *key; /* key: of the action that opened it; NULL: always there */
    bool private, archived;
    bool loaded;     /* its messages were read from the store */
    cJSON *members;  /* array of user ids; matters for private ones */
    cJSON *messages; /* array, oldest first, as sent to clients, plus "key" and "seq"; see room_messages */
    int64_t next;    /* seq of the next message */
};

struct client {
    int fd; /* -1: free */
    char user[NAME_BYTES], name[NAME_BYTES], zone[NAME_BYTES];
    bool greeted;
    char *rooms[64]; /* joined */
    size_t n_rooms;
    char in[LINE_BYTES];
    size_t in_n;
    char *out;
    size_t out_n;
};

struct console {
    const struct tocsin_host *host;
    pthread_mutex_t lock;
    char *path, *default_room;
    bool trust;
    int64_t history;
    int listener, wake[2];
    struct room *rooms[ROOMS_MOST];
    size_t n_rooms;
    struct client *clients[CLIENTS_MOST];
    int64_t boot; /* makes ids unique over restarts */
    uint64_t counter;
};

/* verbs.c */
const char *member_text(const cJSON *object, const char *key, const char *fallback); /* "" gives the fallback */

/* rooms.c; all with the lock held. */
struct room *room_find(struct console *c, const char *name);
/* A name that is taken gets a number; the same key gives the same room however often it is asked. NULL: full. */
struct room *room_open(struct console *c, const char *name, const char *topic, bool private,
                       const cJSON *members, const char *key);
bool room_lets_in(const struct room *room, const char *user);
bool room_invite(struct room *room, const char *user);      /* false: was in already */
bool room_put_out(struct room *room, const char *user);     /* false: was not in */
cJSON *room_messages(struct console *c, struct room *room); /* read from the store when first asked for */
/* Adds a message (owned by the room) with the content's text and card. */
cJSON *room_add(struct console *c, struct room *room, const char *from, const char *key, const cJSON *content);
void message_fill(cJSON *message, const cJSON *content); /* text and card of the content replace its own */
cJSON *room_message(struct console *c, struct room *room, const char *member,
                    const char *value); /* by id or key */
void rooms_finish(struct console *c);

/* store.c; all with the lock held. 0, or -1 when it could not be kept. */
int store_room(struct console *c, const struct room *room);
int store_index(struct console *c); /* after a room was opened */
int store_message(struct console *c, const struct room *room, const cJSON *message);
void store_load_rooms(struct console *c);
void store_load_messages(struct console *c, struct room *room);

/* clients.c; all with the lock held. */
void message_strip(cJSON *line); /* of what is for the store only */
void client_send(struct console *c, struct client *client, const cJSON *line);
void clients_tell(struct console *c, const struct room *room, const char *event, const cJSON *message);
void clients_tell_user(struct console *c, const char *user, const cJSON *line);
/* "topic" to all in the room, or "invited" or "removed" to one user. */
void clients_tell_room(struct console *c, const struct room *room, const char *event, const char *user);
void client_join(struct console *c, struct client *client, struct room *room);
void client_close(struct client *client);
void client_flush(struct client *client);
void console_wake(struct console *c);
/* verbs.c: one line of a client, with the lock held; it is let go while the core is asked. */
void client_say(struct console *c, struct client *client, const char *line, size_t n);
/* serve.c: sockets until stop(). */
int32_t console_listen(struct console *c, struct tocsin_error *error);
int32_t console_run(void *self, struct tocsin_error *error);
/* perform.c */
void console_perform(void *self, const struct tocsin_action *action, struct tocsin_result *result);

#endif
