/* What people read about commands: help in chat, and docs/commands.md. */
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
        str_addf(out, "\nOutside of an incident's channel name it first or second: `INC-42 %s`, `%s INC-42`.\n",
                 row->name, row->name);
    if (*row->aliases) {
        str_add(out, "\n");
        add_aliases(row, out);
        str_add(out, "\n");
    }
}

static void each_of_area(enum area area, void (*add)(const struct command_row *row, struct str *out),
                         struct str *out)
{
    size_t n;
    const struct command_row *rows = command_rows(&n);
    for (size_t i = 0; i < n; i++) {
        if (rows[i].area == area)
            add(&rows[i], out);
    }
}

static void add_line(const struct command_row *row, struct str *out)
{
    str_addf(out, "- `%s` — %s\n", row->example, row->help);
}

void command_overview(struct str *out)
{
    for (enum area area = 0; area < AREA_COUNT; area++) {
        str_addf(out, "%s**%s**\n", area ? "\n" : "", area_name(area));
        each_of_area(area, add_line, out);
    }
    str_add(out, "\n`help pause` tells all about one of them.\n");
}

static void add_chapter(const struct command_row *row, struct str *out)
{
    str_addf(out, "\n### %s\n\n", row->name);
    command_help(row, out);
}

static const char introduction[] =
    "# Commands\n"
    "\n"
    "Everything that people do with incidents is a command, wherever they type or press it: a slash command\n"
    "(`/inc`), a line that begins with `!inc` or `inc`, a mention of the bot, a direct talk with it, a button, "
    "the\n"
    "command line (`tocsin inc`) and the API all take the same lines. This page is made from the table of "
    "commands;\n"
    "`help` says the same in chat.\n"
    "\n"
    "## How a line is read\n"
    "\n"
    "1. **The incident** may be named first or second: `INC-42 accept`, `accept INC-42`, `accept 42`. Else it "
    "is the\n"
    "   channel's. A number alone counts in front of a command only: `42 errors in checkout` is a title.\n"
    "2. **The first word** that is a command, one of its other names, a role of the policy (`scribe @ana`) or "
    "a team's\n"
    "   own command is that command.\n"
    "3. **A slip** does nothing. When the first word is nearly a command (one letter wrong, missing, too many, "
    "or two\n"
    "   swapped; two of these in words of seven letters and more) and what follows is what that command takes, "
    "both\n"
    "   lines are offered: the command, and declaring. So `acept`, `delcine INC-4` and `sevv major` never "
    "declare; "
    "nor does\n"
    "   any first word that is no command where an incident follows (`foo INC-4`); and `shop is down` does.\n"
    "4. **Anything else is a title**: `checkout is slow` declares. `declare` before it always does.\n"
    "\n"
    "Text needs no quotes; quotes around a whole text are taken off, so `note \"INC-7 was the same\"` is about "
    "this\n"
    "incident. Capital letters, smart quotes and a full stop behind a word do not matter.\n"
    "\n"
    "**Times** are `for 2h`, `until tomorrow 9:00`, `monday 10:30`, `17:00`, `2026-11-24 09:00`, in your time "
    "zone\n"
    "(`tz`); or with another one: `17:00 UTC`, `17:00 +05:30`, `17:00 Europe/Paris`, `2026-11-24T09:00Z`. At "
    "most a year "
    "ahead.\n"
    "\n"
    "**People** are `me`, `@ana`, a full name or an e-mail address.\n"
    "\n"
    "**A private incident** does not exist for somebody who is no member.\n";

void command_manual(struct str *out)
{
    str_add(out, introduction);
    for (enum area area = 0; area < AREA_COUNT; area++) {
        str_addf(out, "\n## %s\n", area_name(area));
        each_of_area(area, add_chapter, out);
    }
}
