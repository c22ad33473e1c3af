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

/* port 0: 7077, or a free one. important: the names of the important services, with commas between them; NULL: all services are, until
   somebody names them. ERR_REFUSED if the directory is not empty. */
int init_directory(const char *directory, int port, const char *important, struct init_result *ret,
                   struct error *err);
void init_result_finish(struct init_result *result);
/* "http://KEY@127.0.0.1:PORT/1" */
char *init_dsn(const struct init_result *result);

/* init_text.c: the contents of the files. Pure. */
#define INIT_SERVICE "checkout" /* the service of the first source */
#define INIT_ALL     "*"        /* every service is important */
struct init_values {
    const char *name, *key, *socket; /* socket: as written, relative or absolute */
    int port;
};
void init_configuration(const struct init_values *values, struct str *out);
int init_check_important(const char *important, struct error *err);
void init_policy(const char *important, struct str *out);
void init_policy_test(const char *important, struct str *out);

#endif
