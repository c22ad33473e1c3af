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

struct oncall_names { /* as rotations may name somebody */
    ARRAY(char *) all;
};

struct oncall {
    ARRAY(struct oncall_calendar) calendars;
    ARRAY(struct oncall_cover) covers; /* in order of their numbers */
    uint64_t last;                     /* the highest number */
    ARRAY(struct oncall_swap) swaps;   /* offered, in order of their numbers */
    uint64_t last_swap;
    struct {
        ARRAY(struct oncall_absence) all; /* in order of their numbers */
        uint64_t last;
        ARRAY(struct oncall_names)
        names;               /* whom each means, as long as the policy and the people stay the same */
        uint64_t generation; /* of that policy */
        bool named;
    } away;
};

/* covers.c */
struct oncall *oncall_of(const struct core *core);
int covers_load(struct core *core, struct error *err);
void covers_finish(struct oncall *oncall);
/* Takes over its texts; its number is the next one. */
void covers_add(struct turn *turn, const struct oncall_cover *cover);
void covers_drop(struct turn *turn, size_t i);
void covers_forget_old(struct turn *turn);
char *from_data(instant from); /* when it begins, as the data of an event; the caller frees */

struct agreed;

/* absences.c */
int absences_load(struct core *core, struct error *err);
void absences_finish(struct oncall *oncall);
/* Those that reach into that time, under each name that means the person. */
void absences_add(const struct core *core, instant from, instant until, struct agreed *agreed);
/* The first in which the person is away at some time of from..until; NULL: none. */
const struct oncall_absence *absences_of(const struct core *core, const char *person, instant from,
                                         instant until);
/* Who is whom has changed. */
void absences_unname(struct oncall *oncall);

/* agreed.c: what was agreed about a rotation, and about anybody's absence, that reaches into that time: borrowed until the next turn. Finish it. */
struct agreed {
    ARRAY(struct cover) covers;
    ARRAY(struct absence) absences;
};
struct covers agreed_on(const struct core *core, const struct rotation *rotation, instant from, instant until,
                        struct agreed *agreed);
void agreed_finish(struct agreed *agreed);

/* cover.c: would it be refused? */
int cover_check(struct turn *turn, const struct covering *covering, struct error *err);

/* swaps.c */
int swaps_load(struct core *core, struct error *err);
void swaps_finish(struct oncall *oncall);

/* calendars.c */
int calendars_load(struct core *core, struct error *err);
void calendars_finish(struct oncall *oncall);

#endif
