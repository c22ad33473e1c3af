/*
 * message - one message of a room, as JSON: as it is stored, and as clients get it.
 *
 *   {"event":"message","room","id","at","seq","from",["key"],["text"],["card"]}
 *
 * seq is its number in the room, key belongs to the action that posted it. Clients get neither. Any thread.
 */
#ifndef CONSOLE_MESSAGE_H
#define CONSOLE_MESSAGE_H

#include <stdint.h>

#include <cjson/cJSON.h>

#define MESSAGE_ID 40

/* The id of a message that an action posts comes from the action's key. If a crash loses the message and the action is asked for
   again, it posts a message with the same id, which a client recognises. */
void message_id_of_key(const char *key, char id[MESSAGE_ID]);

/* Takes text and card from `content`; key NULL: a person said it. The caller deletes it. */
cJSON *message_create(const char *room, const char *id, int64_t seq, const char *from, const char *key,
                      const cJSON *content);
void message_fill(cJSON *message, const cJSON *content); /* text and card of the content replace its own */
int64_t message_seq(const cJSON *message);
/* As clients get it; `event` is "message" or "edited". The caller deletes it. */
cJSON *message_line(const cJSON *message, const char *event);

#endif
