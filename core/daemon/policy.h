/*
 * policy - the component that loads the team's policy, and loads it again within a second when its files change.
 *
 * It starts before the core, which asks it; what scripts read and what a load comes to goes to the core once it is known here.
 * Loop's thread only.
 */
#ifndef TOCSIN_DAEMON_POLICY_H
#define TOCSIN_DAEMON_POLICY_H

#include "turn/core.h"

struct policy *daemon_policy(void);
/* The core that scripts read and that is told of each load. NULL: there is none yet, or none any more. */
void daemon_policy_reads(struct core *core);
/* Loads the files now, all or nothing; the log says what became of it. */
int daemon_policy_load(struct error *err);

#endif
