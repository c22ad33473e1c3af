#include "command/line.h"

#include <stdlib.h>
#include <string.h>

bool is_in(const char *const *words, const char *word)
{
    for (; words && *words; words++) {
        if (strcasecmp(*words, word) == 0)
            return true;
    }
    return false;
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
