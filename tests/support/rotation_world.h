/* Random rotations with layers and covers, in zones whose clocks change in every way. The same seed gives the same. */
#ifndef TOCSIN_TESTS_ROTATION_WORLD_H
#define TOCSIN_TESTS_ROTATION_WORLD_H

#include "base/id.h"
#include "rotation/rotation.h"

#define WORLD_HOLIDAYS 30

struct rotation_world {
    struct rng rng;
    struct layer layers[4];
    struct cover cover[5];
    struct absence absence[3];
    struct rotation rotation;
    int64_t days[WORLD_HOLIDAYS];
    struct holidays holidays; /* of every layer; borrows the days */
    struct covers covers;     /* within 30 days from `now` */
    instant now;              /* in 2026 */
};

void rotation_world_make(struct rotation_world *world, uint64_t seed);
/* How many must be on call then: fewer than the rotation says only where all others of the layer are away. */
size_t rotation_world_promised(const struct rotation_world *world, instant t);
int rotation_world_pick(struct rotation_world *world, int n); /* from 0 to n - 1 */

#endif
