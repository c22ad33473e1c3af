/* The texts about commands: help in chat, and docs/commands.md. */
#include "base/mem.h"
#include "command/table.h"

void command_usage(const struct command_row *row, struct str *out)
{
    str_add(out, row->name);
    for (size_t i = 0; i < COMMAND_ARGUMENTS && row->arguments[i].kind; i++)
        str_addf(out, row->arguments[i].optional ? " [%s]" : " <%s>", row->arguments[i].name);
}

static void add_aliases(const struct command_row *row, struct str *out)
{
    if (!*row->aliases)
        return;
    str_add(out, "Also: `");
    for (const char *p = row->aliases; *p; p++) {
        if (*p == ' ')
            str_add(out, "`, `");
        else
            str_addc(out, *p);
    }
    str_add(out, "`.");
}

void command_help(const struct command_row *row, struct str *out)
{
    str_add(out, "`");
    command_usage(row, out);
    str_addf(out, "` — %s\n\nExample: `%s`\n", row->help, row->example);
    if (row->more)
        str_addf(out, "\n%s\n", row->more);
    if (row->about == ABOUT_INCIDENT)
        str_addf(out, "\nOutside the incident's channel, name the incident: `INC-42 %s` or `%s INC-42`.\n",
                 row->name, row->name);
    if (*row->aliases) {
        str_add(out, "\n");
        add_aliases(row, out);
        str_add(out, "\n");
    }
}

/* `agent`: only those that an agent may use. */
static void each_of_area(enum area area, bool agent,
                         void (*add)(const struct command_row *row, struct str *out), struct str *out)
{
    size_t n;
    const struct command_row *rows = command_rows(&n);
    for (size_t i = 0; i < n; i++) {
        if (rows[i].area == area && (!agent || agent_may_use(rows[i].agents)))
            add(&rows[i], out);
    }
}

static void add_line(const struct command_row *row, struct str *out)
{
    str_addf(out, "- `%s` — %s\n", row->example, row->help);
}

void command_overview(bool agent, struct str *out)
{
    for (enum area area = 0; area < AREA_COUNT; area++) {
        str_addf(out, "%s**%s**\n", area ? "\n" : "", area_name(area));
        each_of_area(area, agent, add_line, out);
    }
    str_add(out, "\n`help pause` explains one command in detail.\n");
}

static void add_chapter(const struct command_row *row, struct str *out)
{
    str_addf(out, "\n### %s\n\n", row->name);
    command_help(row, out);
}

static const char introduction[] =
    "# Commands\n"
    "\n"
    "Everything that people do with incidents is a command, wherever they type or press it. A slash command "
    "(`/inc`), a line\n"
    "that begins with `!inc` or `inc`, a mention of the bot, a direct message to it, a button, the command "
    "line (`tocsin inc`)\n"
    "and the API all take the same lines. This page is generated from the table of commands; `help` says the "
    "same in chat.\n"
    "\n"
    "## How a line is read\n"
    "\n"
    "1. **The incident** comes first or second: `INC-42 accept`, `accept INC-42`, `accept 42`. Without one, "
    "the line is about\n"
    "   the channel's incident. A bare number comes first only before a command: `42 errors in checkout` is a "
    "title.\n"
    "2. **The command** is the first word: a command, one of its other names, a role of the policy (`scribe "
    "@ana`) or a\n"
    "   command of your team.\n"
    "3. **A typo** does nothing. When the first word is almost a command (one letter is wrong, missing or "
    "extra, or two are\n"
    "   swapped; twice that in words of seven letters and more) and the rest is what that command takes, "
    "Tocsin offers\n"
    "   both lines: the command, and declaring an incident. So `acept`, `delcine INC-4` and `sevv major` never "
    "declare, and\n"
    "   neither does an unknown word before an incident (`foo INC-4`). `shop is down` declares.\n"
    "4. **Anything else is a title**: `checkout is slow` declares an incident. With `declare` in front, a line "
    "always does. In the channel of a private incident a title is only offered, and `declare` opens a private "
    "one.\n"
    "\n"
    "Text needs no quotes. Quotes around a whole text are removed, so `note \"INC-7 was the same\"` is a note "
    "about the current\n"
    "incident. Capital letters, smart quotes and a full stop after a word make no difference.\n"
    "\n"
    "**Times** are in your time zone (see `tz`): `for 2h`, `until tomorrow 9:00`, `monday 10:30`, `17:00`, "
    "`2026-11-24 09:00`.\n"
    "You can name another zone: `17:00 UTC`, `17:00 +05:30`, `17:00 Europe/Paris`, `2026-11-24T09:00Z`. A time "
    "can be at most a\n"
    "year ahead. A city alone (`9:00 Paris`) and two times in one line are refused.\n"
    "\n"
    "**People** are `me`, `@ana`, a full name or an e-mail address.\n"
    "\n"
    "**A private incident** does not exist for people who are not members.\n";

void command_manual(struct str *out)
{
    str_add(out, introduction);
    for (enum area area = 0; area < AREA_COUNT; area++) {
        str_addf(out, "\n## %s\n", area_name(area));
        each_of_area(area, false, add_chapter, out);
    }
}
