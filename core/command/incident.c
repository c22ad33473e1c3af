/* Finds the incident that a line is about. Pure. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "command/line.h"

uint64_t read_incident(const char *p, bool bare, const char **ret_end)
{
    char word[WORD_MOST + 1];
    read_word(p, word, ret_end);
    if (is_quoted(p) && !is_quoted_word(p))
        return 0;
    bool number = isdigit((unsigned char)*word);
    if (strcmp(word, "inc") == 0) {
        read_word(*ret_end, word, ret_end);
        number = isdigit((unsigned char)*word);
        return number ? incident_name_parse(word) : 0;
    }
    return number && !bare ? 0 : incident_name_parse(word);
}

bool is_no_incident(const char *p, char word[WORD_MOST + 1])
{
    const char *end;
    read_word(p, word, &end);
    size_t letters = strncmp(word, "inc-", 4) == 0 ? 4 : 0, sign = letters && word[letters] == '-';
    size_t digits = letters ? strspn(word + letters + sign, "0123456789") : 0;
    return digits && word[letters + sign + digits] == '\0' && !is_quoted(p) && !incident_name_parse(word);
}

/* Can a bare number be the incident? Not if it may belong to the text. */
static bool number_counts(const struct line *line, const struct command_row *row, const char *end)
{
    const struct argument *first = &row->arguments[0];
    bool all = *skip_space(end) == '\0';
    if (has_argument(row, ARGUMENT_NUMBER) || first->kind == ARGUMENT_TOPIC ||
        (first->kind == ARGUMENT_TEXT && !first->optional))
        return false;
    if (!has_argument(row, ARGUMENT_TEXT))
        return row->about == ABOUT_INCIDENT || all;
    return all || (row->about == ABOUT_INCIDENT && !line->context->here);
}

void take_second(struct line *line, const struct command_row *row)
{
    const char *end;
    if (row->about == ABOUT_NOTHING || line->ret->named)
        return;
    uint64_t id = read_incident(line->rest, false, &end);
    if (!id) {
        id = read_incident(line->rest, true, &end);
        id = id && number_counts(line, row, end) ? id : 0;
    }
    if (!id)
        return;
    line->ret->incident = id;
    line->ret->named = true;
    line->rest = skip_space(end);
}

/* Where an incident, with its letters, begins at the end of the text. NULL: there is none. */
static const char *last_incident(const char *text, uint64_t *ret_id)
{
    const char *end, *found = NULL;
    for (const char *p = text; *p; p = skip_space(p + strcspn(p, " \t\n"))) {
        uint64_t id = p > text ? read_incident(p, false, &end) : 0;
        if (id && *skip_space(end) == '\0') {
            *ret_id = id;
            found = p;
        }
    }
    return found;
}

void take_last(struct line *line, const struct command_row *row)
{
    uint64_t id;
    if (row->about != ABOUT_INCIDENT || line->ret->named ||
        (line->context->here && has_argument(row, ARGUMENT_TEXT)))
        return;
    const char *begin = last_incident(line->rest, &id);
    if (!begin)
        return;
    line->shortened = xstrndup(line->rest, (size_t)(begin - line->rest));
    line->rest = line->shortened;
    line->last = id;
    if (has_argument(row, ARGUMENT_TEXT))
        return;
    line->ret->incident = id;
    line->ret->named = true;
}

static void skip_joining(struct line *line)
{
    static const char *const joining[] = {"into", "with", "to", "of", "in", "and", "as", NULL};
    char word[WORD_MOST + 1];
    const char *end;
    read_word(line->rest, word, &end);
    if (is_in(joining, word))
        line->rest = skip_space(end);
}

static uint64_t take_incident(struct line *line)
{
    const char *end;
    skip_joining(line);
    uint64_t id = read_incident(line->rest, true, &end);
    if (id)
        line->rest = skip_space(end);
    return id;
}

void take_other(struct line *line)
{
    struct parsed *ret = line->ret;
    ret->other = take_incident(line);
    if (!ret->other || ret->named)
        return;
    const char *before = line->rest;
    uint64_t second = take_incident(line);
    if (!second) {
        line->rest = before;
        return;
    }
    ret->incident = ret->other;
    ret->named = true;
    ret->other = second;
}
