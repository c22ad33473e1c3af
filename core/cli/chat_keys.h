/*
 * chat_keys - what presses a button in the terminal: a number, or a letter.
 *
 * Each button on the screen has a number of its own, which means that button until 99 others were shown. A letter means the same
 * verb on every card (`d` declines, and nothing else), of the newest card that was there when the user began to type. Pure.
 */
#ifndef TOCSIN_CLI_CHAT_KEYS_H
#define TOCSIN_CLI_CHAT_KEYS_H

#include <cjson/cJSON.h>

#include "base/str.h"

#define KEYS_MOST 99

struct chat_key { /* one button that was shown; texts owned */
    char *room, *message, *command;
};

struct chat_keys {
    struct chat_key shown[KEYS_MOST]; /* by number, from 1; command NULL: not yet */
    size_t next;                      /* the slot that is used next */
    cJSON *newest,
        *aimed; /* the newest message with buttons; the one that letters mean. Owned; aimed NULL: none */
};

void chat_keys_finish(struct chat_keys *keys);

/* The number of a button of a message; the same one when the same button (by its command) is shown again. */
int chat_keys_number(struct chat_keys *keys, const cJSON *message, int button);
/* The letter of a button of a card; '\0': none. */
char chat_keys_letter(const cJSON *card, int button);

/* A message with buttons was shown. `typing`: while the user typed, so letters still mean the card before. */
void chat_keys_show(struct chat_keys *keys, const cJSON *message, bool typing);
/* The line was ended: letters mean the newest card. */
void chat_keys_settle(struct chat_keys *keys);

/* The button that the typed line presses; borrowed. NULL: none. Then *ret_why says why a key pressed nothing (the caller frees it);
   NULL: the line is no key. */
const struct chat_key *chat_keys_find(struct chat_keys *keys, const char *typed, char **ret_why);

#endif
