#include "web/kept.h"

#include <brotli/encode.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <zlib.h>

#include "base/mem.h"
#include "web/etag.h"

#define HASH_BYTES crypto_generichash_BYTES_MIN
#define SMALL      128 /* bytes that fit a packet anyway */
/* The best ones take five times as long for half a percent, on the cores that requests want, too. */
#define BROTLI_QUALITY 5

static const struct {
    const char *name, *mark; /* the mark tells its ETag from the others */
} encodings[KEPT_ENCODINGS] = {
    [KEPT_BROTLI] = {"br", "-br"},
    [KEPT_GZIP] = {"gzip", "-gz"},
    [KEPT_PLAIN] = {NULL, ""},
};

const char *kept_encoding_name(enum kept_encoding encoding)
{
    return encodings[encoding].name;
}

/* ---- making ---- */

static void by_brotli(const struct str *plain, struct str *out)
{
    size_t n = BrotliEncoderMaxCompressedSize(plain->len);
    str_reserve(out, n);
    if (BrotliEncoderCompress(BROTLI_QUALITY, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT, plain->len,
                              (const uint8_t *)plain->p, &n, (uint8_t *)out->p))
        out->len = n;
}

static void by_gzip(const struct str *plain, struct str *out)
{
    z_stream z = {0};
    if (deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return;
    size_t room = deflateBound(&z, plain->len);
    str_reserve(out, room);
    z.next_in = (Bytef *)plain->p;
    z.avail_in = (uInt)plain->len;
    z.next_out = (Bytef *)out->p;
    z.avail_out = (uInt)room;
    if (deflate(&z, Z_FINISH) == Z_STREAM_END)
        out->len = z.total_out;
    deflateEnd(&z);
}

static void set_etags(struct kept *kept)
{
    uint8_t hash[HASH_BYTES];
    char text[2 * HASH_BYTES + 1];
    const struct str *plain = &kept->as[KEPT_PLAIN].bytes;
    crypto_generichash(hash, sizeof(hash), (const uint8_t *)str_text(plain), plain->len, NULL, 0);
    sodium_bin2hex(text, sizeof(text), hash, sizeof(hash));
    for (int i = 0; i < KEPT_ENCODINGS; i++)
        snprintf(kept->as[i].etag, KEPT_ETAG, "\"%s%s\"", text, encodings[i].mark);
}

void kept_make(const char *type, bool is_page, struct str plain, struct kept *ret)
{
    static void (*const encode[KEPT_PLAIN])(const struct str *,
                                            struct str *) = {[KEPT_BROTLI] = by_brotli, [KEPT_GZIP] = by_gzip};
    *ret = (struct kept){.type = type, .is_page = is_page};
    ret->as[KEPT_PLAIN].bytes = plain;
    for (int i = 0; i < KEPT_PLAIN && plain.len > SMALL; i++) {
        struct str *out = &ret->as[i].bytes;
        encode[i](&plain, out);
        if (out->len >= plain.len)
            str_finish(out);
    }
    set_etags(ret);
}

void kept_finish(struct kept *kept)
{
    for (int i = 0; i < KEPT_ENCODINGS; i++)
        str_finish(&kept->as[i].bytes);
}

size_t kept_size(const struct kept *kept)
{
    size_t n = 0;
    for (int i = 0; i < KEPT_ENCODINGS; i++)
        n += kept->as[i].bytes.cap;
    return n;
}

/* ---- choosing (RFC 9110, 12.5.3) ---- */

/* Does the rest of an element, after its name, say q=0? */
static bool is_refused(const char *rest, size_t n)
{
    const char *q = memmem(rest, n, "q=", 2);
    if (!q)
        return false;
    const char *end = rest + n;
    for (q += 2; q < end && *q != ',' && *q != ';' && *q != ' '; q++) {
        if (*q >= '1' && *q <= '9')
            return false;
    }
    return true;
}

/* 1: the list takes it, 0: it refuses it, -1: it does not name it. */
static int takes(const char *list, const char *name)
{
    size_t n = strlen(name);
    for (const char *c = list + strspn(list, " \t,"); *c;) {
        size_t element = strcspn(c, ","), word = strcspn(c, ",; \t");
        if (word == n && strncasecmp(c, name, n) == 0)
            return !is_refused(c + word, element - word);
        c += element;
        c += strspn(c, " \t,");
    }
    return -1;
}

enum kept_encoding kept_choose(const struct kept *kept, const char *accept)
{
    for (enum kept_encoding encoding = KEPT_BROTLI; accept && encoding < KEPT_PLAIN; encoding++) {
        int taken = takes(accept, encodings[encoding].name);
        if (kept->as[encoding].bytes.len && (taken < 0 ? takes(accept, "*") : taken) == 1)
            return encoding;
    }
    return KEPT_PLAIN;
}

bool kept_is_known(const struct kept_body *body, const char *wanted)
{
    return etag_is_among(wanted, body->etag, false);
}
