/* What a mute's pattern means: `checkout*` and a fingerprint, or one field: `service=checkout`. Case does not count. */
#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "base/config.h"
#include "base/markup.h"
#include "intake/fingerprint.h"
#include "intake/group_place.h"
#include "intake/group_table.h"
#include "sight/sight.h"
#include "triage/inside.h"
#include "triage/triage.h"

#define NAMED_MOST 3  /* groups that an answer names */
#define TITLE_MOST 80 /* bytes of each */

static const struct {
    const char *name;
    size_t at; /* in struct problem */
} fields[] = {
    {"title", offsetof(struct problem, title)},
    {"service", offsetof(struct problem, service)},
    {"environment", offsetof(struct problem, environment)},
};

/* The length of what looks like a field's name before `sign`; 0: there is none. */
static size_t field_length(const char *pattern, char sign)
{
    size_t n = strspn(pattern, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_");
    return pattern[n] == sign ? n : 0;
}

/* The row of the field whose name has these bytes; ARRAY_SIZE(fields): there is none. */
static size_t find_field(const char *name, size_t n)
{
    size_t i = 0;
    while (i < ARRAY_SIZE(fields) && (strlen(fields[i].name) != n || strncasecmp(name, fields[i].name, n) != 0))
        i++;
    return i;
}

/* The row of the pattern's field, and the glob after it; ARRAY_SIZE(fields): it has none, and is all glob. */
static size_t read_field(const char *pattern, const char **ret_glob)
{
    size_t n = field_length(pattern, '='), field = find_field(pattern, n);
    *ret_glob = field < ARRAY_SIZE(fields) ? pattern + n + 1 : pattern;
    return field;
}

/* "service:c60"; a title such as "Service: down" has a space. */
static int check_colon(const char *pattern, struct error *err)
{
    size_t n = field_length(pattern, ':'), field = find_field(pattern, n);
    const char *value = pattern + n + (n > 0), *quote = strchr(value, ' ') ? "\"" : "";
    if (field == ARRAY_SIZE(fields) || *value == ' ')
        return 0;
    return error_markup(err, ERR_INVALID, "Write a field with `=`: `mute %s%s=%.60s%s …`.", quote,
                        fields[field].name, value, quote);
}

bool mute_names_field(const char *text)
{
    return field_length(text, '=') > 0;
}

int mute_check(const char *pattern, struct error *err)
{
    const char *glob;
    size_t field = read_field(pattern, &glob), n = field_length(pattern, '=');
    int rc = check_colon(pattern, err);
    if (rc)
        return rc;
    if (field == ARRAY_SIZE(fields) && n)
        return error_markup(
            err, ERR_INVALID,
            "Unknown field '%.*s'. Choose title, service or environment, or mute the text itself as "
            "`mute \"title=%.60s\" …`.",
            (int)MIN(n, 40), pattern, pattern);
    if (strspn(glob, "*?") == strlen(glob))
        return error_markup(err, ERR_REFUSED,
                            "'%.20s' would silence everything. Name a title, a service or a fingerprint: `mute "
                            "checkout* for 2h noisy deploy`.",
                            pattern);
    return 0;
}

bool mute_matches(const char *pattern, const char *fingerprint, const struct problem *about)
{
    const char *glob;
    size_t field = read_field(pattern, &glob);
    if (field < ARRAY_SIZE(fields))
        return text_matches_nocase(glob, *(const char *const *)((const char *)about + fields[field].at));
    return text_equal_nocase(pattern, fingerprint) || text_matches_nocase(pattern, about->title) ||
           (about->service && text_matches_nocase(pattern, about->service));
}

static bool matches_group(const char *pattern, const struct group *group)
{
    char fingerprint[FINGERPRINT_TEXT];
    fingerprint_format(group->fingerprint, fingerprint);
    bool matches = mute_matches(pattern, fingerprint, &group->about);
    for (size_t i = 0; !matches && i < group->places.n; i++) {
        struct problem there = group->about;
        there.service = group->places.v[i].service;
        there.environment = group->places.v[i].environment;
        matches = mute_matches(pattern, fingerprint, &there);
    }
    return matches;
}

/* The one walk through all groups in memory: a person asked, and the answer is what keeps a typo from muting nothing. */
void mutes_describe(struct core *core, const char *pattern, struct str *out)
{
    const struct group *group;
    CLEANUP_STR struct str names = {0};
    size_t n = 0;
    for (size_t at = 0; (group = group_table_next(triage_of(core)->groups, &at));) {
        if (!matches_group(pattern, group) || !sight_group_visible(core, group, NULL))
            continue;
        const char *title = group->about.title;
        if (++n <= NAMED_MOST)
            str_addf(&names, "%s%.*s", n > 1 ? "; " : "", (int)utf8_cut(title, strlen(title), TITLE_MOST),
                     title);
    }
    if (n == 0)
        str_add(out, "It matches no recent alert");
    else
        str_addf(out, "It matches %zu recent alert group%s: %s", n, n == 1 ? "" : "s", names.p);
    if (n > NAMED_MOST)
        str_addf(out, "; and %zu more", n - NAMED_MOST);
    str_addc(out, '.');
}
