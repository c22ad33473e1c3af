/*
 * rotation - who is on call when: people who take turns, in layers, by the clock on the wall of a zone. Pure: time is an argument.
 *
 * The first layer that has hours at an instant says who is on call then; those after it are hidden. A layer's turns begin at a
 * time of day of its zone, so a handover at 09:00 stays at 09:00 when clocks change, and a turn may then be an hour longer or shorter.
 * A handover in an hour that is skipped moves on by the length of the gap; in one that occurs twice it is the first. Whoever
 * is away is passed over: the next in turn, who is not, is on call. A cover replaces somebody by somebody else while the first is on
 * call, and never adds anybody.
 */
#ifndef TOCSIN_ROTATION_ROTATION_H
#define TOCSIN_ROTATION_ROTATION_H

#include "base/zone.h"
#include "rotation/holidays.h"

#define AT_ONCE_MOST 2
#define LAYERS_MOST  20 /* of a rotation */
#define DAY_MINUTES  (24 * 60)
#define WEEK_MINUTES (7 * DAY_MINUTES)
#define EVERY_DAY    0x7fu
#define HOLIDAYS_TOO 0x80u  /* of a layer's days: holidays, whatever their weekday */
#define NO_HOLIDAYS  0x100u /* never on holidays */

struct layer {                 /* all borrowed */
    const char *const *people; /* in the order of their turns; with at_once 2, the next one is on call too */
    size_t n;
    const char *zone;
    struct wall start; /* the first handover */
    instant from;      /* the same as an instant */
    instant until;     /* 0: without end */
    int turn;          /* minutes by the clock on the wall */
    bool skips;        /* whole days only: days without hours of this layer do not count in a turn */
    unsigned days;     /* bit n: its hours begin on that weekday; bit 0 is Sunday */
    int opens,
        closes; /* its hours, minutes of the day; 0 and DAY_MINUTES: all day. At or before `opens`: on the next day */
    const struct holidays *holidays; /* NULL: there are none */
};

struct rotation {            /* all borrowed */
    const char *name, *zone; /* the zone is for showing times */
    int at_once;             /* 1 to AT_ONCE_MOST; each layer has at least as many people */
    const struct layer *layers;
    size_t n;
};

struct cover { /* `in` is on call whenever `out` would be, from..until; both as the rotation names them */
    const char *out, *in;
    instant from, until;
};
struct absence { /* a person is not on call, from..until: whoever is next in turn is */
    const char *person;
    instant from, until;
};
struct covers { /* what was agreed since; the later covers hold over the earlier */
    const struct cover *v;
    size_t n;
    const struct absence *absences;
    size_t n_absences;
};

struct on_call {
    const char *people[AT_ONCE_MOST]; /* borrowed */
    size_t n;                         /* 0: a gap */
};
bool on_call_has(const struct on_call *on, const char *person); /* in any case */
bool on_call_same(const struct on_call *a, const struct on_call *b);

void rotation_on_call(const struct rotation *rotation, const struct covers *covers, instant t,
                      struct on_call *ret);

/* Nobody changes within a shift. A turn, a layer's hours and a cover each begin a new one, though the same people may go on. */
struct shift {
    instant from, until;
    struct on_call on;
};
/* Where the same people go on, `stint` takes the next shift in, too. False: others come, or it has none yet (until 0). */
bool shift_goes_on(struct shift *stint, const struct shift *next);
/*
 * Tells of the shifts and gaps from..until, in order and without holes, until `on` returns false. The first and the last are cut to
 * that span.
 */
void rotation_shifts(const struct rotation *rotation, const struct covers *covers, instant from, instant until,
                     bool (*on)(void *ctx, const struct shift *shift), void *ctx);

/* The longest turn of its layers: no shift is longer, except by what clocks change. */
duration rotation_turn(const struct rotation *rotation);
/* Finds the first time when nobody is on call, within a year after all layers have begun, whichever days are holidays. */
bool rotation_gap(const struct rotation *rotation, struct shift *ret);

#endif
