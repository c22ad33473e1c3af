/* Slips of the finger: finds the command that was almost typed. Pure. */
#include <string.h>

#include "base/config.h"
#include "command/line.h"

#define LONG_WORD 7

static size_t most_edits(const char *word)
{
    size_t n = strlen(word);
    return n < 3 ? 0 : n < LONG_WORD ? 1 : 2;
}

struct nearest {
    const char *word;
    size_t edits;
};

static void consider(struct nearest *nearest, const char *typed, const char *word)
{
    size_t n = strlen(word), longest = n + 2;
    if (n < 3 || n > WORD_MOST || strlen(typed) > longest)
        return;
    size_t distance = word_edits(typed, word);
    if (distance && distance <= most_edits(typed) && distance < nearest->edits)
        *nearest = (struct nearest){word, distance};
}

static const char *nearest_command(const struct line *line, const char *typed)
{
    size_t n;
    struct nearest nearest = {NULL, 3};
    const char *const *words = command_words(&n);
    for (size_t i = 0; i < n; i++)
        consider(&nearest, typed, words[i]);
    for (const char *const *role = line->context->roles; role && *role; role++)
        consider(&nearest, typed, *role);
    for (const char *const *custom = line->context->customs; custom && *custom; custom++)
        consider(&nearest, typed, *custom);
    return nearest.word;
}

static bool is_one_word(const char *rest)
{
    return strcspn(rest, " \t\n") == strlen(rest);
}

/* Would the command accept these words? Tried on a copy. */
static bool accepts(const struct line *line, const struct command_row *row, const char *first)
{
    struct parsed scratch = {.incident = line->ret->incident, .named = line->ret->named};
    struct line trial = *line;
    trial.ret = &scratch;
    trial.err = NULL;
    bool accepted = take_arguments(&trial, row, first) == 0;
    parsed_finish(&scratch);
    return accepted;
}

/*
 * Is the rest of the line what the command takes? Free text always fits, so it counts only if there is an incident that it
 * would go to, or if the command needs a text and no incident.
 */
static bool is_plausible(struct line *line, const struct command_row *row, const char *first)
{
    const char *end;
    if (*line->rest == '\0' || line->led)
        return true;
    if (row->about != ABOUT_NOTHING && read_incident(line->rest, false, &end))
        return true;
    if (read_incident(line->rest, true, &end) && *skip_space(end) == '\0' && row->about != ABOUT_NOTHING)
        return true;
    bool text = has_argument(row, ARGUMENT_TEXT) || has_argument(row, ARGUMENT_TOPIC);
    bool closed = !text || has_argument(row, ARGUMENT_WHEN);
    if (has_argument(row, ARGUMENT_PERSON))
        return accepts(line, row, first) && (is_one_word(line->rest) || *line->rest == '@');
    if (closed)
        return accepts(line, row, first);
    if (row->about == ABOUT_INCIDENT)
        return line->context->here != 0;
    return (row->arguments[0].optional && !row->writes) ? is_one_word(line->rest) : true;
}

bool is_slip(struct line *line, const char *word, const char **ret_word)
{
    const char *first = "";
    *ret_word = nearest_command(line, word);
    if (!*ret_word || is_in(line->context->customs, *ret_word))
        return *ret_word != NULL; /* only the team knows what its command takes */
    const struct command_row *row = command_find(*ret_word, &first);
    if (!row) {
        first = *ret_word;
        row = command_find("role", NULL);
    }
    return is_plausible(line, row, first);
}
