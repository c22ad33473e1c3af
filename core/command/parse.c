#include "command/parse.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/config.h"
#include "base/markup.h"
#include "command/line.h"
#include "people/links.h"

static bool is_command(const struct line *line, const char *word)
{
    return *word && (command_find(word, NULL) || is_in(line->context->roles, word) ||
                     is_in(line->context->customs, word));
}

/* Takes an incident in first place. A bare number counts only before a command, or alone. */
static void take_first(struct line *line)
{
    char word[WORD_MOST + 1];
    const char *end, *next;
    uint64_t id = read_incident(line->rest, false, &end);
    if (!id) {
        id = read_incident(line->rest, true, &end);
        read_word(end, word, &next);
        id = id && (*skip_space(end) == '\0' || is_command(line, word)) ? id : 0;
    }
    if (!id)
        return;
    line->ret->incident = id;
    line->ret->named = line->led = true;
    line->rest = skip_space(end);
}

static int check_incident(struct line *line, const struct command_row *row)
{
    if (row->about == ABOUT_NOTHING || line->ret->named)
        return 0;
    line->ret->incident = line->context->here;
    if (line->ret->incident || row->about == ABOUT_PERHAPS)
        return 0;
    CLEANUP_STR struct str type = {0};
    complete_line(line, row, &type);
    offer_title(line);
    return error_markup(line->err, ERR_INVALID, "Say which incident: `%s`. `list` shows the open ones.",
                        type.p);
}

/* Statuses that need more than their name have commands of their own. */
static const struct command_row *row_of_status(const struct command_row *row, struct line *line)
{
    static const struct {
        enum status status;
        const char *command;
    } own[] = {
        {STATUS_PAUSED, "pause"},     {STATUS_TICKETED, "ticket"},  {STATUS_MERGED, "merge"},
        {STATUS_DECLINED, "decline"}, {STATUS_RESOLVED, "resolve"}, {STATUS_CLOSED, "close"},
    };
    char word[WORD_MOST + 1];
    const char *end;
    read_word(line->rest, word, &end);
    for (size_t i = 0; i < ARRAY_SIZE(own); i++) {
        if (status_parse(word) != own[i].status)
            continue;
        line->rest = skip_space(end);
        return command_find(own[i].command, NULL);
    }
    return row;
}

/* `link`, `link K7QM-3XPD`, `link undo`: no link to keep, but a person who is two users. */
static bool links_users(const struct line *line)
{
    char word[WORD_MOST + 1];
    const char *end;
    read_word(line->rest, word, &end);
    return !line->ret->named && *skip_space(end) == '\0' &&
           (!*line->rest || strcmp(word, "me") == 0 || strcmp(word, "undo") == 0 || people_is_code(word));
}

/* `handover`, `handover payments`: no role of an incident, but a shift. In an incident's room a role is meant. */
static bool shows_shift(const struct line *line)
{
    char word[WORD_MOST + 1];
    const char *end;
    read_word(line->rest, word, &end);
    bool role =
        *line->rest ? *line->rest == '@' || is_in(line->context->roles, word) : line->context->here != 0;
    return !line->ret->named && *skip_space(end) == '\0' && !role;
}

/* Some lines belong to a different row than their first word says. */
static const struct command_row *intended_row(const struct command_row *row, struct line *line)
{
    const char *end;
    if (row->arguments[0].kind == ARGUMENT_STATUS)
        return row_of_status(row, line);
    if (strcmp(row->name, "link") == 0 && read_incident(line->rest, false, &end) && *skip_space(end) == '\0')
        return command_find("relate", NULL);
    if (strcmp(row->name, "link") == 0 && links_users(line))
        return command_find("link-me", NULL);
    if (strcmp(row->name, "handover") == 0 && shows_shift(line))
        return command_find("shift", NULL);
    return row;
}

static int refuse_no_incident(const struct line *line, char word[WORD_MOST + 1])
{
    for (char *c = word; *c; c++)
        *c = (char)toupper((unsigned char)*c);
    return error_markup(line->err, ERR_NOT_FOUND, "No incident %.40s. `list` shows the open ones.", word);
}

