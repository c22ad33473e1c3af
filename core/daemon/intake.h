/*
 * intake - the component that knows who may send alerts, and where in an alert the affected customer stands.
 *
 * A reload adds, changes and removes sources, and moves the paths of customers: the next request is read with them, and one
 * that is not through with those that it began with. Loop's thread only.
 */
#ifndef TOCSIN_DAEMON_INTAKE_H
#define TOCSIN_DAEMON_INTAKE_H

#include "policy/sources.h"

/* The one in force. A reload puts another in its place: hold it for as long as it is needed. */
struct intake_config *daemon_intake(void);
const struct sources *daemon_sources(void); /* until the next reload */

#endif
