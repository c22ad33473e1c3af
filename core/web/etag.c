#include "web/etag.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define HASH  16
#define CLOCK "_ms\":" /* a text has a backslash before a quote */

/* Where the value of a clock ends: a number, or an object of numbers. */
static const char *after_clock(const char *value)
{
    return *value == '{' ? value + strcspn(value, "}") : value + strcspn(value, ",]}");
}

void etag_of_json(const struct str *json, char ret[ETAG])
{
    crypto_generichash_state state;
    uint8_t hash[HASH];
    char text[2 * HASH + 1];
    const char *from = str_text(json);
    crypto_generichash_init(&state, NULL, 0, HASH);
    for (const char *clock; (clock = strstr(from, CLOCK)); from = after_clock(clock + strlen(CLOCK)))
        crypto_generichash_update(&state, (const uint8_t *)from, (size_t)(clock - from));
    bool clocks = from != str_text(json);
    crypto_generichash_update(&state, (const uint8_t *)from, strlen(from));
    crypto_generichash_final(&state, hash, HASH);
    sodium_bin2hex(text, sizeof(text), hash, sizeof(hash));
    snprintf(ret, ETAG, "%s\"%s\"", clocks ? "W/" : "", text);
}

bool etag_is_among(const char *list, const char *etag, bool strong)
{
    const char *opaque = text_starts(etag, "W/") ? etag + 2 : etag;
    size_t n = strlen(opaque);
    for (const char *c = list ? list + strspn(list, " \t,") : ""; *c;) {
        bool weak = text_starts(c, "W/");
        const char *tag = weak ? c + 2 : c;
        if (*c == '*')
            return true;
        if (strncmp(tag, opaque, n) == 0 && strchr(" \t,", tag[n]) && !(strong && (weak || opaque != etag)))
            return true;
        c += strcspn(c, ",");
        c += strspn(c, " \t,");
    }
    return false;
}
