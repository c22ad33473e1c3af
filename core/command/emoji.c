#include "command/emoji.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

static const struct chat_emoji defaults[] = {
    {"pushpin", "pin"},
    {"round_pushpin", "pin"},
    {"📌", "pin"},
    {"📍", "pin"},
    {"white_check_mark", "ack"},
    {"heavy_check_mark", "ack"},
    {"✅", "ack"},
    {"eyes", "ack"},
    {"👀", "ack"},
    {"+1", "approve"},
    {"thumbsup", "approve"},
    {"👍", "approve"},
};

static void set(emoji_list *list, const struct chat_emoji *emoji)
{
    for (size_t i = 0; i < list->n; i++) {
        if (!text_equal_nocase(list->v[i].emoji, emoji->emoji))
            continue;
        free((char *)(uintptr_t)list->v[i].command);
        list->v[i].command = xstrdup(emoji->command);
        return;
    }
    *array_add(list) = (struct chat_emoji){xstrdup(emoji->emoji), xstrdup(emoji->command)};
}

void emoji_fill(emoji_list *list, const struct chat_emoji *rows, size_t n)
{
    for (size_t i = 0; i < ARRAY_SIZE(defaults); i++)
        set(list, &defaults[i]);
    for (size_t i = 0; i < n; i++)
        set(list, &rows[i]);
}

void emoji_finish(emoji_list *list)
{
    for (size_t i = 0; i < list->n; i++) {
        free((char *)(uintptr_t)list->v[i].emoji);
        free((char *)(uintptr_t)list->v[i].command);
    }
    array_free(list);
}

const char *emoji_command(const emoji_list *list, const char *typed)
{
    const char *tone = strstr(typed, "::");
    CLEANUP_FREE char *emoji = xstrndup(typed, tone ? (size_t)(tone - typed) : strlen(typed));
    for (size_t i = 0; i < list->n; i++) {
        if (text_equal_nocase(list->v[i].emoji, emoji))
            return text_empty(list->v[i].command) ? NULL : list->v[i].command;
    }
    return NULL;
}
