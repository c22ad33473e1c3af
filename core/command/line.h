/*
 * line - what the files of the parser share: a cleaned line, how far it is read, and where the result goes.
 */
#ifndef TOCSIN_COMMAND_LINE_H
#define TOCSIN_COMMAND_LINE_H

#include "command/parse.h"
#include "engine/state.h"

#define WORD_MOST 64 /* a longer word is no word of ours */

struct line {
    const struct parse_context *context;
    struct parsed *ret;
    const char *whole; /* cleaned and trimmed */
    const char *rest;  /* what is not read yet */
    bool led;          /* the incident stood first */
    uint64_t last;     /* an incident that stood last and may have been meant; 0: none */
    char
        *shortened; /* what rest points into, once an incident was taken from the end; command_parse frees it */
    struct error no_time; /* why a text's time cannot be taken; code 0: it can, or there is none */
    struct error *err;
};

/* clean.c */
const char *skip_space(const char *p);
/* The next word without quotes around it and stops behind it, in lower case; its end in *ret_end. "" at the end of the
   text, or when it is too long to be a word. */
void read_word(const char *p, char word[WORD_MOST + 1], const char **ret_end);
/* The next word as typed, or what stands in quotes; NULL at the end. The caller frees. */
char *read_token(const char *p, const char **ret_end);
bool is_quoted(const char *p); /* does a quotation begin here? */
/* The text trimmed, and without quotes around all of it; NULL when nothing is left. The caller frees. */
char *whole_text(const char *p, size_t n);

/* incident.c: an incident's name at p: 0: none. "INC-42", "inc 42", "#42"; with `bare`, "42" as well. */
uint64_t read_incident(const char *p, bool bare, const char **ret_end);
/* A name of an incident that there cannot be: "INC-0", "INC--1", "INC-99999999999999999999"; in lower case in `word`. */
bool is_no_incident(const char *p, char word[WORD_MOST + 1]);
/* Takes an incident in second place, by the rules of parse.h. */
void take_second(struct line *line, const struct command_row *row);
/* And at the end: `sev major INC-42`. Behind a text it is not taken, but offered where no incident is at hand. */
void take_last(struct line *line, const struct command_row *row);
/* `merge 42 into 7`, `merge INC-7`, `relate 7`. */
void take_other(struct line *line);

/* arguments.c: fills row, arguments, until and options of line->ret from line->rest. */
int take_arguments(struct line *line, const struct command_row *row, const char *first);
/* The line to type, with what was given and samples for the rest. */
void complete_line(const struct line *line, const struct command_row *row, struct str *out);
void offer(struct line *line, const char *text);
/* Offers to declare the whole line, where it may have been meant as a title. */
void offer_title(struct line *line);

/* pause.c: finds a time before, behind or within a text. ERR_NOT_FOUND: there is none; ERR_REFUSED: it cannot be taken. */
struct when_split {
    instant at;
    char *when, *text; /* as typed; the rest, NULL when nothing is left. The caller frees both */
};
int split_when(const char *text, instant now, const char *zone, struct when_split *ret, struct error *err);

/* slip.c: was a command nearly typed, with its arguments in line->rest? *ret_word: which. */
bool nearly(struct line *line, const char *word, const char **ret_word);

bool has_argument(const struct command_row *row, enum argument_kind kind);
bool is_in(const char *const *words, const char *word);

#endif
