/*
 * id_token - what an identity provider says of who signed in (OpenID Connect Core, 3.1.3.7): who it is, for whom it was said, and when.
 * Pure; any thread.
 */
#ifndef TOCSIN_SIGNIN_ID_TOKEN_H
#define TOCSIN_SIGNIN_ID_TOKEN_H

#include "base/json.h"
#include "base/mem.h"
#include "base/time.h"

#define ID_TOKEN_SKEW (2 * MINUTE) /* clocks may differ by so much */

struct id_wanted { /* all borrowed */
    const char *issuer, *client_id, *nonce;
    const char *groups; /* the name of the claim with the groups */
    instant now;
};
struct id_claims {
    char *subject;             /* of the issuer: never given to somebody else */
    char *name, *email, *zone; /* NULL: not said. email: only one that the provider has verified */
    ARRAY(char *) groups;
};
void id_claims_finish(struct id_claims *claims);

/* `claims`: of a token that is proven. ERR_AUTH: they are not for us, not now, or not for this sign-in. */
int id_claims_read(const cJSON *claims, const struct id_wanted *wanted, struct id_claims *ret,
                   struct error *err);

#endif
