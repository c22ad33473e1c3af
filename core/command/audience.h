/*
 * audience - whom a message to customers is for, as somebody typed it. Only files of this folder include it.
 */
#ifndef TOCSIN_COMMAND_AUDIENCE_H
#define TOCSIN_COMMAND_AUDIENCE_H

#include "command/handlers.h"

struct audience {
    char *whom;       /* as typed: "acme", "Acme GmbH", "all", "tier:gold" */
    const char *text; /* what follows, borrowed from the request; NULL: nothing */
    char *key;        /* the audience as comms.h has it; NULL: not resolved yet */
    bool is_new;      /* a customer whom the incident did not affect */
};
/* Reads `acme …`, `to Acme GmbH …` or `tier gold …`. Finish *ret. */
void audience_read(const struct request *request, struct audience *ret);
/* Finds who that is. A customer whom the incident does not affect is added; whom nobody knows, only if not `known_only`. */
int audience_resolve(struct request *request, struct audience *audience, bool known_only, struct error *err);
void audience_finish(struct audience *audience);
/* Their key in the incident, by that, a name, or another key of theirs; NULL: it does not affect them. Freed by the caller. */
int affected_key(const struct request *request, const char *typed, char **ret, struct error *err);

#endif
