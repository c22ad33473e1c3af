/*
 * trust - whether a request is the Bot Service's, and from people whom we may listen to.
 *
 * A request carries a token that the Bot Service signed (jwt.h, keys.h) for our app and for the address of this conversation. The
 * token names no tenant, so the activity's tenant is checked against those that are allowed.
 */
#ifndef TEAMS_TRUST_H
#define TEAMS_TRUST_H

#include <cjson/cJSON.h>
#include <stdint.h>

#include <tocsin/connector.h>
#include <tocsin/kit/http.h>

#define TRUST_WHY 200 /* bytes of a reason, terminator included */

struct trust;

struct trust_settings {       /* all borrowed for the call of trust_create */
    const char *app_id;       /* for whom tokens must be */
    const char *metadata_url; /* OpenID metadata of the Bot Service */
    const char *issuer;       /* who must have issued the tokens */
    const char *tenant;       /* whose people are allowed: ours, "" for none, … */
    const cJSON *tenants;     /* … and an array of further ones. An empty list allows nobody more */
    struct kit_http *http;    /* must outlive the trust */
};

struct trust *trust_create(const struct trust_settings *settings, const struct tocsin_host *host);
/* After the last call has returned. Accepts NULL. */
void trust_destroy(struct trust *trust);

/*
 * Checks the value of the header Authorization ("" if there is none) for an activity that was received at now_ms (since 1970). 0, or
 * the HTTP status to answer, with the reason in `why`, for the log:
 *   401  the token is missing or proves nothing
 *   403  it is the Bot Service's, but nobody whom we listen to: another channel than Teams, or another tenant
 *   503  the keys cannot be fetched, so nobody can say; at most KEYS_WAIT_MS later
 * Any thread.
 */
int trust_check(struct trust *trust, const char *authorization, const cJSON *activity, int64_t now_ms,
                char why[TRUST_WHY]);
/* Can tokens be checked at all? Fetches the keys. 0, or TOCSIN_E_FAILED with the reason. */
int32_t trust_ready(struct trust *trust, int64_t now_ms, struct tocsin_error *error);

#endif
