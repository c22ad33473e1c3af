/* Forms that people and clients write a line in: markup around it, dashes before options, and dates with ordinals and zones. The input
   picks a form; each means what the plain form means, or is refused. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/command/fake_policy.h"
#include "base/zone.h"
#include "command/parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define NOW INT64_C(1795446382123) /* Mon 23 Nov 2026 15:06 UTC */

struct bytes {
    const uint8_t *p;
    size_t n;
};

static size_t pick(struct bytes *in, size_t most)
{
    if (!in->n)
        return 0;
    in->n--;
    return *in->p++ % most;
}
#define PICK(in, table) (table)[pick(in, ARRAY_SIZE(table))]

static int parse(const char *line, struct parsed *ret, struct error *err)
{
    struct parse_context context = {
        .now = NOW, .zone = "Europe/London", .latest = 42, .severities = fake_severities, .roles = fake_roles};
    *err = (struct error){0};
    return command_parse(line, &context, ret, err);
}

static void fail(const char *line, const char *why)
{
    fprintf(stderr, "typed: %s\n%s\n", line, why);
    abort();
}

/* ---- markup ---- */

static bool same(const struct parsed *a, const struct parsed *b)
{
    bool equal = a->row == b->row && a->incident == b->incident && a->other == b->other && a->until == b->until;
    for (size_t i = 0; i < COMMAND_ARGUMENTS; i++)
        equal = equal && text_equal(a->arguments[i], b->arguments[i]);
    return equal;
}

/* Quotes are no markup: a line in quotes is a title. Emphasis in emphasis of the same kind is none. */
static char *wrapped(struct bytes *in, const char *text)
{
    static const char *const around[][2] = {
        {"", ""},       {"_", "_"},         {"~", "~"},           {"`", "`"},
        {"```", "```"}, {"```\n", "\n```"}, {"\u00a0", "\u00a0"}, {"\u200b", "\u200b"},
        {"  ", "\n"},   {"*", "*"},         {"**", "**"}};
    size_t i = pick(in, *text == '*' ? ARRAY_SIZE(around) - 2 : ARRAY_SIZE(around));
    return xasprintf("%s%s%s", around[i][0], text, around[i][1]);
}

/* An incident as clients make it of "INC-1". */
static char *incident(struct bytes *in, int number)
{
    static const char *const dashes[] = {"-", "‑", "–", "—", "−", "‐", "－"};
    const char *dash = PICK(in, dashes);
    switch (pick(in, 5)) {
    case 0:
        return xasprintf("<https://t.example/i/%d|INC%s%d>", number, dash, number);
    case 1:
        return xasprintf("[INC%s%d](https://t.example/i/%d)", dash, number, number);
    case 2:
        return xasprintf("*INC%s%d*", dash, number);
    case 3:
        return xasprintf("inc%s%d", dash, number);
    default:
        return xasprintf("INC%s%d", dash, number);
    }
}

static void check_markup(struct bytes *in)
{
    static const struct {
        const char *form, *plain;
    } lines[] = {{"%s accept", "INC-1 accept"},
                 {"%s sev major", "INC-1 sev major"},
                 {"%s lead @ana", "INC-1 lead @ana"},
                 {"accept %s", "INC-1 accept"},
                 {"sev major %s", "INC-1 sev major"},
                 {"%s team payments", "INC-1 team payments"},
                 {"%s resolve", "INC-1 resolve"},
                 {"%s ticket https://t.example/7", "INC-1 ticket https://t.example/7"}};
    size_t i = pick(in, ARRAY_SIZE(lines));
    CLEANUP_FREE char *name = incident(in, 1);
    const char *rest = strstr(lines[i].form, "%s");
    CLEANUP_FREE char *line =
        xasprintf("%.*s%s%s", (int)(rest - lines[i].form), lines[i].form, name, rest + strlen("%s"));
    CLEANUP_FREE char *once = wrapped(in, line);
    struct parsed plain, typed;
    struct error err;
    require(parse(lines[i].plain, &plain, &err) == 0);
    if (parse(once, &typed, &err))
        fail(once, err.text);
    if (!same(&plain, &typed))
        fail(once, "means something else than without markup");
    parsed_finish(&plain);
    parsed_finish(&typed);
}

