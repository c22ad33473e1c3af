/*
 * signature - checks who sent a webhook: HMAC-SHA256 over what the platform signs, compared in constant time, and a time
 * window against requests that somebody recorded.
 *
 *     const char *at = kit_webhook_header(request, "x-chat-time");
 *     struct kit_part parts[] = {{at, strlen(at)}, {":", 1}, {request->body, request->body_length}};
 *     if (!kit_signed_hex(secret, "sha256=", parts, 3, kit_webhook_header(request, "x-chat-signature")) ||
 *         !kit_timely(at, request->received_ms, 300000))
 *         … 401
 *
 * Within the window a request can still be repeated: use the platform's own id for the event, so that it is acted on once.
 * Secrets are terminated texts. All arguments are borrowed for the call. Pure: any thread.
 */
#ifndef TOCSIN_KIT_SIGNATURE_H
#define TOCSIN_KIT_SIGNATURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define KIT_HMAC_BYTES  32
#define KIT_HMAC_HEX    (2 * KIT_HMAC_BYTES + 1) /* with its terminator */
#define KIT_HMAC_BASE64 45                       /* the same */

/* A piece of what is signed. Several pieces are signed as if they were one text. */
struct kit_part {
    const char *bytes;
    size_t n;
};

/*
 * Is `given` the prefix followed by the HMAC of the parts, in lower-case hex or in base 64? `prefix` and `given` may be NULL.
 * Always false for an empty secret.
 */
bool kit_signed_hex(const char *secret, const char *prefix, const struct kit_part *parts, size_t count,
                    const char *given);
bool kit_signed_base64(const char *secret, const char *prefix, const struct kit_part *parts, size_t count,
                       const char *given);
/* The same with SHA-1 in hex, for platforms that sign with nothing better. */
bool kit_signed_sha1(const char *secret, const char *prefix, const struct kit_part *parts, size_t count,
                     const char *given);
/* Is `seconds` (since 1970, in decimal digits) at most window_ms before or after now_ms? False for NULL and anything else. */
bool kit_timely(const char *seconds, int64_t now_ms, int64_t window_ms);
/* Are two secrets equal? In constant time if their lengths are. NULL equals nothing. */
bool kit_same(const char *a, const char *b);

/* The HMAC itself, for requests that a connector signs. False if the library fails; the result is then undefined. */
bool kit_hmac(const char *secret, const struct kit_part *parts, size_t count, uint8_t mac[KIT_HMAC_BYTES]);
bool kit_hmac_hex(const char *secret, const struct kit_part *parts, size_t count, char text[KIT_HMAC_HEX]);
bool kit_hmac_base64(const char *secret, const struct kit_part *parts, size_t count,
                     char text[KIT_HMAC_BASE64]);
/* The same by either hash, with a key of any bytes. */
enum kit_hash { KIT_SHA1, KIT_SHA256 };
bool kit_mac_base64(enum kit_hash hash, const struct kit_part *key, const struct kit_part *parts, size_t count,
                    char text[KIT_HMAC_BASE64]);

#ifdef __cplusplus
}
#endif
#endif
