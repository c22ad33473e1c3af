/*
 * programs - finds the programs that Tocsin starts: beside the calling program in a build, or in the usual place of an
 * installation, unless the configuration names another. Any thread; the caller frees every result.
 */
#ifndef TOCSIN_HOST_PROGRAMS_H
#define TOCSIN_HOST_PROGRAMS_H

#include <cjson/cJSON.h>

#include "policy/configuration.h"

/* A program or directory: in_build "tocsind", installed (below the prefix) "sbin/tocsind". */
char *program_beside(const char *in_build, const char *installed);
char *program_runner(const struct configuration *c);
struct program; /* host/process.h */
/* As whom it runs: `runner_user`, if there is such a setting. Its path stays as it is. */
int program_user(const struct configuration *c, struct program *ret, struct error *err);
/* tocsin-fetch */
char *program_fetch(void);
/* tocsin-draw */
char *program_draw(void);
/* The shared object for a row of `connectors`. */
char *program_connector(const struct configuration *c, const cJSON *row);

#endif
