#include "moving/matchers.h"

#include <string.h>

#include "moving/lua_text.h"
#include "moving/sources.h"

#define PATTERNS_MOST 200

/* ---- regular expressions that are patterns ---- */

/* Adds a piece without alternatives, as a pattern. False: it is none. */
static bool add_piece(const char *p, const char *end, struct str *out)
{
    for (; p < end; p++) {
        const char *next = p + 1;
        if (*p == '.' && next < end && (*next == '*' || *next == '+')) {
            str_add(out, *next == '*' ? "*" : "?*");
            p++;
        } else if (*p == '.') {
            str_addc(out, '?');
        } else if (*p == '\\' && next < end && strchr(".-/_+|()[]{}^$\\", *next)) {
            str_addc(out, *++p);
        } else if (strchr("\\*+?()[]{}^$|", *p)) {
            return false;
        } else {
            str_addc(out, *p);
        }
    }
    return true;
}

/* The next | or the end. */
static const char *alternative_end(const char *p, const char *end)
{
    while (p < end && *p != '|')
        p += *p == '\\' && p + 1 < end ? 2 : 1;
    return p;
}

/* One alternative at the top: before(a|b)after. */
static bool add_alternatives(struct moving *m, const char *p, const char *end, moving_texts *ret)
{
    const char *open = memchr(p, '(', (size_t)(end - p)),
               *close = open ? memchr(open, ')', (size_t)(end - open)) : NULL;
    bool group = open && close && (open == p || open[-1] != '\\');
    const char *begin = group ? open + 1 : end, *stop = group ? close : end;
    if (group && stop - begin >= 2 && strncmp(begin, "?:", 2) == 0)
        begin += 2;
    for (const char *at = begin;; at++) {
        CLEANUP_STR struct str pattern = {0};
        const char *last = alternative_end(at, stop);
        bool good = add_piece(p, group ? open : end, &pattern) && add_piece(at, last, &pattern) &&
                    (!group || add_piece(close + 1, end, &pattern));
        if (!good || ret->n >= PATTERNS_MOST)
            return false;
        *array_add(ret) = keepf(m, "%s", str_text(&pattern));
        at = last;
        if (at >= stop)
            return true;
    }
}

/* The next | outside of a group, or the end. */
static const char *top_end(const char *p, const char *end)
{
    int depth = 0;
    for (; p < end && (*p != '|' || depth); p++) {
        depth += *p == '(' ? 1 : *p == ')' ? -1 : 0;
        p += *p == '\\' && p + 1 < end;
    }
    return p;
}

bool patterns_of_regex(struct moving *m, const char *regex, moving_texts *ret)
{
    const char *end = regex + strlen(regex);
    regex += *regex == '^';
    end -= end > regex && end[-1] == '$' && (end - 1 == regex || end[-2] != '\\');
    for (const char *p = regex;; p++) {
        const char *last = top_end(p, end);
        if (!add_alternatives(m, p, last, ret))
            return false;
        p = last;
        if (p >= end)
            return true;
    }
}

/* ---- conditions ---- */

struct matcher {
    const char *name, *value;
    bool regex, equal;
};

/* An expression in which @ stands for the tag's name, # for the text, and & for "and" where something precedes. */
static void add_when(struct conditions *conditions, const char *expression, const char *name, const char *value)
{
    bool follows = conditions->when.len > 0;
    for (const char *p = expression; *p; p++) {
        if (*p == '@')
            lua_quote(name, &conditions->when);
        else if (*p == '#')
            lua_quote(value, &conditions->when);
        else if (*p == '&')
            str_add(&conditions->when, follows ? " and " : "");
        else
            str_addc(&conditions->when, *p);
    }
}

/* A match has one condition on a tag: a second one goes into the expression. */
static bool is_matched(const struct moving_rule *rule, const char *name)
{
    for (size_t i = 0; i < rule->matches.n; i++) {
        if (rule->matches.v[i].tag && text_equal(rule->matches.v[i].field, name))
            return true;
    }
    return false;
}

/* An absent label is an empty one, which a match never sees. */
static bool takes_empty(const moving_texts *patterns)
{
    bool some = false;
    for (size_t i = 0; i < patterns->n; i++)
        some = some || text_matches(patterns->v[i], "");
    return some;
}

static void add_globs(struct conditions *conditions, const char *name, const moving_texts *patterns)
{
    struct conditions any = {0};
    for (size_t i = 0; i < patterns->n; i++)
        add_when(&any, i ? " or glob(#, group:tag(@) or \"\")" : "glob(#, group:tag(@) or \"\")", name,
                 patterns->v[i]);
    str_addf(&conditions->when, "%s(%s)", conditions->when.len ? " and " : "", str_text(&any.when));
    str_finish(&any.when);
}

