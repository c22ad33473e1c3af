/*
 * provider - an identity provider by OpenID Connect: where it is found (discovery), its keys, and what it says of who comes back with
 * a code (authorisation code with PKCE S256).
 *
 * What is asked of it runs on libuv's pool, so it may be slow or away without anybody else noticing. What is known of it is kept for an
 * hour; a token that is signed with an unknown key has the keys read again, so that they are rolled over
 * without a restart. Loop's thread only.
 */
#ifndef TOCSIN_SIGNIN_PROVIDER_H
#define TOCSIN_SIGNIN_PROVIDER_H

#include "signin/id_token.h"

struct uv_loop_s;
struct provider;

struct provider_settings { /* copied */
    const char *issuer, *client_id;
    const char *client_secret; /* NULL: a public client */
    const char *scopes;        /* "openid profile email" */
    const char *groups;        /* the claim with the groups */
    const char *redirect_uri;  /* of ours, where it sends people back to */
    struct uv_loop_s *loop;
    instant (*clock)(void);
};

struct provider *provider_create(const struct provider_settings *settings);
/* False: something is being asked; `drained` is called when it is answered. Nothing new is asked. */
bool provider_drain(struct provider *provider, void (*drained)(void *ctx), void *ctx);
/* Once it has drained. NULL is fine. */
void provider_destroy(struct provider *provider);

const char *provider_issuer(const struct provider *provider);

#define PROVIDER_SECRET 53 /* of a state, a nonce, a verifier: 256 bits in base32 */
struct provider_start {
    char state[PROVIDER_SECRET], nonce[PROVIDER_SECRET], verifier[PROVIDER_SECRET];
};

/* Where the browser goes to sign in. `url` is borrowed for the call; NULL: the error says why not. Called once, perhaps at once. */
typedef void provider_leads(void *ctx, const char *url, const struct error *err);
void provider_begin(struct provider *provider, const struct provider_start *start, provider_leads *leads,
                    void *ctx);

/* Who signed in; the claims are borrowed for the call. NULL: the error says why nobody did: ERR_AUTH, or ERR_IO if the provider is away.
   Called once, later. */
typedef void provider_says(void *ctx, const struct id_claims *claims, const struct error *err);
void provider_end(struct provider *provider, const struct provider_start *start, const char *code,
                  provider_says *says, void *ctx);

#endif
