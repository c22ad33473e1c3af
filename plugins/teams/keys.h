/*
 * keys - the public keys of the Bot Service, fetched where its OpenID metadata says.
 *
 * They are kept for a day. A token that names an unknown key has them fetched anew, at most once an hour, so that keys are rolled
 * over without a restart and invented names do not make us call again and again. While a refresh fails, keys that are not older
 * than five days count on. One thread fetches; another waits only if it has no key to go on with, and never longer than KEYS_WAIT_MS.
 *
 * Ages count by the `now_ms` that the callers pass. Has its own lock: any thread.
 */
#ifndef TEAMS_KEYS_H
#define TEAMS_KEYS_H

#include <stdbool.h>
#include <stdint.h>

#include <openssl/evp.h>

#include <tocsin/connector.h>
#include <tocsin/kit/http.h>

#define KEYS_WAIT_MS 5000

struct keys;

enum keys_found {
    KEYS_FOUND,
    KEYS_UNKNOWN, /* there is no such key */
    KEYS_AWAY,    /* nobody can say: the keys cannot be fetched at present */
};

/* Fetches nothing yet. `host` and `http` are borrowed, the address is copied. */
struct keys *keys_create(const char *metadata_url, const struct tocsin_host *host, struct kit_http *http);
/* After the last call has returned. Accepts NULL. */
void keys_destroy(struct keys *keys);

/*
 * Finds a key by its id, and says whether it vouches for a channel ("msteams"): a key with endorsements does so for those alone. If
 * it is KEYS_FOUND, the caller frees *ret_key.
 */
enum keys_found keys_find(struct keys *keys, const char *kid, const char *channel, int64_t now_ms,
                          EVP_PKEY **ret_key, bool *ret_endorsed);
/* Fetches the keys if there are none. 0, or TOCSIN_E_FAILED with the reason in `error`. */
int32_t keys_check(struct keys *keys, int64_t now_ms, struct tocsin_error *error);

#endif
