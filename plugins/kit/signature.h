/*
 * signature - is a webhook from whom it says? HMAC-SHA256 over the body, compared in constant time, within a window of
 * time so that an old one cannot be sent again.
 */
#ifndef KIT_SIGNATURE_H
#define KIT_SIGNATURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KIT_HMAC_BYTES  32
#define KIT_HMAC_HEX    (2 * KIT_HMAC_BYTES + 1)
#define KIT_HMAC_BASE64 45

struct kit_part {
    const char *bytes;
    size_t n;
};

/* Over the parts, one after the other. False when the library fails. */
bool kit_hmac(const char *secret, const struct kit_part *parts, size_t count, uint8_t mac[KIT_HMAC_BYTES]);
bool kit_hmac_hex(const char *secret, const struct kit_part *parts, size_t count, char text[KIT_HMAC_HEX]);
bool kit_hmac_base64(const char *secret, const struct kit_part *parts, size_t count,
                     char text[KIT_HMAC_BASE64]);

/* In constant time for texts of one length; NULL equals nothing, and an empty secret signs nothing. */
bool kit_same(const char *a, const char *b);

/* Is `given` prefix + hex (or base 64) of the parts' HMAC? An empty secret is refused: nothing could be trusted. */
bool kit_signed_hex(const char *secret, const char *prefix, const struct kit_part *parts, size_t count,
                    const char *given);
bool kit_signed_base64(const char *secret, const char *prefix, const struct kit_part *parts, size_t count,
                       const char *given);

/* Is `seconds`, decimal seconds since 1970, within window_ms of now_ms, before or after? */
bool kit_timely(const char *seconds, int64_t now_ms, int64_t window_ms);

#endif
