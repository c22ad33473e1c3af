/*
 * inside - the covers and calendars in memory. Only this folder includes it. Loop's thread only.
 */
#ifndef TOCSIN_ONCALL_INSIDE_H
#define TOCSIN_ONCALL_INSIDE_H

#include "base/mem.h"
#include "oncall/oncall.h"
#include "turn/part.h"

struct oncall_calendar {
    char *hash;     /* of its secret address */
    char *rotation; /* whose shifts it shows; NULL: those of `by` in all rotations */
    char *by;       /* who asked for it, a person id */
};

struct oncall {
    ARRAY(struct oncall_calendar) calendars;
    ARRAY(struct oncall_cover) covers; /* in order of their numbers */
    uint64_t last;                     /* the highest number */
    ARRAY(struct oncall_swap) swaps;   /* offered, in order of their numbers */
    uint64_t last_swap;
};

/* covers.c */
struct oncall *oncall_of(const struct core *core);
int covers_load(struct core *core, struct error *err);
void covers_finish(struct oncall *oncall);
typedef ARRAY(struct cover) cover_list;
/* Those of a rotation, borrowed until the next turn. The caller frees the list. */
void covers_of(const struct core *core, const struct rotation *rotation, cover_list *ret);
/* Takes over its texts; its number is the next one. */
void covers_add(struct turn *turn, const struct oncall_cover *cover);
void covers_drop(struct turn *turn, size_t i);
void covers_forget_old(struct turn *turn);

/* cover.c: would it be refused? */
int cover_check(struct turn *turn, const struct covering *covering, struct error *err);

/* swaps.c */
int swaps_load(struct core *core, struct error *err);
void swaps_finish(struct oncall *oncall);

/* calendars.c */
int calendars_load(struct core *core, struct error *err);
void calendars_finish(struct oncall *oncall);

#endif
