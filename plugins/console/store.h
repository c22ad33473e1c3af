/*
 * store - rooms and messages in the host's store, so that they survive a restart.
 *
 *   rooms:N            names, STORE_NAMES a value, in the order in which the rooms were opened
 *   room:NAME          the room without its messages
 *   message:NAME:SLOT  one message; its slot is its seq modulo STORE_SLOTS, so a new one takes the place of the oldest
 *
 * So a message costs one small value, and messages are read only for rooms that somebody enters or posts to.
 *
 * Nothing here waits for the disk. A value is kept together with what the calling thread says next to the core (see `keep` in
 * tocsin/connector.h): a person's message with its event, Tocsin's message with the outcome of the action that posted it. So
 * the core never takes a message for posted that its room has lost. A value that is too long for the store stays in memory only.
 */
#ifndef CONSOLE_STORE_H
#define CONSOLE_STORE_H

#include <stddef.h>

#include <cjson/cJSON.h>

#include <tocsin/connector.h>

#define STORE_NAMES 400
#define STORE_SLOTS 256

void store_keep_names(const struct tocsin_host *host, size_t number, const cJSON *names);
void store_keep_room(const struct tocsin_host *host, const char *name, const cJSON *room);
void store_keep_message(const struct tocsin_host *host, const char *room, const cJSON *message);

/* The caller deletes it; NULL: there is none. */
cJSON *store_get_names(const struct tocsin_host *host, size_t number);
cJSON *store_get_room(const struct tocsin_host *host, const char *name);
/* All messages of a room, oldest first; the caller deletes them. Returns how many there are. */
size_t store_get_messages(const struct tocsin_host *host, const char *room, cJSON *found[STORE_SLOTS]);

#endif
