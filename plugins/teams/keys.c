#include "keys.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/kit/json.h>
#include <tocsin/kit/report.h>

#include "jwt.h"
#include "url.h"

#define MOST       100 /* keys; Microsoft publishes about ten */
#define BYTES_MOST ((size_t)1 << 20)
#define HOUR_MS    ((int64_t)3600 * 1000)
#define FRESH_MS   (24 * HOUR_MS)
#define KEPT_MS    (5 * FRESH_MS)
#define PAUSE_MS   1000  /* after a failure, while there are no keys */
#define REFRESH_MS 60000 /* the same while there are */

struct key_set {
    struct key {
        char kid[JWT_KID];
        EVP_PKEY *key;
        cJSON *endorsements; /* an array; NULL: none */
    } v[MOST];
    size_t n;
};

struct keys {
    const struct tocsin_host *host; /* borrowed, like http */
    struct kit_http *http;
    char *metadata_url;
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t fetched;
    struct key_set *set; /* NULL: none yet */
    int64_t loaded_ms;   /* when it was fetched */
    int64_t asked_ms;    /* when keys were last fetched for an unknown one; 0: never */
    int64_t failed_ms;   /* when fetching last failed; 0: it did not since it last succeeded */
    char why[256];       /* it failed */
    bool fetching;
};

struct keys *keys_create(const char *metadata_url, const struct tocsin_host *host, struct kit_http *http)
{
    struct keys *keys = calloc(1, sizeof(*keys));
    keys->host = host;
    keys->http = http;
    keys->metadata_url = strdup(metadata_url);
    pthread_mutex_init(&keys->lock, NULL);
    pthread_cond_init(&keys->fetched, NULL);
    return keys;
}

static void free_set(struct key_set *set)
{
    for (size_t i = 0; set && i < set->n; i++) {
        EVP_PKEY_free(set->v[i].key);
        cJSON_Delete(set->v[i].endorsements);
    }
    free(set);
}

void keys_destroy(struct keys *keys)
{
    if (!keys)
        return;
    free_set(keys->set);
    pthread_cond_destroy(&keys->fetched);
    pthread_mutex_destroy(&keys->lock);
    free(keys->metadata_url);
    free(keys);
}

/* ---- fetching, without the lock ---- */

static void add_key(struct key_set *set, const cJSON *jwk)
{
    const char *kid = kit_json_text(jwk, "kid");
    EVP_PKEY *key = *kid && strlen(kid) < JWT_KID && set->n < MOST ? jwt_key(jwk) : NULL;
    if (!key)
        return;
    const cJSON *endorsements = kit_json_member(jwk, "endorsements");
    struct key *added = &set->v[set->n++];
    memcpy(added->kid, kid, strlen(kid) + 1);
    added->key = key;
    added->endorsements = cJSON_GetArraySize(endorsements) ? cJSON_Duplicate(endorsements, true) : NULL;
}

/* Fetches a JSON value. NULL: `error` says why not. The caller frees it. */
static cJSON *fetch_json(struct keys *keys, const char *url, struct tocsin_error *error)
{
    struct kit_request request = {.url = url, .timeout_ms = KEYS_WAIT_MS / 2, .most = BYTES_MOST};
    struct kit_answer answer;
    kit_http_call(keys->http, &request, &answer);
    cJSON *value = answer.status == 200 ? kit_json_parse(answer.body, answer.body_length) : NULL;
    if (answer.outcome != KIT_ANSWERED)
        kit_fail(error, TOCSIN_E_FAILED, "%s", answer.error);
    else if (answer.status != 200)
        kit_fail(error, TOCSIN_E_FAILED, "%s answers with status %ld", url, answer.status);
    else if (!value)
        kit_fail(error, TOCSIN_E_FAILED, "what %s answers is not JSON", url);
    kit_answer_finish(&answer);
    return value;
}

static struct key_set *fetch_set(struct keys *keys, struct tocsin_error *error)
{
    cJSON *metadata = fetch_json(keys, keys->metadata_url, error);
    const char *url = kit_json_text(metadata, "jwks_uri");
    cJSON *document = NULL;
    if (metadata && !url_is_safe(url))
        kit_fail(error, TOCSIN_E_FAILED, "%s names no address for keys by https", keys->metadata_url);
    else if (metadata)
        document = fetch_json(keys, url, error);
    struct key_set *set = document ? calloc(1, sizeof(*set)) : NULL;
    const cJSON *jwk;
    cJSON_ArrayForEach(jwk, kit_json_member(document, "keys"))
    {
        if (set)
            add_key(set, jwk);
    }
    if (set && !set->n) {
        kit_fail(error, TOCSIN_E_FAILED, "%s has no keys", url);
        free_set(set);
        set = NULL;
    }
    cJSON_Delete(document);
    cJSON_Delete(metadata);
    return set;
}

