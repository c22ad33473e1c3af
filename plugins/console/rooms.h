/*
 * rooms - rooms and their messages in memory, backed by the store (store.h). The console's lock must be held.
 *
 * Whoever changes a room or a message also keeps it, before telling the core what the change belongs to; and keeps it again when the
 * core asks for the same action again, since the first time may have been lost.
 */
#ifndef CONSOLE_ROOMS_H
#define CONSOLE_ROOMS_H

#include <search.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include <tocsin/connector.h>

#define ROOMS_MOST 4000
#define NAME_BYTES 64

struct room {
    char *name, *topic, *key; /* key: of the action that opened it; NULL: always there */
    size_t number;            /* in the order in which they were opened */
    bool private, archived;
    bool unread;     /* its messages were not read from the store yet */
    cJSON *members;  /* array of user ids; matters for private ones */
    cJSON *messages; /* array, oldest first; see room_messages */
    int64_t next;    /* seq of the next message */
};

struct rooms {
    const struct tocsin_host *host;
    int64_t history; /* messages held of each room */
    struct room *v[ROOMS_MOST];
    size_t n;
    struct hsearch_data by_name, by_key;
};

struct room_wish {
    const char *name, *topic; /* topic NULL: none */
    bool private;
    const cJSON *members; /* NULL: none */
    const char *key; /* the same gives the same room however often it is asked for; NULL: always a new one */
};

void rooms_init(struct rooms *rooms, const struct tocsin_host *host, int64_t history);
/* Loads all rooms, and opens the named one if there is none: people start there. */
void rooms_load(struct rooms *rooms, const char *name, const char *topic);
void rooms_finish(struct rooms *rooms);

struct room *rooms_find(struct rooms *rooms, const char *name); /* NULL: there is none; `name` may be NULL */
/* Adds a number to a name that is taken. NULL: there are too many rooms, or the name has no letter. */
struct room *rooms_open(struct rooms *rooms, const struct room_wish *wish);
void rooms_keep(struct rooms *rooms, const struct room *room);
void rooms_keep_new(struct rooms *rooms, const struct room *room); /* also that there is such a room */

bool room_lets_in(const struct room *room, const char *user);
bool room_invite(struct room *room, const char *user);  /* false: they were in already */
bool room_put_out(struct room *room, const char *user); /* false: they were not in */

const cJSON *room_messages(struct rooms *rooms, struct room *room);
/* Adds a message, which the room owns; see message_create. */
cJSON *room_add(struct rooms *rooms, struct room *room, const char *id, const char *from, const char *key,
                const cJSON *content);
cJSON *room_find(struct rooms *rooms, struct room *room, const char *member,
                 const char *value); /* by id or key */
/* Removes a message that the core did not take. */
void room_drop(struct rooms *rooms, struct room *room, const char *id);
void room_keep(struct rooms *rooms, const struct room *room, const cJSON *message);

#endif
