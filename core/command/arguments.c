/* From the words after a command to its arguments, or to the line to type instead. Pure. */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "base/config.h"
#include "base/markup.h"
#include "command/line.h"

#define EXAMPLE 42 /* the incident in an example line if there is no other */

/* ---- the line to type ---- */

/* Of an optional link and the text behind it, one is needed: `ticket https://…`, `ticket Fix the retry loop`. */
static bool lacks(const struct parsed *ret, const struct command_row *row, size_t i)
{
    const struct argument *argument = &row->arguments[i];
    bool either = argument->kind == ARGUMENT_LINK && i + 1 < COMMAND_ARGUMENTS && !ret->arguments[i + 1];
    return argument->kind && (!argument->optional || either) && !ret->arguments[i];
}

static const char *given(const struct parsed *parsed, const struct command_row *row, size_t i)
{
    return parsed->arguments[i]    ? parsed->arguments[i]
           : lacks(parsed, row, i) ? row->arguments[i].sample
                                   : NULL;
}

/* The incident for the line to type: the line's own, or an example other than the second incident in it. */
static uint64_t example_incident(const struct line *line)
{
    const uint64_t ids[] = {line->ret->incident, line->last, line->context->here, line->context->latest,
                            EXAMPLE};
    for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
        if (ids[i] && ids[i] != line->ret->other)
            return ids[i];
    }
    return EXAMPLE + 1;
}

void complete_line(const struct line *line, const struct command_row *row, struct str *out)
{
    const struct parsed *ret = line->ret;
    const struct parse_context *context = line->context;
    char name[INCIDENT_NAME];
    incident_name(example_incident(line), name);
    if (row->about == ABOUT_INCIDENT)
        str_addf(out, "%s ", name);
    str_add(out, row->name);
    for (size_t i = 0; i < COMMAND_ARGUMENTS && row->arguments[i].kind; i++) {
        const char *text = given(ret, row, i);
        if (row->arguments[i].kind == ARGUMENT_INCIDENT && text_equal(text, name))
            text = "INC-41";
        if (text && row->arguments[i].kind == ARGUMENT_SEVERITY && !ret->arguments[i] && context->severities)
            text = context->severities[1] ? context->severities[1] : context->severities[0];
        const char *quote = text && row->arguments[i].kind == ARGUMENT_GROUP && strchr(text, ' ') ? "\"" : "";
        if (text)
            str_addf(out, " %s%s%s", quote, text, quote);
    }
}

/* Where a text seems to name a time, readable or not: "until the bank opens" does, "for the bank" does not. */
static const char *find_time_phrase(const char *text)
{
    static const char *const words[] = {"until ", "till ", "for "};
    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        const char *found = strcasestr(text, words[i]);
        bool digits = found && found[strcspn(found, "0123456789")];
        if (found && (found == text || found[-1] == ' ') && (digits || *words[i] != 'f'))
            return found;
    }
    return NULL;
}

/* The "for" of `wait for acme` begins no time. */
static const char *without_introduction(const struct argument *argument, const char *text)
{
    bool introduced = argument->sample && text_starts(argument->sample, "for ");
    return introduced && strncasecmp(text, "for ", 4) == 0 ? text + 4 : text;
}

/* If a time is missing: the part of a text that seems to name one. NULL: there is none. */
static const char *unreadable_time(const struct line *line, const struct command_row *row)
{
    const char *phrase = NULL;
    bool missing = false;
    for (size_t i = 0; i < COMMAND_ARGUMENTS; i++) {
        missing |= row->arguments[i].kind == ARGUMENT_WHEN && lacks(line->ret, row, i);
        if (!phrase && row->arguments[i].kind == ARGUMENT_TEXT && line->ret->arguments[i])
            phrase = find_time_phrase(without_introduction(&row->arguments[i], line->ret->arguments[i]));
    }
    return missing ? phrase : NULL;
}

static int check_missing(struct line *line, const struct command_row *row)
{
    CLEANUP_STR struct str asks = {0}, type = {0};
    for (size_t i = 0; i < COMMAND_ARGUMENTS; i++) {
        if (lacks(line->ret, row, i))
            str_addf(&asks, "%s%s", asks.len ? ", and " : "Say ", row->arguments[i].ask);
    }
    if (!asks.len)
        return 0;
    line->ret->lacks = true;
    complete_line(line, row, &type);
    offer_title(line);
    const char *unreadable = unreadable_time(line, row);
    if (line->no_time.code)
        return error_set(line->err, ERR_INVALID, "%s", line->no_time.text);
    if (unreadable)
        return error_markup(
            line->err, ERR_INVALID,
            "I can't read '%.60s' as a time in the future. Try `until tomorrow 9:00` or `for 2h`.", unreadable);
    return error_markup(line->err, ERR_INVALID, "%s: `%s`.", asks.p, type.p);
}