static int parse_row(struct line *line, const struct command_row *row, const char *first)
{
    char word[WORD_MOST + 1];
    bool names = row->about == ABOUT_INCIDENT || row->arguments[0].kind == ARGUMENT_INCIDENT;
    if (names && !line->ret->named && is_no_incident(line->rest, word))
        return refuse_no_incident(line, word);
    if (row->arguments[0].kind != ARGUMENT_INCIDENT && strcmp(row->name, "link") != 0)
        take_second(line, row);
    row = *first ? row : intended_row(row, line);
    if (strcmp(row->name, "link") == 0)
        take_second(line, row);
    if (row->arguments[0].kind != ARGUMENT_INCIDENT)
        take_last(line, row);
    int rc = take_arguments(line, row, first);
    return rc ? rc : check_incident(line, row);
}

static int parse_custom(struct line *line, const char *word)
{
    static const struct command_row perhaps = {.about = ABOUT_PERHAPS};
    struct parsed *ret = line->ret;
    take_second(line, &perhaps);
    ret->custom = xstrdup(word);
    CLEANUP_FREE char *plain = plain_links(line->rest);
    ret->arguments[0] = whole_text(plain, strlen(plain));
    if (!ret->named)
        ret->incident = line->context->here;
    return 0;
}

static int refuse_slip(struct line *line, const char *word, const char *meant)
{
    CLEANUP_STR struct str type = {0};
    char name[INCIDENT_NAME];
    if (line->led)
        str_addf(&type, "%s ", incident_name(line->ret->incident, name));
    str_addf(&type, "%s%s%s", meant, *line->rest ? " " : "", line->rest);
    offer(line, type.p);
    if (line->led)
        return error_markup(line->err, ERR_INVALID, "Unknown command '%.40s'. Did you mean `%.200s`?", word,
                            type.p);
    CLEANUP_FREE char *declare = xasprintf("declare %s", line->whole);
    offer(line, declare);
    return error_markup(
        line->err, ERR_INVALID,
        "Unknown command '%.40s'. Did you mean `%.150s`? To open an incident with that title, type `%.150s`.",
        word, type.p, declare);
}

/* Is an incident named after the first word, as in a command: at once, or at the end of a short line? */
static bool names_incident(const struct line *line)
{
    const char *end, *rest = line->rest;
    for (int i = 0; i < 2 && *rest; i++) {
        bool named = strncasecmp(rest, "inc", 3) == 0 && read_incident(rest, false, &end);
        if (named && (i == 0 || *skip_space(end) == '\0'))
            return true;
        rest = skip_space(rest + strcspn(rest, " \t\n"));
    }
    return false;
}

/* Not even almost a command, but about an incident, so hardly the title of a new one. */
static int refuse_addressed(struct line *line, const char *word)
{
    size_t n;
    const char *const *words = command_words(&n), *meant = nearest_word(word, words, n);
    CLEANUP_FREE char *declare = xasprintf("declare %s", line->whole);
    CLEANUP_FREE char *type = meant ? xasprintf("%s %s", meant, line->rest) : xstrdup("help");
    offer(line, type);
    offer(line, declare);
    return error_markup(line->err, ERR_INVALID,
                        meant
                            ? "Unknown command '%.40s'. The nearest is `%.150s`. To open an incident with that "
                              "title, type `%.150s`."
                            : "Unknown command '%.40s'. `%.150s` lists all commands. To open an incident with "
                              "that title, type `%.150s`.",
                        word, type, declare);
}

static int refuse_unknown(struct line *line, const char *word)
{
    char name[INCIDENT_NAME];
    incident_name(line->ret->incident, name);
    return error_markup(
        line->err, ERR_INVALID,
        "Unknown command '%.40s'. To write it down, type `%s note %.80s`. `help` lists all commands.", word,
        name, *word ? word : "…");
}

static bool is_courtesy(const char *text)
{
    static const char *const words[] = {"thanks", "thank",  "you", "hi",     "hello", "hey", "ok",
                                        "okay",   "cheers", "ty",  "please", "yes",   "no",  NULL};
    char word[WORD_MOST + 1];
    size_t n = 0;
    for (const char *end; *skip_space(text); text = end, n++) {
        read_word(text, word, &end);
        if (!is_in(words, word))
            return false;
    }
    return n <= 4;
}

static bool has_letters(const char *text)
{
    for (; *text; text++) {
        if (isalpha((unsigned char)*text) || (unsigned char)*text >= 0x80)
            return true;
    }
    return false;
}

