#include "intake/fingerprint.h"

#include <ctype.h>
#include <sodium/crypto_shorthash.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

static const uint8_t fixed_key[crypto_shorthash_KEYBYTES] = "tocsin/grouping";

static uint64_t hash(const struct fingerprint *f)
{
    uint8_t bytes[crypto_shorthash_BYTES];
    uint64_t value = 0;
    crypto_shorthash(bytes, (const uint8_t *)f->parts, f->n, fixed_key);
    for (size_t i = sizeof(bytes); i-- > 0;) /* little-endian on every machine */
        value = value << 8 | bytes[i];
    return value;
}

static void add_bytes(struct fingerprint *f, const char *bytes, size_t n)
{
    for (size_t fits; n >= (fits = sizeof(f->parts) - f->n); n -= fits) {
        memcpy(f->parts + f->n, bytes, fits);
        bytes += fits;
        f->n = sizeof(f->parts);
        f->n = (size_t)snprintf(f->parts, sizeof(f->parts), "%016llx", (unsigned long long)hash(f));
    }
    memcpy(f->parts + f->n, bytes, n);
    f->n += n;
}

void fingerprint_addn(struct fingerprint *f, const char *part, size_t n)
{
    add_bytes(f, part, n + 1); /* the NUL separates it from the next part */
}

void fingerprint_add(struct fingerprint *f, const char *part)
{
    fingerprint_addn(f, part ? part : "", part ? strlen(part) : 0);
}

void fingerprint_begin(struct fingerprint *f, const char *origin, const char *stream, enum grouping grouping)
{
    f->n = 0;
    add_bytes(f, (char[]){FINGERPRINT_VERSION, (char)('a' + (int)grouping)}, 2);
    fingerprint_add(f, origin);
    fingerprint_add(f, stream);
}

void fingerprint_add_message(struct fingerprint *f, const char *text)
{
    CLEANUP_STR struct str plain = {0};
    parameterize(text, &plain);
    fingerprint_add(f, str_text(&plain));
}

/* The number of hexadecimal digits at p, if at least one of them is decimal; else 0. */
static size_t hex_run(const char *p)
{
    size_t n = 0, digits = 0;
    for (; isxdigit((unsigned char)p[n]); n++)
        digits += isdigit((unsigned char)p[n]) != 0;
    return digits > 0 ? n : 0;
}

void fingerprint_add_code(struct fingerprint *f, const char *name)
{
    char plain[ALERT_CULPRIT + 1];
    size_t n = 0;
    for (const char *p = name; *p && n < sizeof(plain) - 1;) {
        bool starts = p == name || !isalnum((unsigned char)p[-1]);
        size_t run = starts ? hex_run(p) : 0;
        bool numbered = run >= 6 || (run > 0 && p > name && p[-1] == '$');
        if (numbered && !isalnum((unsigned char)p[run]))
            p += run;
        else
            plain[n++] = *p++;
    }
    plain[n] = '\0';
    fingerprint_add(f, plain);
}

uint64_t fingerprint_end(struct fingerprint *f)
{
    uint64_t value = hash(f);
    return value ? value : 1; /* 0 means none */
}