/* ---- does a word fit? ---- */

static bool is_link(const char *text)
{
    return (strncasecmp(text, "https://", 8) == 0 && text[8]) ||
           (strncasecmp(text, "http://", 7) == 0 && text[7]);
}

static bool is_switch(const char *text)
{
    static const char *const words[] = {"on", "off", "yes", "no", "true", "false", NULL};
    return is_in(words, text);
}

/* Words that begin a time, and so are not a group in `mute for 2h`. */
static bool is_time_word(const char *text)
{
    static const char *const words[] = {"for", "until", "till", "in", NULL};
    return is_in(words, text);
}

static bool is_number(const char *text)
{
    size_t n = strlen(text);
    return n > 0 && n < 19 && strspn(text, "0123456789") == n && strspn(text, "0") < n;
}

static bool is_status(const char *text)
{
    const char *first;
    return status_parse(text) || (command_find(text, &first) && *first);
}

static bool fits(const struct line *line, const struct argument *argument, const char *text)
{
    const struct parse_context *context = line->context;
    switch (argument->kind) {
    case ARGUMENT_SEVERITY:
        return !context->severities || is_in(context->severities, text);
    case ARGUMENT_ROLE:
        return !context->roles || is_in(context->roles, text);
    case ARGUMENT_STATUS:
        return is_status(text);
    case ARGUMENT_LINK:
        return is_link(text);
    case ARGUMENT_NUMBER:
        return is_number(text);
    case ARGUMENT_SWITCH:
        return is_switch(text);
    case ARGUMENT_GROUP:
        return !is_time_word(text);
    default:
        return true;
    }
}

static size_t count(const char *const *words)
{
    size_t n = 0;
    while (words && words[n])
        n++;
    return n;
}

/* What a word should have been. */
static const char *const nouns[] = {
    [ARGUMENT_SEVERITY] = "severity",
    [ARGUMENT_STATUS] = "status",
    [ARGUMENT_ROLE] = "role",
    [ARGUMENT_LINK] = "a link (https://…)",
    [ARGUMENT_GROUP] = "an alert group",
    [ARGUMENT_SWITCH] = "on or off",
    [ARGUMENT_NUMBER] = "a number of at least 1",
};

/* "Unknown severity 'mjor'. Choose minor, major or critical. Did you mean `INC-7 sev major`?" */
static int refuse_word(struct line *line, const struct command_row *row, size_t i, const char *text)
{
    const struct argument *argument = &row->arguments[i];
    const struct parse_context *context = line->context;
    static const char *const statuses[] = {"investigating", "fixing", "monitoring", "resolved", "paused", NULL};
    const char *const *words = argument->kind == ARGUMENT_SEVERITY ? context->severities
                               : argument->kind == ARGUMENT_ROLE   ? context->roles
                               : argument->kind == ARGUMENT_STATUS ? statuses
                                                                   : NULL;
    CLEANUP_STR struct str choice = {0}, type = {0}, said = {0};
    str_add_list(&choice, words, "or");
    bool status = argument->kind == ARGUMENT_STATUS; /* the last one, paused, needs more than this word */
    const char *nearest = words ? nearest_word(text, words, count(words) - status) : NULL;
    line->ret->arguments[i] = xstrdup(nearest ? nearest : argument->optional ? argument->sample : NULL);
    complete_line(line, row, &type);
    if (nearest)
        offer(line, type.p);
    offer_title(line);
    if (words)
        return error_markup(line->err, ERR_INVALID,
                            nearest ? "Unknown %s '%.40s'. Choose %s. Did you mean `%s`?"
                                    : "Unknown %s '%.40s'. Choose %s. Type `%s`.",
                            nouns[argument->kind], text, choice.p, type.p);
    str_markup(&said, "'%.40s' is not ", text);
    str_add(&said, nouns[argument->kind]);
    str_markup(&said, ". Type `%s`.", type.p);
    return error_set(line->err, ERR_INVALID, "%s", said.p);
}

