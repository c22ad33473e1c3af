/*
 * spare - who should not be paged now: whoever muted their pages for a while, and whoever was paged very often in the last hour. The next one is
 * called in their place; if nobody is left, they are called all the same (escalation/). Only this folder includes it. Loop's thread only.
 */
#ifndef TOCSIN_PAGING_SPARE_H
#define TOCSIN_PAGING_SPARE_H

#include "base/map.h"
#include "turn/turn.h"

#define PAGES_AN_HOUR 10

struct spared {                   /* a person's; kept in a document */
    instant muted_until;          /* 0: they are not */
    instant pages[PAGES_AN_HOUR]; /* the latest ones; at `next` the oldest */
    size_t next;
};

int spare_load(struct core *core, struct error *err);
/* Why this person should be spared, as plain text, which the caller frees; NULL: they need not be. */
char *spare_why(const struct core *core, const char *person, instant now);
/* They are paged now. */
void spare_count(struct turn *turn, const char *person);
/* They want no pages until then; 0: they do again. */
void spare_mute(struct turn *turn, const char *person, instant until);

#endif
