/*
 * token - our own tokens (client credentials, RFC 6749 section 4.4), and the hosts that may see them.
 *
 * A token is kept and renewed five minutes before it ends. One thread asks; others go on with the token that there is, or wait.
 * After a refusal nobody asks again for some seconds. Has its own lock: any thread.
 */
#ifndef TEAMS_TOKEN_H
#define TEAMS_TOKEN_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include <tocsin/connector.h>
#include <tocsin/kit/http.h>

struct teams_tokens;

enum token_for { FOR_CONNECTOR, FOR_GRAPH };

struct token_settings {    /* borrowed for the call of teams_tokens_create, but for http */
    const char *login_url; /* without a slash at its end, like the others */
    const char *app_id, *secret;
    const char *tenant;       /* of a single-tenant app; "": it is multi-tenant */
    const char *graph_tenant; /* in whose directory Graph acts; "": in none */
    const char *issuer;       /* of the Bot Service: tokens for the Connector are for its scope */
    const char *graph_url;    /* tokens for Graph are for its host */
    const cJSON
        *trusted_hosts;    /* an array of further hosts that may see tokens: "host", for https, or an address */
    struct kit_http *http; /* must outlive the tokens */
};

struct teams_tokens *teams_tokens_create(const struct token_settings *settings);
/* After the last call has returned. Accepts NULL. */
void teams_tokens_destroy(struct teams_tokens *tokens);

/*
 * Gives a token, which the caller frees. 0, or with the reason in `error`, in plain words and without the secret:
 *   TOCSIN_E_AUTH    Microsoft refuses the credentials
 *   TOCSIN_E_CONFIG  there is no tenant to ask for
 *   TOCSIN_E_FAILED  Microsoft does not answer, or is busy
 */
int32_t teams_tokens_get(struct teams_tokens *tokens, enum token_for which, char **ret_token,
                         struct tocsin_error *error);
/* The same, but asks Microsoft whatever there is: to see whether the credentials are still good, and what rights they have now. */
int32_t teams_tokens_renew(struct teams_tokens *tokens, enum token_for which, char **ret_token,
                           struct tocsin_error *error);
/* Says that this token was answered with 401. The next teams_tokens_get asks for another, unless one came meanwhile. */
void teams_tokens_refused(struct teams_tokens *tokens, enum token_for which, const char *token);
/* May an address from outside (serviceUrl) see our tokens? Microsoft's own hosts by https, and those of the settings. */
bool teams_tokens_trusts(const struct teams_tokens *tokens, const char *url);

#endif