static void add_regex(struct moving *m, struct conditions *conditions, const struct matcher *matcher)
{
    moving_texts patterns = {0};
    bool known = patterns_of_regex(m, matcher->value, &patterns);
    bool match = matcher->equal && !takes_empty(&patterns) && !is_matched(conditions->rule, matcher->name);
    if (!known)
        conditions->wrong = keepf(m, "%s%s%s", matcher->name, matcher->equal ? "=~" : "!~", matcher->value);
    else if (matcher->equal && !match)
        add_globs(conditions, matcher->name, &patterns);
    for (size_t i = 0; i < patterns.n && known; i++) {
        if (!matcher->equal)
            add_when(conditions, "&not glob(#, group:tag(@) or \"\")", matcher->name, patterns.v[i]);
        else if (match)
            rule_match(conditions->rule, matcher->name, true, patterns.v[i]);
    }
    array_free(&patterns);
}

static void add_matcher(struct moving *m, struct conditions *conditions, const struct matcher *matcher)
{
    bool plain =
        *matcher->value && !strpbrk(matcher->value, "*?") && !is_matched(conditions->rule, matcher->name);
    if (matcher->regex)
        add_regex(m, conditions, matcher);
    else if (!matcher->equal)
        add_when(conditions, "&(group:tag(@) or \"\") ~= #", matcher->name, matcher->value);
    else if (plain)
        rule_match(conditions->rule, matcher->name, true, matcher->value);
    else
        add_when(conditions, "&(group:tag(@) or \"\") == #", matcher->name, matcher->value);
}

/* "name", or bare up to one of the letters of `until`; *p goes on behind it. */
static const char *take_word(struct moving *m, const char **p, const char *until)
{
    struct str text = {0};
    *p += strspn(*p, " \t");
    bool quoted = **p == '"';
    *p += quoted;
    while (**p && (quoted ? **p != '"' : !strchr(until, **p))) {
        if (quoted && **p == '\\' && (*p)[1]) {
            ++*p;
            str_addc(&text, **p == 'n' ? '\n' : **p);
        } else {
            str_addc(&text, **p);
        }
        ++*p;
    }
    while (!quoted && text.len && strchr(" \t", text.p[text.len - 1]))
        text.p[--text.len] = '\0';
    *p += quoted && **p == '"';
    *p += strspn(*p, " \t");
    return keep(m, str_take(&text));
}

/* foo="bar", foo =~ "a|b": one or several, with commas between them and perhaps braces around. */
static void take_matchers(struct reading *r, const cJSON *at, const char *text, struct conditions *conditions)
{
    const char *p = text + strspn(text, " \t{");
    while (*p && *p != '}' && !r->rc) {
        struct matcher matcher = {.name = take_word(r->m, &p, "=!~")};
        size_t n = strspn(p, "=!~");
        matcher.equal = *p == '=';
        matcher.regex = n == 2 && p[1] == '~';
        bool known = n == 1 ? *p == '=' : n == 2 && (strncmp(p, "!=", 2) == 0 || matcher.regex) && p[0] != '~';
        p += n;
        matcher.value = take_word(r->m, &p, ",}");
        if (!known || !*matcher.name)
            fault(r, at, "'%.60s' is not a matcher; write it as name=\"value\"", text);
        else
            add_matcher(r->m, conditions, &matcher);
        p += strspn(p, ", \t");
    }
}

static void take_map(struct reading *r, const cJSON *map, bool regex, struct conditions *conditions)
{
    const cJSON *member;
    cJSON_ArrayForEach(member, map)
    {
        struct matcher matcher = {member->string, cJSON_GetStringValue(member), regex, true};
        if (!matcher.name || !matcher.value)
            fault(r, member, "this must be a text");
        else
            add_matcher(r->m, conditions, &matcher);
    }
}

void conditions_of_route(struct reading *r, const cJSON *route, struct conditions *conditions)
{
    const cJSON *row, *matchers = json_member(route, "matchers");
    take_map(r, json_member(route, "match"), false, conditions);
    take_map(r, json_member(route, "match_re"), true, conditions);
    if (cJSON_IsString(matchers))
        take_matchers(r, matchers, matchers->valuestring, conditions);
    else
        cJSON_ArrayForEach(row, get_list(r, route, "matchers"))
        {
            const char *text = cJSON_GetStringValue(row);
            take_matchers(r, row, text ? text : "?", conditions);
        }
}

void conditions_of_silence(struct reading *r, const cJSON *silence, struct conditions *conditions)
{
    const cJSON *row;
    cJSON_ArrayForEach(row, get_list(r, silence, "matchers"))
    {
        const cJSON *equal = json_member(row, "isEqual");
        const char *value = json_text_or(row, "value", "");
        struct matcher matcher = {need_text(r, row, "name"), value, get_bool(row, "isRegex"),
                                  !equal || cJSON_IsTrue(equal)};
        add_matcher(r->m, conditions, &matcher);
    }
}

/* ---- time intervals ---- */

static const char *const weekdays[] = {"sunday",   "monday", "tuesday", "wednesday",
                                       "thursday", "friday", "saturday"};
