#include "command/table.h"

#include <string.h>
#include <strings.h>

#include "base/mem.h"

static const struct command_row rows[] = {
#define COMMAND(handler, ...)      {__VA_ARGS__},
#define PART_COMMAND(handler, ...) {__VA_ARGS__},
#include "command/commands.def"
};

/* Words that stand for a command and its first word. */
static const struct {
    const char *word, *command, *first;
} standing[] = {
    {"investigating", "status", "investigating"},
    {"investigate", "status", "investigating"},
    {"fixing", "status", "fixing"},
    {"fix", "status", "fixing"},
    {"identified", "status", "fixing"},
    {"monitoring", "status", "monitoring"},
    {"monitor", "status", "monitoring"},
    {"mitigated", "status", "monitoring"},
};

static bool is_among(const char *words, const char *word, size_t n)
{
    for (const char *p = words; *p;) {
        size_t length = strcspn(p, " ");
        if (length == n && strncasecmp(p, word, n) == 0)
            return true;
        p += length;
        p += *p == ' ';
    }
    return false;
}

const struct command_row *command_rows(size_t *ret_count)
{
    *ret_count = ARRAY_SIZE(rows);
    return rows;
}

const struct command_row *command_find(const char *word, const char **ret_first)
{
    if (ret_first)
        *ret_first = "";
    for (size_t i = 0; i < ARRAY_SIZE(standing); i++) {
        if (strcasecmp(standing[i].word, word) != 0)
            continue;
        if (ret_first)
            *ret_first = standing[i].first;
        word = standing[i].command;
        break;
    }
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        if (strcasecmp(rows[i].name, word) == 0 || is_among(rows[i].aliases, word, strlen(word)))
            return &rows[i];
    }
    return NULL;
}

bool command_exists(void *unused, const char *word)
{
    (void)unused;
    return command_find(word, NULL) != NULL;
}

enum access command_needs(const struct command_row *row)
{
    if (row && row->needs)
        return row->needs;
    return row && !row->writes ? ACCESS_SEE : ACCESS_ACT;
}

#define WORDS_MOST 256
#define WORD_BYTES 24
const char *const *command_words(size_t *ret_count)
{
    static char texts[WORDS_MOST][WORD_BYTES];
    static const char *words[WORDS_MOST + 1];
    static size_t n;
    for (size_t i = 0; !n && i < ARRAY_SIZE(rows); i++)
        words[i] = rows[i].name;
    size_t next = n ? n : ARRAY_SIZE(rows);
    for (size_t i = 0; !n && i < ARRAY_SIZE(rows); i++) {
        for (const char *p = rows[i].aliases; *p; p += strspn(p, " ")) {
            size_t length = strcspn(p, " ");
            require(length < WORD_BYTES && next < WORDS_MOST);
            memcpy(texts[next], p, length);
            words[next] = texts[next];
            next++;
            p += length;
        }
    }
    for (size_t i = 0; !n && i < ARRAY_SIZE(standing); i++) {
        require(next < WORDS_MOST);
        words[next++] = standing[i].word;
    }
    *ret_count = n = next;
    return words;
}

const char *area_name(enum area area)
{
    static const char *const names[AREA_COUNT] = {
        [AREA_LIFE] = "From declaring to closing",
        [AREA_PEOPLE] = "People",
        [AREA_WORDS] = "What is known",
        [AREA_READ] = "Looking things up",
        [AREA_RULES] = "Rules, mutes and what was sent",
        [AREA_SELF] = "You",
    };
    return names[area];
}
