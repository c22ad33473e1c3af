/*
 * chat_render - renders a line of the console's protocol as text for a terminal. Pure. Text from others is hostile: their control
 * characters are removed.
 */
#ifndef TOCSIN_CLI_CHAT_RENDER_H
#define TOCSIN_CLI_CHAT_RENDER_H

#include <cjson/cJSON.h>

#include "base/str.h"
#include "cli/chat_keys.h"

/* A message with the fields and buttons of its card ("[1] Accept (a)"), which get their numbers here; ends with a newline. */
void chat_render(const cJSON *message, bool colour, const char *zone, struct chat_keys *keys, struct str *out);
/* An error, or a change to a room, in one line; nothing for other events. */
void chat_render_line(const cJSON *line, struct str *out);
/* One line of the list of rooms. */
void chat_render_room(const cJSON *room, struct str *out);

/* The room with this name, or whose name begins with it: "#inc-1" finds "inc-1-checkout-is-slow". The text as typed if no room
   matches, or several do. Borrowed from the arguments. */
const char *chat_find_room(char *const *rooms, size_t n, const char *typed);

/* CommonMark, and a card without its buttons, for a terminal; both end with a newline. */
void chat_render_text(const char *text, bool colour, struct str *out);
void chat_render_card(const cJSON *card, bool colour, struct str *out);

#endif
