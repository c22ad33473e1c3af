/* The options of declare: takes them off a line, and refuses whatever only looks like one. Pure. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/config.h"
#include "base/markup.h"
#include "command/line.h"

const char *const option_names[OPTION_COUNT + 1] = {"sev",   "team", "service",  "private",
                                                    "drill", "link", "customer", NULL};

bool option_is_flag(int option)
{
    return option == OPTION_PRIVATE || option == OPTION_DRILL;
}

bool has_options(const struct command_row *row)
{
    return strcmp(row->name, "declare") == 0;
}

static size_t dashes_at(const char *p)
{
    size_t n = 0;
    for (size_t one; (one = dash_at(p + n));)
        n += one;
    return n;
}

/* Phones make one long dash of two, and hands type one short one. */
int read_option(const char *p, const char **ret_end)
{
    size_t dashes = dashes_at(p);
    const char *name = p + dashes;
    for (int i = 0; dashes && i < OPTION_COUNT; i++) {
        size_t n = strlen(option_names[i]);
        bool ends = name[strcspn(name, "= \t\n")] != '=' || !option_is_flag(i);
        if (strncasecmp(name, option_names[i], n) != 0 || !ends || !strchr("= \t\n", name[n]))
            continue;
        *ret_end = name + n + (name[n] == '=');
        return i;
    }
    return OPTION_COUNT;
}

static bool take_option(struct line *line, int option, const char *end)
{
    CLEANUP_FREE char *value = option_is_flag(option) ? xstrdup("") : read_token(end, &end);
    if (!value)
        return false;
    free(line->ret->options[option]);
    line->ret->options[option] = option == OPTION_LINK ? steal(value) : clean_name(value);
    line->rest = skip_space(end);
    return true;
}

/* Takes options off line->rest for as long as they follow each other. */
static void take_some(struct line *line)
{
    const char *end;
    for (int option; (option = read_option(line->rest, &end)) < OPTION_COUNT;) {
        if (!take_option(line, option, end))
            break;
    }
}

/* The end of the quotes that p begins with; p itself if there are none. */
static const char *after_quotes(const char *p)
{
    const char *end = p;
    CLEANUP_FREE char *quoted = is_quoted(p) ? read_token(p, &end) : NULL;
    return quoted ? end : p;
}

bool take_options(struct line *line)
{
    const char *end;
    take_some(line);
    const char *title = line->rest, *after = after_quotes(title); /* what stands in quotes is no option */
    for (const char *p = after; *p; p++) {
        bool begins = p > title && isspace((unsigned char)p[-1]);
        if (!begins || read_option(p, &end) == OPTION_COUNT)
            continue;
        line->rest = p;
        take_some(line);
        if (*line->rest == '\0') {
            line->ret->arguments[0] = whole_text(title, (size_t)(p - title));
            return after > title && skip_space(after) == p;
        }
    }
    line->rest = title;
    return after > title && *skip_space(after) == '\0';
}

/* ---- what only looks like one ---- */

struct lookalike {
    const char *from, *to;    /* in the title */
    char name[WORD_MOST + 1]; /* in lower case, without dashes and value */
    const char *near;         /* the option that it probably means; NULL: it is like none */
};

static bool is_flag_name(const char *name)
{
    return strcmp(name, "private") == 0 || strcmp(name, "drill") == 0;
}

/* "-- private", "— sev major": a dash that stands alone is plain punctuation before any other word. */
static bool is_apart(const struct lookalike *like)
{
    const char *near = nearest_word(like->name, option_names, OPTION_COUNT);
    bool last = *skip_space(like->to) == '\0';
    return is_flag_name(like->name) || strcmp(like->name, "sev") == 0 || (last && near && is_flag_name(near));
}

/* Does the word at p look like an option: "--privat", "-private", "*--private*", "— private", "(private)", "/private",
   "sev=major"? */
