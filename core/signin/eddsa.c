#include "signin/eddsa.h"

#include <sodium.h>
#include <string.h>

#include "base/mem.h"

bool base64url_decode(const char *text, size_t n, struct str *out)
{
    size_t made = 0;
    str_reserve(out, n + 1);
    if (sodium_base642bin((unsigned char *)out->p + out->len, n, text, n, NULL, &made, NULL,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING))
        return false;
    out->len += made;
    out->p[out->len] = '\0';
    return true;
}

bool eddsa_proves(const cJSON *key, const char *bytes, size_t n, const struct str *signature)
{
    const char *x = json_text_or(key, "x", "");
    CLEANUP_STR struct str point = {0};
    return text_equal(json_text_or(key, "crv", NULL), "Ed25519") && base64url_decode(x, strlen(x), &point) &&
           point.len == crypto_sign_PUBLICKEYBYTES && signature->len == crypto_sign_BYTES &&
           crypto_sign_verify_detached((const unsigned char *)signature->p, (const unsigned char *)bytes, n,
                                       (const unsigned char *)point.p) == 0;
}
