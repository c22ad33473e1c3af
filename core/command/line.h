/*
 * line - what the files of the parser share: a cleaned line, how far it has been read, and where the result goes.
 */
#ifndef TOCSIN_COMMAND_LINE_H
#define TOCSIN_COMMAND_LINE_H

#include "command/parse.h"
#include "engine/state.h"

#define WORD_MOST 64 /* longer words are not words of the parser */

struct line {
    const struct parse_context *context;
    struct parsed *ret;
    const char *whole;    /* cleaned and trimmed */
    const char *rest;     /* what has not been read yet */
    bool led;             /* the incident came first */
    uint64_t last;        /* an incident at the end of the line, which may be the one that is meant; 0: none */
    char *shortened;      /* owns what `rest` points into, once an incident was taken off the end */
    struct error no_time; /* why the time in a text cannot be used; code 0: it can, or there is none */
    struct error *err;
};

/* clean.c */
/* command_clean, without the emphasis or code marks that clients wrap around a whole line. The caller frees it. */
char *command_line(const char *text);
const char *skip_space(const char *p);
/* The next word in lower case, without quotes, emphasis or a link around it and punctuation after it, and with plain hyphens;
   its end in *ret_end. "" at the end of the text, or when the word is too long. */
void read_word(const char *p, char word[WORD_MOST + 1], const char **ret_end);
/* The next word as typed, or the text in quotes, also after "name="; NULL at the end. The caller frees it. */
char *read_token(const char *p, const char **ret_end);
bool is_quoted(const char *p);      /* does it begin with a quote? */
bool is_quoted_word(const char *p); /* is it one word in quotes? */
/* The bytes of a dash at p, of whatever kind ("-", "–", "—", "−", "‑", …), or of a typographic quote that opens. 0: none. */
size_t dash_at(const char *p);
size_t starts_smart_quote(const char *p);
/* The text, trimmed and without quotes around all of it; NULL if nothing is left. The caller frees it. */
char *whole_text(const char *p, size_t n);

/* What clients made of a name: `*payments*`, `<http://api.shop.io|api.shop.io>`, `pay‑ments`. The caller frees the result. */
char *clean_name(const char *token);
/* The address of `<https://…|label>` or `[label](https://…)`; the token itself if it is no link. The caller frees it. */
char *link_address(const char *token);
/* The text with the addresses that clients linked as they were typed. The caller frees it. */
char *plain_links(const char *text);

/* incident.c: the incident named at p: "INC-42", "inc 42", "#42"; with `bare`, also "42". 0: none. */
uint64_t read_incident(const char *p, bool bare, const char **ret_end);
/* Is it an incident's name with an impossible number: "INC-0", "INC--1", "INC-99999999999999999999"? `word`: in lower case. */
bool is_no_incident(const char *p, char word[WORD_MOST + 1]);
/* Takes an incident in second place, following the rules of parse.h. */
void take_second(struct line *line, const struct command_row *row);
/* Takes an incident at the end: `sev major INC-42`. After a text it is not taken, only offered if the line has no other. */
void take_last(struct line *line, const struct command_row *row);
/* Takes the other incident: `merge 42 into 7`, `merge INC-7`, `relate 7`. */
void take_other(struct line *line);

/* arguments.c: fills in the row, arguments, time and options of line->ret from line->rest. */
int take_arguments(struct line *line, const struct command_row *row, const char *first);
/* Writes the line to type: with what was given, and samples for the rest. */
void complete_line(const struct line *line, const struct command_row *row, struct str *out);

/* line.c: adds a line that may have been meant. */
void offer(struct line *line, const char *text);
/* Offers to declare the whole line, if it may have been meant as a title. */
void offer_title(struct line *line);

/* options.c: the options of declare, by their names. NULL-terminated. */
extern const char *const option_names[OPTION_COUNT + 1];
bool option_is_flag(int option); /* takes no value */
bool has_options(const struct command_row *row);
/* The option at p, "--sev" or "--sev=", with dashes of any kind and number. OPTION_COUNT: there is none. */
int read_option(const char *p, const char **ret_end);
/* Takes options before the title off line->rest. Options after it are taken only if nothing else follows them.
   Returns whether the title stands in quotes. */
bool take_options(struct line *line);
/* Refuses a title with what looks like an option but was not taken as one: `--privat` must not declare in public. */
int check_options(struct line *line, const char *title, bool quoted);

/* pause.c: finds a time before, after or within a text. ERR_NOT_FOUND: there is none; ERR_REFUSED: it cannot be used. */
struct when_split {
    instant at;
    char *when, *text; /* as typed; the rest, NULL if nothing is left. The caller frees both */
};
int split_when(const char *text, instant now, const char *zone, struct when_split *ret, struct error *err);

/* The same for a time with an end: "Upgrade tomorrow 22-23 We upgrade." There must be no other one. */
struct span_split {
    instant from, until;
    char *when, *before, *after; /* as typed; the rest, NULL if nothing is there */
};
void span_split_finish(struct span_split *split);
int split_span(const char *text, instant now, const char *zone, struct span_split *ret, struct error *err);

/* slip.c: is the word a typo for a command whose arguments are in line->rest? *ret_word: the command. */
bool is_slip(struct line *line, const char *word, const char **ret_word);

/* line.c: at most that many bytes of a text, as one line, with "…" where more follows. The caller frees it. */
char *line_short(const char *text, size_t most);

bool has_argument(const struct command_row *row, enum argument_kind kind);
bool is_in(const char *const *words, const char *word);

#endif
