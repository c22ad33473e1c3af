/*
 * table - every command as data: its names, what it takes, who may, its help, what it does.
 *
 * Parsing, help, docs/commands.md, completion and buttons read this one table. Rows are constant; their order is the
 * order of the manual.
 */
#ifndef TOCSIN_COMMAND_TABLE_H
#define TOCSIN_COMMAND_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/str.h"
#include "turn/call.h"

enum argument_kind {
    ARGUMENT_NONE,     /* ends a row's arguments */
    ARGUMENT_TEXT,     /* the rest of the line */
    ARGUMENT_WORD,     /* one word, or several in quotes */
    ARGUMENT_PERSON,   /* "me", "@ana", an e-mail address, a name; the rest of the line */
    ARGUMENT_SEVERITY, /* a word of the policy's */
    ARGUMENT_STATUS,
    ARGUMENT_ROLE,  /* a word of the policy's */
    ARGUMENT_WHEN,  /* "for 2h", "until tomorrow 9:00": before or behind the text */
    ARGUMENT_LINK,  /* https://… */
    ARGUMENT_GROUP, /* a fingerprint, or a pattern over titles and services */
    ARGUMENT_INCIDENT,
    ARGUMENT_SWITCH, /* on, off */
    ARGUMENT_ZONE,   /* Europe/London */
    ARGUMENT_NUMBER,
    ARGUMENT_TOPIC, /* what something is asked about: a word, a pattern, the number of an action; the rest of the line */
    ARGUMENT_COMMAND, /* a command's name */
};

#define COMMAND_ARGUMENTS 3

struct argument {
    const char *name; /* as the manual shows it: "reason" */
    enum argument_kind kind;
    bool optional;
    const char *ask;    /* "how bad it is": what to say when it is missing */
    const char *sample; /* "major": the line to type then */
};

/* What a command is about. */
enum about {
    ABOUT_NOTHING,  /* no incident */
    ABOUT_PERHAPS,  /* one where it is named or the channel's */
    ABOUT_INCIDENT, /* one, always */
};

enum who_may {
    MAY_ANYBODY, /* who sees the incident */
    MAY_PERSON,  /* somebody known: it means "me" */
};

enum area { AREA_LIFE, AREA_PEOPLE, AREA_WORDS, AREA_READ, AREA_RULES, AREA_SELF, AREA_COUNT };

struct asking;
/* Carries the command out and writes the answer; a refusal goes to err, and leaves nothing done. */
typedef int command_handler(struct asking *ask, struct error *err);

struct command_row {
    const char *name;
    const char *aliases; /* words with a space between; "" */
    enum area area;
    enum about about;
    enum who_may may;
    bool writes; /* false: it only reads, and its answer is for the asker */
    struct argument arguments[COMMAND_ARGUMENTS];
    const char *help;    /* one line */
    const char *example; /* a line to type, without the incident */
    const char *more;    /* further sentences of the manual; NULL */
    const char *form;    /* how the title of its form begins, before the incident's name; NULL: its own name */
    command_handler *run;
    call_handler *call; /* of a part, in the place of `run` */
};

const struct command_row *command_rows(size_t *ret_count);
/* By name or alias in any case. *ret_first (may be NULL): words that the alias stands for before what is typed
   ("fixing" is "status fixing"), else "". NULL: no such command. */
const struct command_row *command_find(const char *word, const char **ret_first);
bool command_exists(void *unused, const char *word); /* for policy_host */
/* Every word that may begin a command line: names, then aliases; for completion. NULL-terminated. */
const char *const *command_words(size_t *ret_count);
const char *area_name(enum area area);

/* "pause <reason> <when>"; optional ones in brackets. */
void command_usage(const struct command_row *row, struct str *out);
/* What `help pause` says, as CommonMark. */
void command_help(const struct command_row *row, struct str *out);
/* What `help` says: every command with its line, by area. */
void command_overview(struct str *out);
/* docs/commands.md. */
void command_manual(struct str *out);

#endif
