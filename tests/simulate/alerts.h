/*
 * alerts - the systems of the simulation that raise alerts: they get worse, spread, flap and end. Nothing that matters may be
 * silent: a problem in production, of level error or worse, in an important service.
 */
#ifndef TOCSIN_SIMULATE_ALERTS_H
#define TOCSIN_SIMULATE_ALERTS_H

#include "world.h"

/* The directory of a policy that says which service is important; removed at the end of the process. */
const char *alerts_policy(void);

void alerts_come(struct world *world);
void alerts_flap(struct world *world); /* one problem comes and goes, quickly */
void alerts_mute(struct world *world); /* somebody mutes one problem */
/* Each problem that matters has an open incident, or people or rules decided otherwise, and that can be read. Nothing is in flight. */
void alerts_check(struct world *world);

#endif
