#include "signin/id_token.h"

#include <string.h>

#define GROUPS_MOST  500
#define TEXT_MOST    200
#define SUBJECT_MOST ((size_t)255) /* OpenID Connect Core, 2 */

void id_claims_finish(struct id_claims *claims)
{
    free(claims->subject);
    free(claims->name);
    free(claims->email);
    free(claims->zone);
    for (size_t i = 0; i < claims->groups.n; i++)
        free(claims->groups.v[i]);
    array_free(&claims->groups);
    *claims = (struct id_claims){0};
}

/* ---- the checks ---- */

static size_t audiences(const cJSON *claims, const char *client_id, bool *ret_ours)
{
    const cJSON *audience = json_member(claims, "aud"), *each;
    size_t n = 0;
    *ret_ours = cJSON_IsString(audience) && text_equal(audience->valuestring, client_id);
    if (!cJSON_IsArray(audience))
        return 1;
    cJSON_ArrayForEach(each, audience)
    {
        *ret_ours |= cJSON_IsString(each) && text_equal(each->valuestring, client_id);
        n++;
    }
    return n;
}

static int check_audience(const cJSON *claims, const char *client_id, struct error *err)
{
    bool ours;
    size_t n = audiences(claims, client_id, &ours);
    const char *party = json_text_or(claims, "azp", NULL);
    if (!ours)
        return error_set(err, ERR_AUTH, "the token is for another client");
    if ((n > 1 || json_member(claims, "azp")) && !text_equal(party, client_id))
        return error_set(err, ERR_AUTH, "the token was given to another client");
    return 0;
}

static int check_time(const cJSON *claims, instant now, struct error *err)
{
    instant expires = json_int_or(claims, "exp", 0) * SECOND, issued = json_int_or(claims, "iat", 0) * SECOND;
    instant from = json_int_or(claims, "nbf", 0) * SECOND;
    if (expires + ID_TOKEN_SKEW <= now)
        return error_set(err, ERR_AUTH,
                         "the token has expired; if this happens often, check the clock of this machine");
    if (!issued || issued - ID_TOKEN_SKEW > now || from - ID_TOKEN_SKEW > now)
        return error_set(err, ERR_AUTH, "the token is not valid yet; check the clock of this machine");
    return 0;
}

/* It is taken whole and as it is, or not at all: two who differ stay two. */
static int check_subject(const cJSON *claims, struct error *err)
{
    const char *subject = json_text_or(claims, "sub", "");
    CLEANUP_FREE char *clean = utf8_sanitize(subject, strlen(subject), SUBJECT_MOST);
    if (text_empty(subject))
        return error_set(err, ERR_AUTH, "the token says nobody");
    if (strcmp(clean, subject) != 0)
        return error_set(err, ERR_AUTH, "the token says who it is in more than %zu bytes, or in odd characters",
                         SUBJECT_MOST);
    return 0;
}

static int check(const cJSON *claims, const struct id_wanted *wanted, struct error *err)
{
    if (!text_equal(json_text_or(claims, "iss", NULL), wanted->issuer))
        return error_set(err, ERR_AUTH, "the token is of another issuer");
    int rc = check_audience(claims, wanted->client_id, err);
    rc = rc ? rc : check_time(claims, wanted->now, err);
    if (rc)
        return rc;
    if (!text_equal(json_text_or(claims, "nonce", NULL), wanted->nonce))
        return error_set(err, ERR_AUTH, "the token is not for this sign-in");
    return check_subject(claims, err);
}

/* ---- what it says ---- */

static char *text_of(const cJSON *claims, const char *name)
{
    const char *text = json_text_or(claims, name, NULL);
    char *clean = text ? utf8_sanitize(text, strlen(text), TEXT_MOST) : NULL;
    if (!text_empty(clean))
        return clean;
    free(clean);
    return NULL;
}

/* Some providers say true as a text. */
static bool is_verified(const cJSON *claims)
{
    return json_bool_or(claims, "email_verified", false) ||
           text_equal(json_text_or(claims, "email_verified", NULL), "true");
}

static void read_groups(const cJSON *claims, const char *name, struct id_claims *ret)
{
    const cJSON *groups = json_member(claims, name), *group;
    if (cJSON_IsString(groups))
        *array_add(&ret->groups) = xstrdup(groups->valuestring);
    if (!cJSON_IsArray(groups))
        return;
    cJSON_ArrayForEach(group, groups)
    {
        if (cJSON_IsString(group) && ret->groups.n < GROUPS_MOST)
            *array_add(&ret->groups) = xstrdup(group->valuestring);
    }
}

int id_claims_read(const cJSON *claims, const struct id_wanted *wanted, struct id_claims *ret,
                   struct error *err)
{
    int rc = check(claims, wanted, err);
    if (rc)
        return rc;
    *ret = (struct id_claims){.subject = xstrdup(json_text_or(claims, "sub", NULL)),
                              .name = text_of(claims, "name"),
                              .email = is_verified(claims) ? text_of(claims, "email") : NULL,
                              .zone = text_of(claims, "zoneinfo")};
    ret->name = ret->name ? ret->name : text_of(claims, "preferred_username");
    read_groups(claims, wanted->groups, ret);
    return 0;
}
