/*
 * parse - from what somebody typed to a row of the table, an incident and arguments. Pure: time is an argument.
 *
 * The text comes without a prefix (`/inc`, `!inc`, `inc`, a mention), and can be anything. The rules, in this order:
 *
 *   1. An incident may come first or second: `INC-42 accept`, `accept INC-42`, `accept 42`; or last, with its letters,
 *      unless it belongs to a text: `sev major INC-42`. Without one, the line is about the channel's incident. A bare number
 *      in first place counts only before a command (`42 accept`): `42 errors in checkout` is a title. A bare number in
 *      second place counts unless it may belong to the text (`note 42 carts were lost`).
 *   2. A first word that is a command, an alias, a role of the policy or a team's own command is that command.
 *   3. A first word that is almost a command (one letter wrong, missing or extra, or two swapped; two such edits in a
 *      word of seven letters and more), followed by what that command takes, is a slip: nothing is done, and both lines are
 *      offered. A command takes nothing, an incident, a person, a word of its set, or a time. Free text counts only if there
 *      is an incident that it would go to, or none is needed.
 *   4. Any other first word before an incident's name (`foo INC-4`, `foo ana INC-4`) is a slip, too.
 *   5. A line of courtesy ("thanks", "hello") does nothing.
 *   6. Everything else is a title: `checkout is slow` declares; in a private incident's channel it is only offered.
 *
 * What looks like an option (a dash of any kind before a letter, `(private)`, `sev=major`) and was not taken as one is
 * refused: it never becomes a part of a title.
 *
 * What phones insert is accepted: smart quotes, non-breaking and zero-width spaces, a capital first letter, a full stop
 * after a word. Bidi and other invisible controls are removed, and so are quotes around a whole argument. So is what clients
 * add: emphasis and code marks around a line, a word or a name, links around names, typographic hyphens in names (clean.c).
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
    const char *zone;  /* the asker's */
    uint64_t here;     /* the channel's incident; 0: none */
    bool private_here; /* it is a private incident's channel: a bare title only asks */
    uint64_t latest;   /* an incident for examples when the line has none; 0: none */
    const char *const *severities, *const *roles; /* NULL-terminated; either may be NULL */
    const char *const *customs;                   /* the team's own commands; likewise */
    /* The answer of a form, by an argument's or option's name; it returns NULL if the form has no such field. An answer
       is taken as it is, and that argument is not looked for in the text. NULL: there was no form. */
    const char *(*value)(const void *values, const char *name);
    const void *values;
    const char *const *messages; /* that a post can begin with, for its form; NULL-terminated; NULL: none */
    const char *quote;           /* what the text of a form answers, to be shown there; NULL: nothing */
    const char *note;            /* CommonMark, for above the fields of a form; NULL: nothing */
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
    const struct command_row *row; /* NULL: it is a team's own command */
    char *custom;                  /* its name */
    uint64_t incident;             /* the named one, or the channel's; 0: none, or the row takes none */
    bool named;
    bool bare; /* a title without the word declare */
    char *arguments
        [COMMAND_ARGUMENTS]; /* in the order of the row; NULL: not given. A custom command has all its text in the first */
    instant until;               /* of the time among them; 0: none */
    uint64_t other;              /* of the incident among them; 0: none */
    char *options[OPTION_COUNT]; /* of declare; "" for --private and --drill */
    bool lacks;                  /* refused only because an argument is missing, which a form could ask for */
    ARRAY(char *) offers;        /* refused: lines that may have been meant */
};

/* 0, or a refusal whose text contains the line to type. Finish *ret in either case. */
int command_parse(const char *text, const struct parse_context *context, struct parsed *ret, struct error *err);
void parsed_finish(struct parsed *parsed);

/* Removes invisible characters, and makes every kind of space a plain one. The caller frees the result. */
char *command_clean(const char *text);
/* Removes the bytes of characters that were cut in the middle, in place. */
void command_mend(char *text);
/* What follows a prefix (borrowed): "/inc", "!inc", "inc", "/incident" or "!incident", in any case, before a space or the end;
   it may be emphasised or code.
   NULL: there is no prefix. */
const char *command_prefixed(const char *text);

#endif
