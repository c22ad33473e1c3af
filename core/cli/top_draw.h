/*
 * top_draw - the screen of `tocsin top`, drawn with ncurses. One per process, as ncurses has one terminal; loop's thread only. Texts of
 * others reach it through top_cell alone.
 */
#ifndef TOCSIN_CLI_TOP_DRAW_H
#define TOCSIN_CLI_TOP_DRAW_H

#include "cli/top_keys.h"

struct top_link { /* how it stands with tocsind */
    const char *url;
    instant lost;    /* not connected since then, by our clock; 0: connected */
    const char *why; /* NULL: not known */
};

int top_begin(bool colour, struct error *err); /* takes the terminal */
void top_end(void);                            /* gives it back */
/* The terminal has another size. */
void top_resize(void);
/* The next key; false: there is none. */
bool top_next_key(struct top_key *ret);
/* `now` of ours; zone: of the machine, NULL: UTC. */
void top_draw(const struct top *top, struct top_view *view, const struct top_link *link, instant now,
              const char *zone);

#endif