static const char *const months[] = {"",     "january", "february",  "march",   "april",    "may",     "june",
                                     "july", "august",  "september", "october", "november", "december"};

struct part { /* of a time interval: ranges, any of which must hold */
    const char *name, *field;
    const char *const *words;
    int n_words, least, most;
};

static bool read_number(const char *text, size_t n, const struct part *part, int *ret)
{
    char copy[16], *end;
    if (n == 0 || n >= sizeof(copy))
        return false;
    memcpy(copy, text, n);
    copy[n] = '\0';
    for (int i = 0; i < part->n_words; i++) {
        if (*part->words[i] && text_equal_nocase(part->words[i], copy)) {
            *ret = i;
            return true;
        }
    }
    *ret = (int)strtol(copy, &end, 10);
    return !*end && *ret >= part->least && *ret <= part->most && (*ret || part->least == 0);
}

/* A day counted from the end of the month is one of its last days. */
static void add_number(int value, struct str *out)
{
    if (value < 0)
        str_addf(out, "last %+d", value + 1);
    else
        str_addf(out, "%d", value);
}

static void add_ranges(struct reading *r, const cJSON *interval, const struct part *part, struct str *out)
{
    const cJSON *range, *ranges = get_list(r, interval, part->name);
    if (!ranges || !ranges->child)
        return;
    str_add(out, " and (");
    cJSON_ArrayForEach(range, ranges)
    {
        const char *text = cJSON_GetStringValue(range) ? range->valuestring : "", *colon = strchr(text, ':');
        size_t n = strlen(text), first = colon ? (size_t)(colon - text) : n;
        int from = 0, until = 0;
        if (!read_number(text, first, part, &from) ||
            !read_number(colon ? colon + 1 : text, colon ? n - first - 1 : n, part, &until)) {
            fault(r, range, "'%.40s' is not known among %s", text, part->name);
            return;
        }
        str_addf(out, "%s(%s >= ", range == ranges->child ? "" : " or ", part->field);
        add_number(from, out);
        str_addf(out, " and %s <= ", part->field);
        add_number(until, out);
        str_addc(out, ')');
    }
    str_addc(out, ')');
}

static void add_times(struct reading *r, const cJSON *interval, struct str *out)
{
    const cJSON *time, *times = get_list(r, interval, "times");
    if (!times || !times->child)
        return;
    str_add(out, " and (");
    cJSON_ArrayForEach(time, times)
    {
        int opens = get_clock(r, time, "start_time"), closes = get_clock(r, time, "end_time");
        str_addf(out, "%s(minute >= %d and minute < %d)", time == times->child ? "" : " or ", opens, closes);
    }
    str_addc(out, ')');
}

static void add_interval(struct reading *r, const cJSON *interval, struct str *out)
{
    static const struct part parts[] = {
        {"weekdays", "c.weekday", weekdays, ARRAY_SIZE(weekdays), 0, -1},
        {"days_of_month", "c.day", NULL, 0, -31, 31},
        {"months", "c.month", months, ARRAY_SIZE(months), 1, 12},
        {"years", "c.year", NULL, 0, 1970, 9999},
    };
    const char *zone = get_zone(r, interval, "location", "UTC");
    str_add(out, "    function()\n      local c = clock(");
    lua_quote(zone, out);
    str_add(out, ")\n      local minute, last = c.hour * 60 + c.minute, days_in(c)\n      return minute >= 0 "
                 "and last > 0");
    add_times(r, interval, out);
    for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
        add_ranges(r, interval, &parts[i], out);
    str_add(out, "\n    end,\n");
}

static const char interval_head[] =
    "local function days_in(c)\n"
    "  local leap = c.year % 4 == 0 and (c.year % 100 ~= 0 or c.year % 400 == 0)\n"
    "  return ({ 31, leap and 29 or 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 })[c.month]\n"
    "end\n"
    "local intervals = {}\n"
    "local function interval(name)\n"
    "  for _, holds in ipairs(intervals[name] or {}) do\n"
    "    if holds() then return true end\n"
    "  end\n"
    "  return false\n"
    "end";

static bool has_head(const struct moving *m)
{
    for (size_t i = 0; i < m->helpers.n; i++) {
        if (m->helpers.v[i] == interval_head)
            return true;
    }
    return false;
}

void interval_helper(struct reading *r, const cJSON *json)
{
    struct str out = {0};
    const cJSON *interval;
    if (!has_head(r->m))
        *array_add(&r->m->helpers) = interval_head;
    str_add(&out, "intervals[");
    lua_quote(need_text(r, json, "name"), &out);
    str_add(&out, "] = {\n");
    cJSON_ArrayForEach(interval, get_list(r, json, "time_intervals")) add_interval(r, interval, &out);
    str_add(&out, "}");
    *array_add(&r->m->helpers) = keep(r->m, str_take(&out));
}
