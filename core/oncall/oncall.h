/*
 * oncall - who is on call: the rotations of the policy, and what people agreed on since. Loop's thread only.
 *
 * A cover puts somebody in another's place in a rotation for a time. Covers are events of the system; each has a document, and all are
 * in memory. Persons are named as the rotation names them, or else by id.
 */
#ifndef TOCSIN_ONCALL_ONCALL_H
#define TOCSIN_ONCALL_ONCALL_H

#include "policy/rotations.h"
#include "turn/call.h"
#include "turn/part.h"

extern const struct part oncall_part;

/* Who is on call then. Names are borrowed for the turn. */
void oncall_at(const struct core *core, const struct rotation *rotation, instant t, struct on_call *ret);
/* The same for a span: see rotation_shifts. */
void oncall_shifts(const struct core *core, const struct rotation *rotation, instant from, instant until,
                   bool (*on)(void *ctx, const struct shift *shift), void *ctx);
/*
 * The time from `t` on during which the same people are on call: *ret begins at t. until 0: nothing changes within two turns and two
 * weeks.
 */
void oncall_stint(const struct core *core, const struct rotation *rotation, instant t, struct shift *ret);
/* How somebody of a rotation is called; borrowed. */
const char *oncall_name(const struct core *core, const char *person);
/* The id of the person whom a rotation names so; NULL: nobody knows them from chat yet. */
const char *oncall_person(const struct core *core, const char *name);
/* Does that name of a rotation mean the person with that id? */
bool oncall_is(const struct core *core, const char *name, const char *person);
/* Adds "Ana and Bo", "nobody", as CommonMark. */
void oncall_names(const struct core *core, const struct on_call *on, struct str *out);
/* Why a page to the rotation reaches nobody now: "nobody is on call for payments until Mon 30 Nov 09:00 UTC, then Bo". Plain text. */
void oncall_nobody(const struct core *core, const struct rotation *rotation, instant now, struct str *out);

/*
 * Says which holidays of the rotation (NULL: of the policy) cannot be read from their addresses, or never were: a paragraph for each,
 * CommonMark. Nothing, if all are as they should be.
 */
void oncall_feeds(const struct core *core, const struct rotation *rotation, const char *zone, instant now,
                  struct str *out);

/* ---- covers ---- */

struct oncall_cover {
    uint64_t number;
    char *rotation, *out, *in; /* `in` is on call in the place of `out` */
    char *by;                  /* who said so */
    instant from, until;
};
/* In the order in which they were made, with some that ended; `on` returns false to stop. */
void oncall_each_cover(const struct core *core, bool (*on)(void *ctx, const struct oncall_cover *cover),
                       void *ctx);

struct covering { /* in and out are person ids */
    const char *out, *in, *by;
    instant from, until;
    const char *rotation; /* only in this one; NULL: in all */
};
/*
 * Makes a cover in each rotation in which `out` is on call within that time; *ret_first is the number of the first of them. ERR_REFUSED:
 * there is none, or `in` is on call there too.
 */
int oncall_cover(struct turn *turn, const struct covering *covering, uint64_t *ret_first, struct error *err);
const struct oncall_cover *oncall_find_cover(const struct core *core,
                                             uint64_t number); /* NULL: there is none */
/* Takes it back; `cover` is gone then. */
void oncall_uncover(struct turn *turn, const struct oncall_cover *cover, const char *by);

/* ---- absences: whoever is away is not on call, in any rotation ---- */

struct oncall_absence {
    uint64_t number;
    char *person, *by; /* who said so */
    instant from, until;
};
/* In the order in which they were made, with some that ended; `on` returns false to stop. */
void oncall_each_absence(const struct core *core, bool (*on)(void *ctx, const struct oncall_absence *absence),
                         void *ctx);
const struct oncall_absence *oncall_find_absence(const struct core *core,
                                                 uint64_t number); /* NULL: there is none */
/* A person will be away. ERR_CONFLICT: they are already at some time of it. */
int oncall_leave(struct turn *turn, const struct oncall_absence *absence, uint64_t *ret_number,
                 struct error *err);
/* Takes it back; `absence` is gone then. */
void oncall_return(struct turn *turn, const struct oncall_absence *absence, const char *by);

/* ---- swaps ---- */

struct oncall_side {
    char *id;            /* a person */
    instant from, until; /* of their shift */
};
struct oncall_swap { /* an offer: one's shift for the other's */
    uint64_t number;
    char *rotation;
    struct oncall_side one, other; /* one offers, the other is asked */
};
/* Offers the next shift that has not begun for the other's, in the first rotation in which both have one. */
int oncall_offer_swap(struct turn *turn, const char *one, const char *other, uint64_t *ret_number,
                      struct error *err);
/* The offer, unless one of the shifts has begun. NULL: there is none. */
const struct oncall_swap *oncall_find_swap(const struct core *core, uint64_t number, instant now);
void oncall_each_swap(const struct core *core, instant now,
                      bool (*on)(void *ctx, const struct oncall_swap *swap), void *ctx);
/* Makes both covers. ERR_CONFLICT: the shifts are no longer these. `swap` is gone after success. */
int oncall_accept_swap(struct turn *turn, const struct oncall_swap *swap, const char *by, struct error *err);
/* Declined, or withdrawn; `swap` is gone then. */
void oncall_end_swap(struct turn *turn, const struct oncall_swap *swap, const char *by);

/* Adds the calendar with that secret address, as iCalendar (rotation/calendar.h). False: there is none. */
bool oncall_calendar(const struct core *core, const char *secret, instant now, struct str *out);

/* Adds who is on call then, and who follows, to the answer: "**payments**: Ana, until tomorrow 09:00; then Bo". */
void oncall_tell(const struct call *call, const struct rotation *rotation, instant t);

/* The commands `oncall` (command.c) and `calendar` (calendars.c). */
int oncall_command(const struct call *call, struct error *err);
int oncall_calendar_command(const struct call *call, struct error *err);

#endif
