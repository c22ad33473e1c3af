/*
 * chat_render - a line of the console's protocol as text for a terminal. Pure. What others wrote is hostile: none of their control
 * characters gets through.
 */
#ifndef TOCSIN_CLI_CHAT_RENDER_H
#define TOCSIN_CLI_CHAT_RENDER_H

#include <cjson/cJSON.h>

#include "base/str.h"

/* A message, with its card's fields and buttons ("[1] Accept (a)"); ends with a newline. */
void chat_render(const cJSON *message, bool colour, const char *zone, struct str *out);
/* An error, or what happened to a room, in one line; nothing for other events. */
void chat_render_line(const cJSON *line, struct str *out);
/* One row of the list of rooms. */
void chat_render_room(const cJSON *room, struct str *out);
/* The command of a card's button by its number or letter, as typed; NULL: none. Borrowed from the message. */
const char *chat_button(const cJSON *message, const char *typed);

/* The room that is meant by its name or the beginning of it, as in "#inc-1" for "inc-1-checkout-is-slow"; as typed where that is
   none or several. Borrowed from the arguments. */
const char *chat_room_meant(char *const *rooms, size_t n, const char *typed);

/* CommonMark, and a card, as a terminal shows them; both end with a newline. */
void chat_render_text(const char *text, bool colour, struct str *out);
void chat_render_card(const cJSON *card, bool colour, struct str *out);

#endif