/* ---- under the lock ---- */

/* A clock that was set back by more than a day says nothing about an age. */
static int64_t age(int64_t since_ms, int64_t now_ms)
{
    int64_t span = now_ms - since_ms;
    return !since_ms || span < -FRESH_MS ? INT64_MAX : span > 0 ? span : 0;
}

static bool has_keys(const struct keys *keys, int64_t now_ms)
{
    return keys->set && age(keys->loaded_ms, now_ms) < KEPT_MS;
}

static bool must_pause(const struct keys *keys, int64_t now_ms)
{
    return age(keys->failed_ms, now_ms) < (has_keys(keys, now_ms) ? REFRESH_MS : PAUSE_MS);
}

static void note_failure(struct keys *keys, int64_t now_ms, const char *why)
{
    kit_clean_name(why, keys->why, sizeof(keys->why));
    if (!keys->failed_ms)
        kit_log(keys->host, KIT_WARNING, "the keys of the Bot Service cannot be fetched: %s", keys->why);
    keys->failed_ms = now_ms;
}

static void note_success(struct keys *keys, int64_t now_ms, struct key_set *set)
{
    if (keys->failed_ms)
        kit_log(keys->host, KIT_INFO, "the keys of the Bot Service can be fetched again");
    free_set(keys->set);
    keys->set = set;
    keys->loaded_ms = now_ms;
    keys->failed_ms = 0;
}

/* Releases the lock meanwhile. */
static void fetch(struct keys *keys, int64_t now_ms, bool for_unknown)
{
    struct tocsin_error error = {.size = sizeof(error)};
    keys->fetching = true;
    pthread_mutex_unlock(&keys->lock);
    struct key_set *set = fetch_set(keys, &error);
    pthread_mutex_lock(&keys->lock);
    keys->fetching = false;
    if (!set)
        note_failure(keys, now_ms, error.text);
    else
        note_success(keys, now_ms, set);
    if (set && for_unknown)
        keys->asked_ms = now_ms;
    pthread_cond_broadcast(&keys->fetched);
}

static const struct key *look(const struct keys *keys, const char *kid, int64_t now_ms)
{
    for (size_t i = 0; has_keys(keys, now_ms) && i < keys->set->n; i++) {
        if (strcmp(keys->set->v[i].kid, kid) == 0)
            return &keys->set->v[i];
    }
    return NULL;
}

/* Returns the key, or NULL with *ret_away: whether it may exist all the same. */
static const struct key *find(struct keys *keys, const char *kid, int64_t now_ms, bool *ret_away)
{
    for (bool tried = false;;) {
        const struct key *key = look(keys, kid, now_ms);
        bool fresh = has_keys(keys, now_ms) && age(keys->loaded_ms, now_ms) < FRESH_MS;
        bool due = !fresh || (!key && age(keys->asked_ms, now_ms) >= HOUR_MS);
        *ret_away = due && must_pause(keys, now_ms);
        if (keys->fetching && !key) {
            pthread_cond_wait(&keys->fetched, &keys->lock);
        } else if (due && !tried && !keys->fetching && !*ret_away) {
            fetch(keys, now_ms, fresh);
            tried = true;
        } else {
            return key;
        }
    }
}

static bool is_endorsed(const struct key *key, const char *channel)
{
    bool endorsed = !key->endorsements;
    const cJSON *each;
    cJSON_ArrayForEach(each, key->endorsements) endorsed =
        endorsed || (cJSON_IsString(each) && strcmp(each->valuestring, channel) == 0);
    return endorsed;
}

enum keys_found keys_find(struct keys *keys, const char *kid, const char *channel, int64_t now_ms,
                          EVP_PKEY **ret_key, bool *ret_endorsed)
{
    bool away;
    pthread_mutex_lock(&keys->lock);
    const struct key *key = find(keys, kid, now_ms, &away);
    if (key) {
        EVP_PKEY_up_ref(key->key);
        *ret_key = key->key;
        *ret_endorsed = is_endorsed(key, channel);
    }
    pthread_mutex_unlock(&keys->lock);
    return key ? KEYS_FOUND : away ? KEYS_AWAY : KEYS_UNKNOWN;
}

int32_t keys_check(struct keys *keys, int64_t now_ms, struct tocsin_error *error)
{
    pthread_mutex_lock(&keys->lock);
    while (keys->fetching)
        pthread_cond_wait(&keys->fetched, &keys->lock);
    if (!has_keys(keys, now_ms))
        fetch(keys, now_ms, false);
    bool good = has_keys(keys, now_ms);
    int32_t code =
        good ? 0
             : kit_fail(error, TOCSIN_E_FAILED, "the keys of the Bot Service cannot be fetched: %s", keys->why);
    pthread_mutex_unlock(&keys->lock);
    return code;
}
