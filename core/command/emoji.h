/*
 * emoji - which command a reaction stands for. Loop's thread only.
 */
#ifndef TOCSIN_COMMAND_EMOJI_H
#define TOCSIN_COMMAND_EMOJI_H

#include "base/mem.h"

struct chat_emoji { /* a reaction that runs a command; "pin" and "note" take the text of the message */
    const char *emoji, *command;
};
typedef ARRAY(struct chat_emoji) emoji_list; /* texts owned */

/* The defaults (a pushpin pins, a thumbs-up approves) and n rows, copied; a row replaces an earlier one with its emoji. */
void emoji_fill(emoji_list *list, const struct chat_emoji *rows, size_t n);
void emoji_finish(emoji_list *list);
/* `typed`: its name, perhaps with a tone ("+1::skin-tone-2"). NULL: it stands for none. */
const char *emoji_command(const emoji_list *list, const char *typed);

#endif
