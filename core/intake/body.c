#include "intake/body.h"

#include <brotli/decode.h>
#include <sodium/utils.h>
#include <string.h>
#include <strings.h>
#include <zlib.h>
#include <zstd.h>

#include "base/mem.h"

#define RATIO       250
#define HARMLESS    ((size_t)1 << 20) /* up to this size no ratio is a bomb */
#define ZSTD_WINDOW 23                /* 8 MB; more would cost memory before the first byte comes out */

enum outcome { GOES_ON, ENDED, BROKEN };

struct stream {
    const char *in;
    size_t in_left;
    char *out;
    size_t out_left;
    union {
        z_stream z;
        ZSTD_DCtx *zstd;
        BrotliDecoderState *br;
    };
};

/* ---- zlib ---- */

static bool open_window(struct stream *s, int window)
{
    memset(&s->z, 0, sizeof(s->z));
    return inflateInit2(&s->z, window) == Z_OK;
}

static bool gzip_open(struct stream *s)
{
    return open_window(s, 15 + 16);
}

/* RFC 1950, as HTTP requires, or bare RFC 1951, as many senders do. */
static bool deflate_open(struct stream *s)
{
    const unsigned char *p = (const unsigned char *)s->in;
    bool has_header = s->in_left >= 2 && (p[0] & 0x0f) == 8 && (p[0] << 8 | p[1]) % 31 == 0;
    return open_window(s, has_header ? 15 : -15);
}

static enum outcome zlib_step(struct stream *s)
{
    s->z.next_in = (unsigned char *)(uintptr_t)s->in;
    s->z.avail_in = (unsigned)s->in_left;
    s->z.next_out = (unsigned char *)s->out;
    s->z.avail_out = (unsigned)s->out_left;
    int r = inflate(&s->z, Z_NO_FLUSH);
    s->in = (const char *)s->z.next_in;
    s->in_left = s->z.avail_in;
    s->out = (char *)s->z.next_out;
    s->out_left = s->z.avail_out;
    return r == Z_STREAM_END ? ENDED : r == Z_OK || r == Z_BUF_ERROR ? GOES_ON : BROKEN;
}

static void zlib_close(struct stream *s)
{
    inflateEnd(&s->z);
}

/* ---- zstd ---- */

static bool zstd_open(struct stream *s)
{
    s->zstd = ZSTD_createDCtx();
    if (s->zstd)
        ZSTD_DCtx_setParameter(s->zstd, ZSTD_d_windowLogMax, ZSTD_WINDOW);
    return s->zstd != NULL;
}

static enum outcome zstd_step(struct stream *s)
{
    ZSTD_inBuffer in = {s->in, s->in_left, 0};
    ZSTD_outBuffer out = {s->out, s->out_left, 0};
    size_t r = ZSTD_decompressStream(s->zstd, &out, &in);
    s->in += in.pos;
    s->in_left -= in.pos;
    s->out += out.pos;
    s->out_left -= out.pos;
    return ZSTD_isError(r) ? BROKEN : r == 0 ? ENDED : GOES_ON;
}

static void zstd_close(struct stream *s)
{
    ZSTD_freeDCtx(s->zstd);
}

/* ---- brotli ---- */

static bool br_open(struct stream *s)
{
    s->br = BrotliDecoderCreateInstance(NULL, NULL, NULL);
    return s->br != NULL;
}

static enum outcome br_step(struct stream *s)
{
    const uint8_t *in = (const uint8_t *)s->in;
    uint8_t *out = (uint8_t *)s->out;
    BrotliDecoderResult r = BrotliDecoderDecompressStream(s->br, &s->in_left, &in, &s->out_left, &out, NULL);
    s->in = (const char *)in;
    s->out = (char *)out;
    return r == BROTLI_DECODER_RESULT_SUCCESS ? ENDED : r == BROTLI_DECODER_RESULT_ERROR ? BROKEN : GOES_ON;
}

static void br_close(struct stream *s)
{
    BrotliDecoderDestroyInstance(s->br);
}

/* ---- any ---- */

static const struct coding {
    const char *name;
    bool (*open)(struct stream *s);
    enum outcome (*step)(struct stream *s);
    void (*close)(struct stream *s);
} codings[] = {
    {"gzip", gzip_open, zlib_step, zlib_close},
    {"x-gzip", gzip_open, zlib_step, zlib_close},
    {"deflate", deflate_open, zlib_step, zlib_close},
    {"zstd", zstd_open, zstd_step, zstd_close},
    {"br", br_open, br_step, br_close},
};

