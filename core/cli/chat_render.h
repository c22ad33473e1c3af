/*
 * chat_render - a line of the console's protocol as text for a terminal. Pure.
 */
#ifndef TOCSIN_CLI_CHAT_RENDER_H
#define TOCSIN_CLI_CHAT_RENDER_H

#include <cjson/cJSON.h>

#include "base/str.h"

/* A message, with its card's fields and buttons ("[1] Accept (a)"); ends with a newline. */
void chat_render(const cJSON *message, bool colour, const char *zone, struct str *out);
/* The command of a card's button by its number or letter, as typed; NULL: none. Borrowed from the message. */
const char *chat_button(const cJSON *message, const char *typed);

#endif
