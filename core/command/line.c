#include "command/line.h"

#include <stdlib.h>
#include <string.h>

#define OFFER_BYTES 160 /* longer lines get no button */

bool is_in(const char *const *words, const char *word)
{
    for (; words && *words; words++) {
        if (strcasecmp(*words, word) == 0)
            return true;
    }
    return false;
}

char *line_short(const char *text, size_t most)
{
    size_t n = strlen(text), cut = n > most ? utf8_cut(text, n, most) : n;
    char *line = xasprintf(cut < n ? "%.*s…" : "%.*s", (int)cut, text);
    for (char *p = line; (p = strchr(p, '\n'));)
        *p = ' ';
    return line;
}

bool has_argument(const struct command_row *row, enum argument_kind kind)
{
    for (size_t i = 0; i < COMMAND_ARGUMENTS; i++) {
        if (row->arguments[i].kind == kind)
            return true;
    }
    return false;
}

void parsed_finish(struct parsed *parsed)
{
    free(parsed->custom);
    for (size_t i = 0; i < COMMAND_ARGUMENTS; i++)
        free(parsed->arguments[i]);
    for (size_t i = 0; i < OPTION_COUNT; i++)
        free(parsed->options[i]);
    for (size_t i = 0; i < parsed->offers.n; i++)
        free(parsed->offers.v[i]);
    array_free(&parsed->offers);
    *parsed = (struct parsed){0};
}

void offer(struct line *line, const char *text)
{
    if (strlen(text) <= OFFER_BYTES && !strchr(text, '\n'))
        *array_add(&line->ret->offers) = xstrdup(text);
}

void offer_title(struct line *line)
{
    bool words = strchr(line->whole, ' ') != NULL;
    if (!words || line->led || text_starts(line->whole, "declare"))
        return;
    CLEANUP_FREE char *declare = xasprintf("declare %s", line->whole);
    offer(line, declare);
}
