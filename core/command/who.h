/*
 * who - the person behind a user, as an event of a connector names them. Loop's thread only.
 */
#ifndef TOCSIN_COMMAND_WHO_H
#define TOCSIN_COMMAND_WHO_H

#include <cjson/cJSON.h>

#include "people/people.h"

/* `user`: {"id", "name", "email", "zone", "outside"}, see tocsin/connector.h. Creates or changes the person in this turn, if needed.
   NULL: there is no id. */
const struct person *who_is(struct turn *turn, const char *connector, const cJSON *user);

#endif
