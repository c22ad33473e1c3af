/*
 * init - creates a directory with everything that Tocsin needs: configuration, policy with a test, journal, first token.
 *
 * It touches nothing outside the directory, so several directories can run side by side. The console's socket is in /tmp if the
 * directory's path is too long for a socket. Random bytes come from libsodium.
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
    bool other_port; /* the default port is taken */
};

/* port 0: 7077, or a free one. ERR_REFUSED if the directory is not empty. */
int init_directory(const char *directory, int port, struct init_result *ret, struct error *err);
void init_result_finish(struct init_result *result);
/* "http://KEY@127.0.0.1:PORT/1" */
char *init_dsn(const struct init_result *result);

/* init_text.c: the contents of the files. Pure. */
#define INIT_SERVICE "checkout" /* the important service of the example policy */
struct init_values {
    const char *name, *key, *socket; /* socket: as written, relative or absolute */
    int port;
};
void init_configuration(const struct init_values *values, struct str *out);
extern const char init_policy[], init_policy_test[];

#endif
