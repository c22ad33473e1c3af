/*
 * offline - makes a token in a journal that no tocsind holds: the first one, and one in place of one that was lost.
 *
 * It goes through a turn of the core, as the daemon would do it, so that it stands in the log.
 */
#ifndef TOCSIN_CLI_OFFLINE_H
#define TOCSIN_CLI_OFFLINE_H

#include "base/error.h"

struct offline_token {
    const char *name; /* of the token */
    const char *
        login; /* the person who has this login name in the console, who is made where needed; NULL: `person` */
    const char *person; /* id; NULL: nobody's, a tool's */
    unsigned scopes;
};

/* *ret is the token's text, shown once; the caller wipes and frees it. */
int offline_token(const char *journal, const struct offline_token *token, char **ret, struct error *err);

#endif