/* ---- taking them ---- */

/* The address, without what chat platforms wrap around it and the punctuation after it. */
static char *trim_link(const char *token)
{
    CLEANUP_FREE char *address = link_address(token);
    size_t n = strlen(address);
    const char *ends = strchr(address, '(') ? ".,;>" : ".,;)>";
    while (n && strchr(ends, address[n - 1]))
        n--;
    return xstrndup(address, n);
}

/* Removes the punctuation that phones put after a word, and what clients put around it. */
static char *trim_word(enum argument_kind kind, const char *token)
{
    char word[WORD_MOST + 1];
    const char *end;
    if (kind == ARGUMENT_LINK)
        return trim_link(token);
    bool is_name = kind == ARGUMENT_GROUP || kind == ARGUMENT_ZONE || kind == ARGUMENT_WORD;
    CLEANUP_FREE char *name = kind == ARGUMENT_GROUP ? plain_links(token) : clean_name(token);
    size_t n = strlen(name);
    read_word(name, word, &end);
    if (!*word || strchr(name, ' '))
        return steal(name);
    while (is_name && n > 1 && strchr(".,;:", name[n - 1]))
        n--;
    return is_name ? xstrndup(name, n) : xstrdup(word);
}

/* A text keeps what it emphasises; a person's name does not. */
static char *trim_text(enum argument_kind kind, const char *text)
{
    return kind == ARGUMENT_PERSON ? clean_name(text) : plain_links(text);
}

static bool takes_rest(const struct argument *argument)
{
    return argument->kind == ARGUMENT_TEXT || argument->kind == ARGUMENT_PERSON ||
           argument->kind == ARGUMENT_TOPIC;
}

static void take_text(struct line *line, const struct command_row *row, size_t i)
{
    struct parsed *ret = line->ret;
    CLEANUP_FREE char *text = trim_text(row->arguments[i].kind, line->rest);
    struct when_split split;
    line->rest += strlen(line->rest);
    for (size_t k = 0; k < COMMAND_ARGUMENTS; k++) {
        if (row->arguments[k].kind != ARGUMENT_WHEN)
            continue;
        int rc = split_when(text, line->context->now, line->context->zone, &split, &line->no_time);
        if (rc == ERR_NOT_FOUND)
            line->no_time.code = 0;
        if (rc)
            continue;
        ret->arguments[i] = split.text;
        ret->arguments[k] = split.when;
        ret->until = split.at;
        return;
    }
    ret->arguments[i] = whole_text(text, strlen(text));
}

static int take_word(struct line *line, const struct command_row *row, size_t i)
{
    const struct argument *argument = &row->arguments[i];
    const char *end;
    if (*line->rest == '\0')
        return 0;
    CLEANUP_FREE char *token = read_token(line->rest, &end);
    CLEANUP_FREE char *word = token ? trim_word(argument->kind, token) : NULL;
    if (!word)
        return 0;
    bool fitting = fits(line, argument, word);
    if (!fitting && argument->kind == ARGUMENT_LINK && argument->optional)
        return 0; /* the text behind it takes it */
    if (!fitting)
        return refuse_word(line, row, i, word);
    line->ret->arguments[i] = steal(word);
    line->rest = skip_space(end);
    return 0;
}

static int check_rest(struct line *line, const struct command_row *row)
{
    if (*line->rest == '\0')
        return 0;
    CLEANUP_STR struct str type = {0};
    complete_line(line, row, &type);
    offer_title(line);
    return error_markup(line->err, ERR_INVALID, "`%s` does not take '%.60s'. Type `%s`.", row->name, line->rest,
                        type.p);
}

/* ---- options of declare ---- */

static const char *value_of(const struct line *line, const char *name)
{
    const char *value = line->context->value ? line->context->value(line->context->values, name) : NULL;
    return text_empty(value) ? NULL : value;
}

static void take_option_values(struct line *line)
{
    for (int i = 0; i < OPTION_COUNT; i++) {
        const char *value = value_of(line, option_names[i]);
        if (value && (!option_is_flag(i) || strcmp(value, "on") == 0))
            replace_text(&line->ret->options[i], option_is_flag(i) ? "" : value);
    }
}

/* The title of a declaration, also of `drill checkout is slow`. What a form says is taken as it is. NULL: there is none. */
static const char *title_of(const struct line *line, const struct command_row *row)
{
    bool declares = strcmp(row->name, "declare") == 0 || strcmp(row->name, "drill") == 0;
    return declares && !value_of(line, row->arguments[0].name) ? line->ret->arguments[0] : NULL;
}

