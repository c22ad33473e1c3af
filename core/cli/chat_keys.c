#include "cli/chat_keys.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "rooms/buttons.h"

/* Declaring has no letter: it opens something new, and on a card it stands beside other lines. */
static const struct letter {
    char letter;
    const char *command; /* after the incident's name */
    bool number;         /* followed by a number */
} letters[] = {
    {'a', "accept", false},  {'d', "decline", false}, {'f', "fix", false},     {'i', "lead me", false},
    {'m', "monitor", false}, {'r', "resolve", false}, {'s', "resume", false},  {'o', "reopen", false},
    {'p', "approve", true},  {'x', "discard", true},  {'u', "unmerge", false},
};

static const cJSON *button_of(const cJSON *card, int button)
{
    return cJSON_GetArrayItem(json_member(card, "buttons"), button);
}

static const char *command_of(const cJSON *card, int button)
{
    return json_text_or(button_of(card, button), "command", "");
}

static bool is_number(const char *text)
{
    return *text && strspn(text, "0123456789") == strlen(text);
}

static const struct letter *letter_of(const char *command)
{
    struct button_made made;
    CLEANUP_FREE char *line = button_read(command, &made);
    const char *space = strchr(line, ' '), *verb = text_starts(line, "INC-") && space ? space + 1 : line;
    for (size_t i = 0; i < ARRAY_SIZE(letters); i++) {
        size_t n = strlen(letters[i].command);
        if (letters[i].number
                ? text_starts(verb, letters[i].command) && verb[n] == ' ' && is_number(verb + n + 1)
                : strcmp(verb, letters[i].command) == 0)
            return &letters[i];
    }
    return NULL;
}

char chat_keys_letter(const cJSON *card, int button)
{
    const struct letter *letter = letter_of(command_of(card, button));
    int n = cJSON_GetArraySize(json_member(card, "buttons")), same = 0;
    for (int i = 0; letter && i < n; i++)
        same += letter_of(command_of(card, i)) == letter;
    return same == 1 ? letter->letter : '\0';
}

/* ---- numbers ---- */

static void key_finish(struct chat_key *key)
{
    free(key->room);
    free(key->message);
    free(key->command);
}

void chat_keys_finish(struct chat_keys *keys)
{
    for (size_t i = 0; i < KEYS_MOST; i++)
        key_finish(&keys->shown[i]);
    cJSON_Delete(keys->newest);
    cJSON_Delete(keys->aimed);
    *keys = (struct chat_keys){0};
}

/* Pressed in the message where it was shown last. */
static void key_fill(struct chat_key *key, const cJSON *message, const char *command)
{
    replace_text(&key->room, json_text_or(message, "room", ""));
    replace_text(&key->message, json_text_or(message, "id", ""));
    replace_text(&key->command, command);
}

int chat_keys_number(struct chat_keys *keys, const cJSON *message, int button)
{
    const char *command = command_of(json_member(message, "card"), button);
    size_t slot = 0;
    while (slot < KEYS_MOST && !text_equal(keys->shown[slot].command, command))
        slot++;
    if (slot == KEYS_MOST) {
        slot = keys->next;
        keys->next = (keys->next + 1) % KEYS_MOST;
    }
    key_fill(&keys->shown[slot], message, command);
    return (int)slot + 1;
}

/* ---- the card that letters mean ---- */

void chat_keys_show(struct chat_keys *keys, const cJSON *message, bool typing)
{
    cJSON_Delete(keys->newest);
    keys->newest = cJSON_Duplicate(message, true);
    if (!typing)
        chat_keys_settle(keys);
}

void chat_keys_settle(struct chat_keys *keys)
{
    cJSON_Delete(keys->aimed);
    keys->aimed = cJSON_Duplicate(keys->newest, true);
}

/* ---- pressing ---- */

static const struct chat_key *find_number(struct chat_keys *keys, const char *typed)
{
    long number = is_number(typed) && strlen(typed) <= 2 ? strtol(typed, NULL, 10) : 0;
    bool known = number >= 1 && number <= KEYS_MOST && keys->shown[number - 1].command;
    return known ? &keys->shown[number - 1] : NULL;
}

static const struct letter *known_letter(char c)
{
    for (size_t i = 0; i < ARRAY_SIZE(letters); i++) {
        if (letters[i].letter == tolower((unsigned char)c))
            return &letters[i];
    }
    return NULL;
}

const struct chat_key *chat_keys_find(struct chat_keys *keys, const char *typed, char **ret_why)
{
    const struct chat_key *key = find_number(keys, typed);
    const struct letter *letter = *typed && !typed[1] ? known_letter(*typed) : NULL;
    const cJSON *card = json_member(keys->aimed, "card");
    *ret_why = NULL;
    if (key || !letter || !keys->newest)
        return key;
    for (int i = 0; i < cJSON_GetArraySize(json_member(card, "buttons")); i++) {
        if (chat_keys_letter(card, i) == letter->letter)
            return &keys->shown[chat_keys_number(keys, keys->aimed, i) - 1];
    }
    *ret_why =
        xasprintf("! (%c) is `%s`, which the newest card before you typed does not offer. Nothing was done; "
                  "a number presses the button that has it.\n",
                  letter->letter, letter->command);
    return NULL;
}
