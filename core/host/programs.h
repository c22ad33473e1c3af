/*
 * programs - where what Tocsin starts stands: beside the program that asks, in a build, or where an installation has it; a
 * configuration may say otherwise. Any thread; all are for the caller to free.
 */
#ifndef TOCSIN_HOST_PROGRAMS_H
#define TOCSIN_HOST_PROGRAMS_H

#include <cjson/cJSON.h>

#include "policy/configuration.h"

/* A program or directory: "tocsind" in a build, "sbin/tocsind" below the prefix of an installation. */
char *program_beside(const char *in_build, const char *installed);
char *program_runner(const struct configuration *c);
/* The shared object of a row of `connectors`. */
char *program_connector(const struct configuration *c, const cJSON *row);

#endif