static int check_severity(struct line *line, const struct command_row *row)
{
    const char *severity = line->ret->options[OPTION_SEVERITY];
    static const struct argument argument = {"severity", ARGUMENT_SEVERITY, false, NULL, NULL};
    if (!severity || fits(line, &argument, severity))
        return 0;
    CLEANUP_STR struct str words = {0};
    str_add_list(&words, line->context->severities, "or");
    return error_markup(line->err, ERR_INVALID, "Unknown severity '%.40s'. Choose %s. Type `%s %s --sev %s`.",
                        severity, str_text(&words), row->name,
                        str_text(&(struct str){.p = line->ret->arguments[0]}),
                        str_text(&(struct str){.p = (char *)(uintptr_t)line->context->severities[0]}));
}

/* ---- from a form ---- */

static int take_value(struct line *line, const struct command_row *row, size_t i, const char *value)
{
    const struct argument *argument = &row->arguments[i];
    struct parsed *ret = line->ret;
    struct when_split split;
    const char *end;
    CLEANUP_FREE char *clean = command_clean(value);
    CLEANUP_FREE char *text = whole_text(clean, strlen(clean));
    if (!text)
        return 0;
    if (argument->kind == ARGUMENT_WHEN) {
        int rc = split_when(text, line->context->now, line->context->zone, &split, &line->no_time);
        if (rc == ERR_REFUSED)
            return error_set(line->err, rc, "%s", line->no_time.text);
        bool whole = !rc && !split.text;
        ret->arguments[i] = whole ? split.when : NULL;
        ret->until = whole ? split.at : 0;
        if (!rc && !whole)
            free(split.text), free(split.when);
        return whole ? 0
                     : error_markup(line->err, ERR_INVALID,
                                    "I can't read '%.60s' as a time. Try `until tomorrow 9:00` or `for 2h`.",
                                    text);
    }
    if (argument->kind == ARGUMENT_INCIDENT) {
        ret->other = read_incident(text, true, &end);
    } else if (!takes_rest(argument)) {
        CLEANUP_FREE char *word = trim_word(argument->kind, text);
        if (!fits(line, argument, word))
            return refuse_word(line, row, i, word);
        ret->arguments[i] = steal(word);
        return 0;
    }
    ret->arguments[i] = trim_text(argument->kind, text);
    return 0;
}

static int check_link(struct line *line)
{
    char *given = line->ret->options[OPTION_LINK];
    if (!given)
        return 0;
    line->ret->options[OPTION_LINK] = trim_word(ARGUMENT_LINK, given);
    free(given);
    return is_link(line->ret->options[OPTION_LINK])
               ? 0
               : error_markup(line->err, ERR_INVALID, "'%.60s' is not a link (https://…).",
                              line->ret->options[OPTION_LINK]);
}

int take_arguments(struct line *line, const struct command_row *row, const char *first)
{
    struct parsed *ret = line->ret;
    ret->row = row;
    size_t i = 0;
    int rc = 0;
    if (*first)
        ret->arguments[i++] = xstrdup(first);
    if (row->arguments[0].kind == ARGUMENT_INCIDENT && !value_of(line, row->arguments[0].name)) {
        take_other(line);
        char name[INCIDENT_NAME];
        ret->arguments[i++] = ret->other ? xstrdup(incident_name(ret->other, name)) : NULL;
    }
    bool quoted = false;
    if (has_options(row)) {
        quoted = take_options(line);
        take_option_values(line);
    }
    for (; !rc && i < COMMAND_ARGUMENTS && row->arguments[i].kind; i++) {
        const char *value = value_of(line, row->arguments[i].name);
        if (value)
            rc = take_value(line, row, i, value);
        else if (*line->rest && takes_rest(&row->arguments[i]))
            take_text(line, row, i);
        else if (row->arguments[i].kind != ARGUMENT_WHEN)
            rc = take_word(line, row, i);
    }
    rc = rc ? rc : check_missing(line, row);
    const char *title = rc ? NULL : title_of(line, row);
    rc = title ? check_options(line, title, quoted) : rc;
    rc = rc ? rc : check_severity(line, row);
    rc = rc ? rc : check_link(line);
    return rc ? rc : check_rest(line, row);
}
