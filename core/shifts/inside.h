/*
 * inside - who was on call in each rotation when it was last looked at. Only this folder includes it. Loop's thread only.
 */
#ifndef TOCSIN_SHIFTS_INSIDE_H
#define TOCSIN_SHIFTS_INSIDE_H

#include "base/map.h"
#include "base/mem.h"
#include "base/month.h"
#include "oncall/oncall.h"
#include "rotation/load.h"
#include "shifts/shifts.h"
#include "turn/written.h"

#define PAGES_MOST 20 /* of a shift, that its note names */

struct shift_page {
    uint64_t incident;
    instant at;
};

struct standing { /* of one rotation */
    char *rotation;
    ARRAY(char *) on; /* as the rotation names them; none: a gap */
    instant since;
    ARRAY(struct shift_page) pages; /* the last of the shift */
    int64_t paged;                  /* how often, but for private incidents */
    instant checked;                /* until then they were on call; not kept */
    instant look;                   /* when somebody else may be; not kept */
};

struct shifts {
    ARRAY(struct standing) all;
    uint64_t generation;    /* of the policy that was looked at */
    bool changed;           /* an agreement was */
    instant next;           /* when to look again; 0: now */
    struct written written; /* what people carried */
    struct {
        struct map told; /* connector 0x1f group -> the body of the last action, owned */
        uint64_t up;     /* connectors that were, a bit each */
        bool due;        /* somebody else is on call */
    } groups;
};

struct shifts *shifts_of(const struct core *core);

/* standing.c */
int standings_load(struct core *core, struct error *err);
void standings_finish(struct shifts *shifts);
struct standing *standing_find(struct shifts *shifts, const char *rotation); /* NULL: none yet */
/* Makes it, with whoever is on call since then. */
struct standing *standing_add(struct turn *turn, const char *rotation, const struct on_call *on, instant since);
void standing_keep(struct turn *turn, const struct standing *standing);
void standing_drop(struct turn *turn, struct standing *standing);
/* Somebody else is on call since then, and the pages of the shift that ended are forgotten. */
void standing_set(struct turn *turn, struct standing *standing, const struct on_call *on, instant since);
/* Borrowed until it changes. */
struct on_call standing_on(const struct standing *standing);

/* change.c */
instant change_tick(struct core *core, instant now);

/* groups.c */
void groups_tick(struct core *core, instant now);
void groups_forget(struct shifts *shifts);

/* carried.c */
/* A shift ended. */
void carry_shift(struct turn *turn, const struct standing *standing, instant until);
/* A person was called by a page to the rotation. */
void carry_page(struct turn *turn, const char *rotation, const char *person, instant at);
struct carried {
    char *person; /* an id, or as the rotation named them */
    struct load load;
};
typedef ARRAY(struct carried) carried_list;
/* Since the month of `since`, with the shift that goes on; whoever carried most first. The caller finishes the list. */
void carried_read(const struct core *core, const struct rotation *rotation, instant since, instant now,
                  carried_list *ret);
void carried_finish(carried_list *list);
/* "96 h on call, 30 h by night, …" */
void load_describe(const struct load *load, struct str *out);

/* propose.c: adds the order of the next quarter, as Lua, and why. */
void propose(struct turn *turn, const struct rotation *rotation, struct str *out);

struct note {
    const struct rotation *rotation;
    const char *reader; /* a person id; NULL: everybody in a channel */
    const char *zone;
    struct on_call before;        /* who was on call in the shift that ended */
    const struct standing *shift; /* whose pages it names; NULL: none */
    bool ended;                   /* that shift */
};
/* note.c: adds what whoever comes on must know, as CommonMark. */
void note_add(struct turn *turn, const struct note *note, struct str *out);

#endif