static bool looks_like_option(const char *p, struct lookalike *ret)
{
    static const char wrapping[] = "([{<*_~`\"'\\", marks[] = "/+#:=&!";
    const char *name = p + strspn(p, wrapping);
    name += starts_smart_quote(name);
    bool wrapped = name > p;
    size_t dashes = dashes_at(name), mark = dashes ? 0 : strspn(name, marks);
    name += dashes + mark;
    bool apart = dashes && !wrapped && isspace((unsigned char)*name);
    name = apart ? skip_space(name) : name;
    const char *space = name + strcspn(name, " \t\n");
    ret->from = p;
    read_word(name, ret->name, &ret->to);
    ret->to = MAX(ret->to, space);
    size_t n = strspn(ret->name, "abcdefghijklmnopqrstuvwxyz");
    bool assigned = ret->name[n] == '=' && n;
    ret->name[strcspn(ret->name, "=)]}>*_~`\"'")] = '\0';
    ret->near = nearest_word(ret->name, option_names, OPTION_COUNT);
    if (!isalpha((unsigned char)*name))
        return false;
    if (apart)
        return is_apart(ret);
    return dashes || ((wrapped || mark) && is_flag_name(ret->name)) ||
           (assigned && is_in(option_names, ret->name));
}

static void add_quoted(struct str *out, const char *text)
{
    bool plain = !strchr(text, '"');
    str_addf(out, plain ? " \"%s\"" : " «%s»", text);
}

/* The line to type: with the options that were taken, and one more flag. A drill stays one. */
static char *declare_line(const struct line *line, const char *flag, const char *title, bool quote)
{
    struct str out = {0};
    str_add(&out, "declare");
    for (int i = 0; i < OPTION_COUNT; i++) {
        const char *value = line->ret->options[i];
        bool added = (flag && strcmp(option_names[i], flag) == 0) ||
                     (i == OPTION_DRILL && strcmp(line->ret->row->name, "drill") == 0);
        if (value || added)
            str_addf(&out, " --%s", option_names[i]);
        if (value && !option_is_flag(i))
            add_quoted(&out, value);
    }
    if (quote)
        add_quoted(&out, title);
    else
        str_addf(&out, " %s", title);
    return str_take(&out);
}

static char *title_without(const char *title, const struct lookalike *like)
{
    CLEANUP_STR struct str rest = {0};
    str_addn(&rest, title, (size_t)(like->from - title));
    str_add(&rest, skip_space(like->to));
    return rest.len ? whole_text(rest.p, rest.len) : NULL;
}

/* Something like --private or --drill: the title without it is what was meant. It is never offered as a public title. */
static void offer_flag(struct line *line, const char *title, const struct lookalike *like)
{
    CLEANUP_FREE char *without = title_without(title, like);
    CLEANUP_FREE char *type = without ? declare_line(line, like->near, without, false) : NULL;
    if (type)
        offer(line, type);
}

static int refuse_near(struct line *line, const char *title, const struct lookalike *like)
{
    bool flag = is_flag_name(like->near);
    if (flag)
        offer_flag(line, title, like);
    return error_markup(
        line->err, ERR_INVALID,
        "`--%s` is in the middle of the title, or is not an option. Put options before the title: "
        "`declare --%s%s …`.",
        like->name, like->near, flag ? "" : " <value>");
}

static int refuse_unknown(struct line *line, const char *title, const struct lookalike *like)
{
    CLEANUP_STR struct str text = {0};
    CLEANUP_FREE char *type = declare_line(line, NULL, title, true);
    offer(line, type);
    str_markup(&text, "Unknown option `--%s`. The options are ", like->name);
    for (size_t i = 0; i < OPTION_COUNT; i++)
        str_addf(&text, "%s--%s", i ? ", " : "", option_names[i]);
    str_markup(&text, ". If it belongs to the title, put the title in quotes: `declare \"… --%s …\"`.",
               like->name);
    return error_set(line->err, ERR_INVALID, "%s", text.p);
}

/* A title in quotes may say anything, but for what looks like --private: that is too likely meant. */
int check_options(struct line *line, const char *title, bool quoted)
{
    struct lookalike like;
    for (const char *p = skip_space(title); *p; p = skip_space(p + strcspn(p, " \t\n"))) {
        if (!looks_like_option(p, &like))
            continue;
        bool private = like.near && strcmp(like.near, option_names[OPTION_PRIVATE]) == 0;
        if (!quoted || private)
            return like.near ? refuse_near(line, title, &like) : refuse_unknown(line, title, &like);
    }
    return 0;
}
