/*
 * parse - what somebody typed -> a row of the table, an incident and arguments. Pure: time is an argument.
 *
 * The text comes without the prefix (`/inc`, `!inc`, `inc`, a mention); it may be anything. Rules, in this order:
 *
 *   1. An incident may be named first or second: `INC-42 accept`, `accept INC-42`, `accept 42`; or last, with its
 *      letters, where it is not a text's own: `sev major INC-42`. Else it is the channel's. A bare number first counts only before a command (`42 accept`): `42 errors in checkout` is a title.
 *      A bare number second counts unless it could be the text's own (`note 42 carts were lost`).
 *   2. A first word that is a command, an alias, a role of the policy or a team's own command is that command.
 *   3. A first word that is no command but nearly one (one letter wrong, missing, too many or two swapped; two of
 *      these in a word of seven letters and more), with what that command takes behind it, is a slip: nothing is done, and
 *      both lines are offered. What a command takes: nothing, an incident, a person, a word of its set, a time; free text
 *      only where there is an incident that it would go to, or none is needed.
 *   4. A first word that is nothing of that before an incident's name (`foo INC-4`, `foo ana INC-4`) is a slip, too.
 *   5. A line of courtesy ("thanks", "hello") does nothing.
 *   6. Everything else is a title: `checkout is slow` declares.
 *
 * Phones are forgiven: smart quotes, non-breaking and zero-width spaces, a capital first letter, a full stop behind a
 * word. Bidi and other invisible controls are removed. Quotes around a whole argument are taken off.
 */
#ifndef TOCSIN_COMMAND_PARSE_H
#define TOCSIN_COMMAND_PARSE_H

#include <stdint.h>

#include "base/mem.h"
#include "base/time.h"
#include "command/table.h"

#define COMMAND_BYTES (32 * 1024) /* a longer line is refused */

struct parse_context {
    instant now;
    const char *zone;                             /* of who typed */
    uint64_t here;                                /* the channel's incident; 0: none */
    uint64_t latest;                              /* an incident for examples where none is at hand; 0: none */
    const char *const *severities, *const *roles; /* NULL-terminated; either may be NULL */
    const char *const *customs;                   /* the team's own commands, likewise */
    /* What a form answered, by an argument's or option's name; NULL: not asked there. Such an argument is taken as it
       stands, and not looked for in the text. NULL: there was no form. */
    const char *(*value)(const void *values, const char *name);
    const void *values;
};

enum declare_option {
    OPTION_SEVERITY,
    OPTION_TEAM,
    OPTION_SERVICE,
    OPTION_PRIVATE,
    OPTION_DRILL,
    OPTION_LINK,
    OPTION_CUSTOMER,
    OPTION_COUNT
};

struct parsed {
    const struct command_row *row; /* NULL: a team's own command */
    char *custom;                  /* its name */
    uint64_t incident;             /* named, or the channel's; 0: none, or the row takes none */
    bool named;
    bool bare;                          /* a title without the word declare */
    char *arguments[COMMAND_ARGUMENTS]; /* as the row's; NULL: not given. A custom command's are in the first */
    instant until;                      /* of the time among them; 0: none */
    uint64_t other;                     /* of the incident among them; 0: none */
    char *options
        [OPTION_COUNT];   /* declare: --sev, --team, --service, --link, --customer; "" for --private, --drill */
    bool lacks;           /* of a refusal: row is right, an argument is missing; a form could ask for it */
    ARRAY(char *) offers; /* of a refusal: lines that were perhaps meant */
};

/* 0, or a refusal whose text ends with the line to type. *ret is to be finished in either case. */
int command_parse(const char *text, const struct parse_context *context, struct parsed *ret, struct error *err);
void parsed_finish(struct parsed *parsed);

/* Removes invisible characters and makes every kind of space a plain one. The caller frees. */
char *command_clean(const char *text);
/* Drops the bytes of characters that were cut in the middle, in place. */
void command_mend(char *text);
/* Takes a prefix off: "/inc", "!inc", "inc", "/incident", "!incident" before a space or the end, in any case. Returns what
   follows (borrowed), or NULL when there is none. */
const char *command_prefixed(const char *text);

#endif
