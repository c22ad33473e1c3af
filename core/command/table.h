/*
 * table - every command as data: its names, its arguments, who may use it, and its help.
 *
 * Parsing, help, docs/commands.md, completion and buttons all read this table. Rows are constant; their order is the
 * order of the manual.
 */
#ifndef TOCSIN_COMMAND_TABLE_H
#define TOCSIN_COMMAND_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "access/agents.h"
#include "base/error.h"
#include "base/str.h"
#include "policy/access.h"

enum argument_kind {
    ARGUMENT_NONE,     /* ends a row's arguments */
    ARGUMENT_TEXT,     /* the rest of the line */
    ARGUMENT_WORD,     /* one word, or several in quotes */
    ARGUMENT_PERSON,   /* "me", "@ana", an e-mail address, a name; the rest of the line */
    ARGUMENT_SEVERITY, /* a word from the policy */
    ARGUMENT_STATUS,
    ARGUMENT_ROLE,  /* a word from the policy */
    ARGUMENT_WHEN,  /* "for 2h", "until tomorrow 9:00": before or after the text */
    ARGUMENT_LINK,  /* https://… */
    ARGUMENT_GROUP, /* a fingerprint, or a pattern for titles and services */
    ARGUMENT_INCIDENT,
    ARGUMENT_SWITCH, /* on, off */
    ARGUMENT_ZONE,   /* Europe/London */
    ARGUMENT_NUMBER,
    ARGUMENT_TOPIC,   /* what to explain: a word, a pattern, the number of an action; the rest of the line */
    ARGUMENT_COMMAND, /* a command's name */
};

#define COMMAND_ARGUMENTS 3

struct argument {
    const char *name; /* as shown in the manual: "reason" */
    enum argument_kind kind;
    bool optional;
    const char *ask;    /* "how bad it is": what to ask for when it is missing */
    const char *sample; /* "major": the sample for the line to type */
};

/* Whether a command is about an incident. */
enum about {
    ABOUT_NOTHING,  /* about none */
    ABOUT_PERHAPS,  /* about the one that is named or the channel's, if any */
    ABOUT_INCIDENT, /* always about one */
};

enum who_may {
    MAY_ANYBODY, /* anybody who sees the incident */
    MAY_PERSON,  /* only a known person, since the command means "me" */
};

enum area { AREA_LIFE, AREA_PEOPLE, AREA_WORDS, AREA_READ, AREA_RULES, AREA_SELF, AREA_COUNT };

struct command_row {
    const char *name;
    const char *aliases; /* words separated by spaces; "": none */
    enum area area;
    enum about about;
    enum who_may may;
    bool writes; /* false: it only reads, and only the asker sees the answer */
    struct argument arguments[COMMAND_ARGUMENTS];
    const char *help;       /* one line of sentences */
    const char *example;    /* a line to type, without the incident */
    const char *more;       /* further sentences for the manual; NULL: none */
    const char *form;       /* the title of its form, before the incident's name; NULL: its own name */
    enum access needs;      /* the role that it needs; ACCESS_NONE: to act if it writes, else to see */
    enum agent_rule agents; /* what holds for agents */
    bool claims;            /* also about a private incident that nobody is a member of yet */
};

const struct command_row *command_rows(size_t *ret_count);
/* By name or alias, in any case. *ret_first (may be NULL): the first argument that the alias implies ("fixing" is
   "status fixing"), else "". NULL: no such command. */
const struct command_row *command_find(const char *word, const char **ret_first);
bool command_exists(void *unused, const char *word); /* for policy_host */
/* The role that it needs. row NULL: a command of the team. */
enum access command_needs(const struct command_row *row);
/* Every word that can begin a command line, for completion: names, then aliases. NULL-terminated. */
const char *const *command_words(size_t *ret_count);
const char *area_name(enum area area);

/* "pause <reason> <when>"; optional arguments are in brackets. */
void command_usage(const struct command_row *row, struct str *out);
/* The text of `help pause`, as CommonMark. */
void command_help(const struct command_row *row, struct str *out);
/* The text of `help`: every command with its help, by area; for an agent, those that it may use. */
void command_overview(bool agent, struct str *out);
/* The text of docs/commands.md. */
void command_manual(struct str *out);

#endif
