/*
 * connectors - the component that runs the configured connectors, and joins them to core and chat.
 *
 * A reload ends those that are gone, starts new ones, restarts those that changed and leaves the others alone. Other rate limits
 * hold at once, without a new process. Loop's thread only.
 */
#ifndef TOCSIN_DAEMON_CONNECTORS_H
#define TOCSIN_DAEMON_CONNECTORS_H

#include "host/supervisor.h"

struct supervisor *daemon_connectors(void);

#endif
