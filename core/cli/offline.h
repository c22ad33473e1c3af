/*
 * offline - creates a token in a journal that no tocsind has open: the first token, or one that replaces lost tokens.
 *
 * It goes through a turn of the core, as in the daemon, so that the event log has it.
 */
#ifndef TOCSIN_CLI_OFFLINE_H
#define TOCSIN_CLI_OFFLINE_H

#include "base/error.h"
#include "base/time.h"

struct offline_token {
    const char *name;   /* of the token */
    const char *login;  /* the person's login name in the console; creates the person; NULL: see `person` */
    const char *person; /* id; NULL: the token belongs to a tool */
    unsigned scopes;
    duration valid; /* from now; 0: for ever */
};

/* *ret is the token's text, to be shown once; the caller wipes and frees it. */
int offline_token(const char *journal, const struct offline_token *token, char **ret, struct error *err);

#endif