static const struct coding *find(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(codings); i++)
        if (strcasecmp(codings[i].name, name) == 0)
            return &codings[i];
    return NULL;
}

bool body_is_quick(const char *encoding)
{
    const struct coding *coding = find(encoding);
    return !coding || coding->step == zlib_step;
}

bool body_is_plain(const char *encoding)
{
    return !encoding || !*encoding || strcasecmp(encoding, "identity") == 0;
}

static int run(const struct coding *coding, struct stream *s, size_t limit, struct str *out, struct error *err)
{
    enum outcome outcome = GOES_ON;
    size_t start = out->len;
    while (outcome == GOES_ON) {
        size_t done = out->len - start, in_before = s->in_left;
        if (done > limit)
            return error_set(err, ERR_TOO_BIG, "The %s body inflates to more than %zu bytes.", coding->name,
                             limit);
        size_t room = MIN(MAX(done, 16384), limit + 1 - done);
        str_reserve(out, room);
        s->out = out->p + out->len;
        s->out_left = room;
        outcome = coding->step(s);
        size_t made = room - s->out_left;
        out->len += made;
        out->p[out->len] = '\0';
        if (outcome == GOES_ON && made == 0 && s->in_left == in_before)
            outcome = BROKEN; /* it needs more input, but there is none */
    }
    if (outcome == BROKEN || s->in_left > 0)
        return error_set(err, ERR_INVALID, "The %s body is damaged or cut short.", coding->name);
    if (out->len - start > limit)
        return error_set(err, ERR_TOO_BIG, "The %s body inflates to more than %zu bytes.", coding->name, limit);
    return 0;
}

int body_inflate(const char *encoding, const char *bytes, size_t n, size_t max, struct str *out,
                 struct error *err)
{
    const struct coding *coding = find(encoding);
    struct stream stream = {.in = bytes, .in_left = n};
    if (!coding)
        return error_set(err, ERR_NOT_FOUND, "Unknown content encoding '%.40s'. Use gzip, deflate, zstd or br.",
                         encoding);
    if (n > UINT32_MAX / 2)
        return error_set(err, ERR_TOO_BIG, "The body is too long.");
    if (!coding->open(&stream))
        return error_set(err, ERR_IO, "The %s decoder cannot start.", coding->name);
    int r = run(coding, &stream, MIN(max, MAX(HARMLESS, n * RATIO)), out, err);
    coding->close(&stream);
    return r;
}

/* ---- what the sender did not say ---- */

const char *body_encoding_of(const char *bytes, size_t n)
{
    const unsigned char *p = (const unsigned char *)bytes;
    if (n >= 2 && p[0] == 0x1f && p[1] == 0x8b)
        return "gzip";
    if (n >= 2 && p[0] == 0x78 && (p[0] << 8 | p[1]) % 31 == 0)
        return "deflate";
    return n >= 4 && memcmp(p, "\x28\xb5\x2f\xfd", 4) == 0 ? "zstd" : NULL;
}

static bool is_body(const char *bytes, size_t n)
{
    return n && (*bytes == '{' || *bytes == '[' || body_encoding_of(bytes, n));
}

bool body_from_base64(const char *bytes, size_t n, struct str *out)
{
    static const int variants[] = {sodium_base64_VARIANT_ORIGINAL, sodium_base64_VARIANT_ORIGINAL_NO_PADDING,
                                   sodium_base64_VARIANT_URLSAFE, sodium_base64_VARIANT_URLSAFE_NO_PADDING};
    size_t start = out->len, made;
    if (n == 0 || *bytes == '{' || *bytes == '[')
        return false;
    str_reserve(out, n);
    for (size_t i = 0; i < ARRAY_SIZE(variants); i++) {
        unsigned char *to = (unsigned char *)out->p + start;
        if (sodium_base642bin(to, n, bytes, n, " \t\r\n", &made, NULL, variants[i]) != 0)
            continue;
        if (!is_body((const char *)to, made))
            break;
        out->len = start + made;
        out->p[out->len] = '\0';
        return true;
    }
    out->p[start] = '\0';
    return false;
}
