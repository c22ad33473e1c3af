/*
 * init - a directory with all that one Tocsin needs: configuration, policy with a test, journal, first token.
 *
 * Nothing outside of the directory is touched (but for a socket in /tmp where the directory's own path is too long for one), so that
 * several work side by side. Randomness is libsodium's.
 */
#ifndef TOCSIN_CLI_INIT_H
#define TOCSIN_CLI_INIT_H

#include <stdbool.h>

#include "base/error.h"
#include "base/str.h"

struct init_result {
    char *directory; /* absolute */
    char *key;       /* of the first source */
    char *socket;    /* of the console, absolute */
    int port;
    bool other_port; /* the usual one was taken */
};

/* port 0: 7077, or a free one. ERR_REFUSED where the directory has something in it. */
int init_directory(const char *directory, int port, struct init_result *ret, struct error *err);
void init_result_finish(struct init_result *result);
/* "http://KEY@127.0.0.1:PORT/1" */
char *init_dsn(const struct init_result *result);

/* init_text.c: what stands in the files. Pure. */
#define INIT_SERVICE "checkout" /* what the example policy calls important */
struct init_values {
    const char *name, *key, *socket; /* socket: as written, relative or absolute */
    int port;
};
void init_configuration(const struct init_values *values, struct str *out);
extern const char init_policy[], init_policy_test[];

#endif
