/*
 * top_keys - what the keys of `tocsin top` do: they move, filter and open, or make a command line that is then to be run. Pure; owns its
 * texts.
 *
 * A command that ends an incident, or that decides what customers and the public read, is run only after a `y`.
 */
#ifndef TOCSIN_CLI_TOP_KEYS_H
#define TOCSIN_CLI_TOP_KEYS_H

#include "cli/top_model.h"

struct top_key {  /* as ncurses reads it */
    bool special; /* `code` is one of its KEY_…, else a character */
    unsigned int code;
};

enum top_mode {
    TOP_LIST,    /* the incidents */
    TOP_READ,    /* a text that takes the screen: an incident, a long answer, the help */
    TOP_TYPE,    /* something is typed */
    TOP_CONFIRM, /* a `y` is awaited */
};

struct top_bound;

struct top_view {
    enum top_mode mode;
    char *chosen; /* the name of the incident that keys are about; NULL: none */
    char *filter; /* NULL: none */
    size_t place; /* of the chosen one among those that fit, or where it was */
    size_t from;  /* the first row that is shown */
    size_t room;  /* how many rows, or lines of a text, are shown: whoever draws sets it */
    struct {
        const struct top_bound *for_what; /* NULL: the filter */
        struct str text;
    } typed;
    char *line, *here; /* the command to be run, and its incident */
    struct {
        char *title, *text, *opened; /* opened: the name of the incident that it shows; NULL: it shows none */
        size_t from, lines;          /* lines: whoever draws sets it */
    } read;
    char *said; /* what came of the last command, in one line or a few; NULL: nothing */
    bool refused;
};

void top_view_finish(struct top_view *view);

enum top_do {
    TOP_NOTHING,
    TOP_QUIT,
    TOP_RUN,  /* view->line is to be run for view->here */
    TOP_OPEN, /* view->read.opened is to be read */
    TOP_AGAIN /* everything is to be read again */
};
enum top_do top_press(struct top_view *view, struct top *top, struct top_key key);

/* The chosen incident; NULL: none is, or it is not open or does not fit any more: then none is chosen, lest the next key means another one. */
const struct top_row *top_chosen(struct top_view *view, const struct top *top);
/* Chooses the first that fits. */
void top_choose_first(struct top_view *view, const struct top *top);
/* The number of rows that fit the filter. */
size_t top_fitting(const struct top *top, const char *filter);

/* What is shown instead of the list. NULL `opened`: no incident. */
void top_read(struct top_view *view, const char *title, const char *text, const char *opened);
void top_say(struct top_view *view, bool refused, const char *text);
/* What is asked for in the last line: what to type, or whether to go on. */
void top_question(const struct top_view *view, const struct top *top, struct str *out);
/* The keys of the list in one line, the most needed first. */
const char *top_keys_line(void);

#endif
