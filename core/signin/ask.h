/*
 * ask - what is asked of an identity provider: its discovery document and keys, a token for a code. Blocks; any thread, several at once.
 * Errors name hosts, and nothing secret.
 */
#ifndef TOCSIN_SIGNIN_ASK_H
#define TOCSIN_SIGNIN_ASK_H

#include "signin/provider.h"

struct asking;
struct asking *asking_create(const struct provider_settings *settings); /* borrowed */
void asking_destroy(struct asking *asking);                             /* NULL is fine */

/* Is it an address that secrets may go to: https, or http on this machine? NULL is none. */
bool ask_is_safe(const char *url);

/* The discovery document, with the keys it names as its member "keys"; the caller deletes it. */
int ask_discovery(struct asking *asking, cJSON **ret, struct error *err);
/* The id_token for a code; the caller frees it. */
int ask_token(struct asking *asking, const cJSON *known, const char *code, const char *verifier, char **ret,
              struct error *err);
/* What the token proves. ERR_NOT_FOUND: its key is not known. */
int ask_claims(const cJSON *known, const char *token, const struct id_wanted *wanted, struct id_claims *ret,
               struct error *err);
/* Where a browser is sent to sign in. The caller frees it. */
char *ask_address(const struct provider_settings *settings, const cJSON *known,
                  const struct provider_start *start);

#endif
