/*
 * fit - schedules of other tools as rotations of ours. Only this folder and its tests include it.
 *
 * Where layers add up, or a turn has several people, one schedule becomes several rotations (lanes), one for each that are on call
 * together. Overrides become layers of a few days.
 */
#ifndef TOCSIN_MOVING_FIT_H
#define TOCSIN_MOVING_FIT_H

#include "moving/moving.h"

#define LAYERS_SAID (LAYERS_MOST - 1) /* of one rotation{} */

/* Layers that are never open together, highest first, and where each came from. */
struct strand {
    ARRAY(struct layer) layers;
    moving_texts notes;
    int rank;
    const struct moving_turns *turns; /* NULL: overrides */
    bool alone;                       /* shares its lane with no other: an override is for it alone */
};
void strand_finish(struct strand *strand);
struct rotation strand_rotation(const struct strand *strand);

struct moving_lane {
    const char *word; /* the name of the rotation */
    struct strand strand;
    struct rotation rotation; /* its layers are those of the strand */
};

/* Makes the lanes of all schedules. What cannot be said is noted. */
void moving_fit(struct moving *m);

/* levels.c: makes the calls of all escalations. What cannot be said is noted. */
void moving_call_levels(struct moving *m);
/* compare.c: finds where they differ from what the tool itself says, where its export does. */
void moving_compare(struct moving *m);

/* ---- strands.c ---- */

/* One of those who are on call together: member `k` of each group. False, and noted as unsaid: a rotation{} cannot say it. */
bool strand_of_turns(struct moving *m, const struct moving_schedule *schedule, const struct moving_turns *turns,
                     size_t k, struct strand *ret);
/* Starts it at its last handover not after t: it says the same from its present start on. */
void layer_begin_by(struct moving *m, struct layer *layer, instant t);
/* One person from..until, cut to whole minutes, in these hours (n 0: always). */
void strand_add_span(struct moving *m, struct strand *strand, const char *person, const char *zone,
                     const char *note, instant from, instant until, const struct moving_hours *hours, size_t n);

#endif