/* "who is on call?" is a question to Tocsin, and hardly the title of an incident. */
static bool is_question(const char *text)
{
    static const char *const words[] = {"who",   "whose", "whom", "what",  "what's", "who's",
                                        "where", "when",  "how",  "which", NULL};
    char word[WORD_MOST + 1];
    const char *end;
    size_t n = strlen(text);
    while (n && isspace((unsigned char)text[n - 1]))
        n--;
    read_word(text, word, &end);
    return (n && text[n - 1] == '?') || is_in(words, word);
}

static bool is_link(const char *text)
{
    const char *scheme = strstr(text, "://");
    size_t word = strcspn(text, " \t\n");
    return scheme && scheme < text + word && *skip_space(text + word) == '\0';
}

static int ask_back(struct line *line, const char *begin)
{
    bool link = is_link(begin);
    CLEANUP_FREE char *declare = xasprintf(link ? "declare --link %s …" : "declare %s", begin);
    if (!link)
        offer(line, declare);
    offer(line, "help");
    return error_markup(
        line->err, ERR_INVALID,
        link ? "A link alone is not a title. Add what is wrong: `%.300s`. `help` shows what I can do."
             : "Is that a question? `help` shows what I can do, and `list` shows what is open. To open an "
               "incident with that title, type `%.300s`.",
        declare);
}

/* Words in a private incident's channel were hardly meant for everybody. */
static int ask_where(struct line *line, const char *begin)
{
    CLEANUP_FREE char *declare = xasprintf("declare --private %s", begin);
    CLEANUP_FREE char *note = xasprintf("note %s", begin);
    if (line->context->here)
        offer(line, note);
    offer(line, declare);
    return error_markup(
        line->err, ERR_INVALID,
        "This channel belongs to a private incident, so '%.60s' opened nothing. To write it down, type "
        "`note %.60s`. To open another private incident, type `declare --private %.60s`.",
        begin, begin, begin);
}

static int parse_title(struct line *line, const char *begin)
{
    if (is_question(begin) || is_link(begin))
        return ask_back(line, begin);
    if (is_courtesy(begin) || !has_letters(begin))
        return error_markup(line->err, ERR_INVALID,
                            "'%.40s' does not look like a title. To open an incident anyway, type `declare "
                            "%.40s`. `help` lists all commands.",
                            begin, begin);
    if (line->context->private_here)
        return ask_where(line, begin);
    line->rest = begin;
    line->ret->bare = true;
    return take_arguments(line, command_find("declare", NULL), "");
}

static int parse_line(struct line *line)
{
    char word[WORD_MOST + 1];
    const char *end, *first, *meant;
    take_first(line);
    const char *begin = line->rest;
    if (!line->led && is_no_incident(begin, word))
        return refuse_no_incident(line, word);
    if (*begin == '\0')
        return parse_row(line, command_find(line->led ? "show" : "help", NULL), "");
    if (*begin == '?' && begin[1] == '\0')
        return parse_row((line->rest = begin + 1, line), command_find("help", NULL), "");
    read_word(begin, word, &end);
    line->rest = skip_space(end);
    const struct command_row *row = *word ? command_find(word, &first) : NULL;
    if (row)
        return parse_row(line, row, first);
    if (is_in(line->context->roles, word))
        return parse_row(line, command_find("role", NULL), word);
    if (is_in(line->context->customs, word))
        return parse_custom(line, word);
    if (is_slip(line, word, &meant))
        return refuse_slip(line, word, meant);
    if (*word && !line->led && names_incident(line))
        return refuse_addressed(line, word);
    return line->led ? refuse_unknown(line, word) : parse_title(line, begin);
}

int command_parse(const char *text, const struct parse_context *context, struct parsed *ret, struct error *err)
{
    *ret = (struct parsed){0};
    if (strlen(text) > COMMAND_BYTES)
        return error_set(err, ERR_TOO_BIG,
                         "The line has %zu bytes, and the limit is %d. Link to a document instead.",
                         strlen(text), COMMAND_BYTES);
    CLEANUP_FREE char *whole = command_line(text);
    const char *begin = whole, *prefixed = strchr("/!", *begin) ? command_prefixed(begin) : NULL;
    begin = prefixed ? prefixed : begin;
    struct line line = {.context = context, .ret = ret, .whole = begin, .rest = begin, .err = err};
    int rc = parse_line(&line);
    free(line.shortened);
    if (rc && err)
        command_mend(err->text);
    return rc;
}