/* ---- options ---- */

/* An option is taken as one, or refused: it never becomes a part of what everybody reads. */
static void check_option(struct bytes *in)
{
    static const char *const dashes[] = {"-", "--", "—", "–", "−", "‑‑", "――", "---", "﹣", "–-", "-–", "－－"};
    static const char *const options[] = {"private",  "sev major", "sev=major", "drill",
                                          "team=pay", "privat",    "secret",    "Private"};
    const char *dash = PICK(in, dashes), *option = PICK(in, options);
    CLEANUP_FREE char *line = pick(in, 2) ? xasprintf("declare payroll leak %s%s", dash, option)
                                          : xasprintf("declare %s%s payroll leak", dash, option);
    struct parsed typed;
    struct error err;
    if (parse(line, &typed, &err) == 0) {
        bool taken = false;
        for (size_t i = 0; i < OPTION_COUNT; i++)
            taken |= typed.options[i] != NULL;
        if (!taken || !text_equal(typed.arguments[0], "payroll leak"))
            fail(line, typed.arguments[0] ? typed.arguments[0] : "no title");
    }
    parsed_finish(&typed);
}

/* ---- dates ---- */

static const char *ordinal(int day)
{
    return day % 10 == 1 && day != 11   ? "st"
           : day % 10 == 2 && day != 12 ? "nd"
           : day % 10 == 3 && day != 13 ? "rd"
                                        : "th";
}

static char *date(struct bytes *in, int year, int month, int day)
{
    static const char *const names[] = {"jan", "feb", "mar", "apr", "may", "jun",
                                        "jul", "aug", "sep", "oct", "nov", "dec"};
    static const char *const whole[] = {"January", "February", "March",     "April",   "May",      "June",
                                        "July",    "August",   "September", "October", "November", "December"};
    const char *name = pick(in, 2) ? names[month - 1] : whole[month - 1];
    switch (pick(in, 7)) {
    case 0:
        return xasprintf("%s %d%s", name, day, ordinal(day));
    case 1:
        return xasprintf("%d%s of %s", day, ordinal(day), name);
    case 2:
        return xasprintf("%d %s", day, name);
    case 3:
        return xasprintf("the %d%s %s", day, ordinal(day), name);
    case 4:
        return xasprintf("%02d.%02d.%d", day, month, year);
    case 5:
        return xasprintf("%d/%02d/%02d", year, month, day);
    default:
        return xasprintf("%s %d, %d", name, day, year);
    }
}

/* The same time as in ISO 8601, or refused like that. */
static void check_date(struct bytes *in)
{
    static const char *const zones[] = {"", " UTC", " +05:30", " Europe/Paris", " America/New_York"};
    int month = 1 + (int)pick(in, 12), day = 1 + (int)pick(in, 31), hour = (int)pick(in, 24),
        minute = (int)pick(in, 60);
    int year = month == 12 || (month == 11 && day > 24) ? 2026 : 2027;
    const char *zone = PICK(in, zones);
    if (month == 11 && day >= 22 && day <= 24)
        return; /* around today the year depends on the zone */
    CLEANUP_FREE char *words = date(in, year, month, day);
    CLEANUP_FREE char *typed = xasprintf("INC-1 pause the bank until %s %d:%02d%s", words, hour, minute, zone);
    CLEANUP_FREE char *iso =
        xasprintf("INC-1 pause the bank until %d-%02d-%02d %02d:%02d%s", year, month, day, hour, minute, zone);
    struct parsed plain, parsed;
    struct error err, wanted;
    int rc = parse(typed, &parsed, &err), expected = parse(iso, &plain, &wanted);
    if ((rc == 0) != (expected == 0))
        fail(typed, rc ? err.text : wanted.text);
    if (rc == 0 && (parsed.until != plain.until || !text_equal(parsed.arguments[0], "the bank")))
        fail(typed, "means another time than in ISO 8601");
    parsed_finish(&plain);
    parsed_finish(&parsed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static void (*const checks[])(struct bytes * in) = {check_markup, check_option, check_date};
    struct bytes in = {data, n};
    PICK(&in, checks)(&in);
    return 0;
}
