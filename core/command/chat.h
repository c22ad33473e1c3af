/*
 * chat - turns what people do on the platforms (see "Events" in tocsin/connector.h) into commands and timeline events.
 *
 * Each event is processed once: its id is journaled in the same batch as its results, so a connector may pass it in again
 * after any crash. A command line (a slash command, a prefix, a mention, a direct message, a button) is run and answered
 * where it was typed; other messages in an incident's channel become part of its timeline. All text is made valid UTF-8 and
 * cut to size first. Loop's thread only.
 */
#ifndef TOCSIN_COMMAND_CHAT_H
#define TOCSIN_COMMAND_CHAT_H

#include <cjson/cJSON.h>

#include "command/emoji.h"
#include "turn/core.h"

struct chat;

/* `emoji`: n rows, copied, added to the defaults (a pushpin pins, a thumbs-up approves); an empty command removes one. The
   core must outlive the chat. */
struct chat *chat_create(struct core *core, const struct chat_emoji *emoji, size_t n);
void chat_destroy(struct chat *chat); /* after the last `done`; NULL is fine */

/* code: TOCSIN_EMITTED, TOCSIN_EMIT_RETRY or TOCSIN_EMIT_REFUSED. why: for the log; NULL when emitted. */
typedef void chat_done(void *ctx, int code, const char *why);

/* Processes an event. `kept`: documents to make durable with it; copied; NULL: none. Calls `done` once: when they and the event
   are durable, or at once when the event is refused, or a repetition without documents. */
void chat_event(struct chat *chat, const char *connector, const cJSON *event, const struct journal_batch *kept,
                instant now, chat_done *done, void *ctx);

#endif
