/*
 * offline - what needs a core, but no tocsind: a token in a journal that no tocsind has open (the first one, or one that replaces
 * lost tokens), and the model of a status page.
 *
 * A token goes through a turn of the core, as in the daemon, so that the event log has it.
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
    bool agent;     /* an agent has it */
    duration valid; /* from now; 0: for ever */
};

/* *ret is the token's text, to be shown once; the caller wipes and frees it. */
int offline_token(const char *journal, const struct offline_token *token, char **ret, struct error *err);

struct public_page;
/* The status page of that name, or the public one for NULL, as the journal and the policy have it. The journal must be one that no
   tocsind has open, such as a copy. `status_url`: as in core_settings. The caller gives the reference up. ERR_NOT_FOUND: the policy has no such page. */
int offline_page(const char *journal, const char *policy, const char *name, const char *status_url,
                 struct public_page **ret, struct error *err);

#endif
