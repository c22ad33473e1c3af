/*
 * intake - the component that knows who may send alerts, and where in an alert the affected customer stands.
 *
 * A reload adds, changes and removes sources, and moves the paths of customers: the next request is read with them. Loop's
 * thread only.
 */
#ifndef TOCSIN_DAEMON_INTAKE_H
#define TOCSIN_DAEMON_INTAKE_H

#include "intake/request.h"

/* The same for as long as the component lives; what it says changes with a reload, never within a request. */
const struct intake_config *daemon_intake(void);

#endif
