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
 *           {"event":"rooms","rooms":[{"name","topic"}]}
 *           {"event":"joined","room":"incidents","topic":"…"}    then each message of its history
 *           {"event":"message","room","id","at","from","text" or "card",["to":"ana"],["old":true],["page":true]}
 *           {"event":"edited","room","id","at","from","text" or "card"}
 *           {"event":"error","text":"…"}
 *
 * Who a client is, the kernel says (SO_PEERCRED): the login name of the process at the other end. It chooses the name
 * that others see, never who it is.
 *
 * Threads: run() owns the sockets; perform() changes rooms and hands lines to clients; one lock guards both.
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
#define ROOMS_MOST   2000
#define OUT_BYTES    (1 << 20) /* a client that lets more than this wait is closed */

struct room {
    char *name, *topic, *key; /* key: of the action that opened it; NULL: always there */
    bool private;
    cJSON *members;  /* array of user ids; matters for private ones */
    cJSON *messages; /* array, oldest first, as sent to clients, plus "key" */
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

/* rooms.c; all with the lock held. */
struct room *room_find(struct console *c, const char *name);
struct room *room_open(struct console *c, const char *name, const char *topic, bool private,
                       const cJSON *members, const char *key);
bool room_lets_in(const struct room *room, const char *user);
void room_invite(struct console *c, struct room *room, const char *user);
/* Adds a message (owned by the room afterwards) and returns its id, borrowed. */
const char *room_add(struct console *c, struct room *room, const char *from, const char *key,
                     const cJSON *content);
cJSON *room_message(struct room *room, const char *member,
                    const char *value); /* by "id" or "key"; NULL: none */
int room_save(struct console *c, const struct room *room);
void rooms_load(struct console *c);
void rooms_finish(struct console *c);

/* clients.c; all with the lock held. */
void client_send(struct client *client, const cJSON *line);
void clients_tell(struct console *c, const struct room *room, const char *event, const cJSON *message);
void clients_tell_user(struct console *c, const char *user, const cJSON *line);
void client_join(struct console *c, struct client *client, struct room *room);
void client_close(struct client *client);
/* serve.c: sockets until stop(). */
int32_t console_listen(struct console *c, struct tocsin_error *error);
int32_t console_run(void *self, struct tocsin_error *error);
/* perform.c */
void console_perform(void *self, const struct tocsin_action *action, struct tocsin_result *result);

#endif
