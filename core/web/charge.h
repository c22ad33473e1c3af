/*
 * charge - the memory that one request needs, counted for its sender and for all. Loop's thread only.
 */
#ifndef TOCSIN_WEB_CHARGE_H
#define TOCSIN_WEB_CHARGE_H

#include <stddef.h>

struct charge { /* zeroed: nothing is counted */
    size_t bytes;
    size_t *of_sender, *of_all; /* where it is counted; they outlive it */
};

static inline void charge_end(struct charge *charge)
{
    if (charge->bytes) {
        *charge->of_sender -= charge->bytes;
        *charge->of_all -= charge->bytes;
    }
    *charge = (struct charge){0};
}

/* In the place of what it counted before. */
static inline void charge_set(struct charge *charge, size_t bytes, size_t *of_sender, size_t *of_all)
{
    charge_end(charge);
    *charge = (struct charge){bytes, of_sender, of_all};
    *of_sender += bytes;
    *of_all += bytes;
}

#endif
