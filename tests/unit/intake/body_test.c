#include "../../support/check.h"

#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "../../support/intake.h"
#include "base/mem.h"
#include "intake/body.h"

static const char text[] = "[{\"title\":\"packed\"}]";

static struct str pack_zlib(const char *bytes, size_t n, int window)
{
    struct str out = {0};
    z_stream z = {0};
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY), Z_OK);
    str_reserve(&out, deflateBound(&z, n));
    z.next_in = (unsigned char *)(uintptr_t)bytes;
    z.avail_in = (unsigned)n;
    z.next_out = (unsigned char *)out.p;
    z.avail_out = (unsigned)out.cap;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    out.len = z.total_out;
    deflateEnd(&z);
    return out;
}

static struct str pack_zstd(const char *bytes, size_t n)
{
    struct str out = {0};
    str_reserve(&out, ZSTD_compressBound(n));
    out.len = ZSTD_compress(out.p, out.cap, bytes, n, 3);
    return out;
}

static int inflate_all(const char *encoding, const struct str *packed, size_t max, struct str *out)
{
    struct error err;
    str_clear(out);
    return body_inflate(encoding, packed->p, packed->len, max, out, &err);
}

static void check_coding(const char *encoding, struct str packed)
{
    CLEANUP_STR struct str out = {0};
    assert_int_equal(inflate_all(encoding, &packed, 1000, &out), 0);
    assert_string_equal(out.p, text);
    assert_int_equal(inflate_all(encoding, &packed, strlen(text), &out), 0);
    assert_int_equal(inflate_all(encoding, &packed, strlen(text) - 1, &out), ERR_TOO_BIG);
    size_t whole = packed.len;
    for (packed.len = 0; packed.len < whole; packed.len++)
        assert_int_equal(inflate_all(encoding, &packed, 1000, &out), ERR_INVALID);
    str_finish(&packed);
}

static void test_each_coding(void **state)
{
    (void)state;
    check_coding("gzip", pack_zlib(text, strlen(text), 15 + 16));
    check_coding("GZIP", pack_zlib(text, strlen(text), 15 + 16));
    check_coding("deflate", pack_zlib(text, strlen(text), 15));
    check_coding("deflate", pack_zlib(text, strlen(text), -15));
    check_coding("zstd", pack_zstd(text, strlen(text)));
}

static void test_brotli(void **state)
{
    (void)state;
    static const uint8_t packed[] = {0x0b, 0x0b, 0x80, 0x5b, 0x7b, 0x22, 0x74, 0x69, 0x74,
                                     0x6c, 0x65, 0x22, 0x3a, 0x22, 0x69, 0x6e, 0x20, 0x62,
                                     0x72, 0x6f, 0x74, 0x6c, 0x69, 0x22, 0x7d, 0x5d, 0x03};
    static const uint8_t bomb[] = {0x9b, 0xff, 0xff, 0x7f, 0xf8, 0x25, 0xc2,
                                   0xe2, 0xb1, 0x40, 0x20, 0xf7, 0xfe, 0x0f}; /* 8 MB of "a" */
    CLEANUP_STR struct str out = {0};
    struct error err;
    assert_int_equal(body_inflate("br", (const char *)packed, sizeof(packed), 1000, &out, &err), 0);
    assert_string_equal(out.p, "[{\"title\":\"in brotli\"}]");
    assert_int_equal(body_inflate("br", (const char *)packed, sizeof(packed) - 1, 1000, &out, &err),
                     ERR_INVALID);
    assert_int_equal(body_inflate("br", (const char *)bomb, sizeof(bomb), 100 << 20, &out, &err), ERR_TOO_BIG);
}

static void test_bombs_are_noticed_by_their_ratio(void **state)
{
    (void)state;
    enum { MUCH = 20 << 20 };
    CLEANUP_FREE char *zeros = xcalloc(1, MUCH);
    CLEANUP_STR struct str gz = pack_zlib(zeros, MUCH, 15 + 16), zs = pack_zstd(zeros, MUCH), out = {0};
    assert_int_equal(inflate_all("gzip", &gz, 100 << 20, &out), ERR_TOO_BIG);
    assert_true(out.len < (size_t)gz.len * 300 + (2 << 20));
    assert_int_equal(inflate_all("zstd", &zs, 100 << 20, &out), ERR_TOO_BIG);
    assert_true(out.len < 2 << 20);
}

static void test_bytes_after_the_end_are_an_error(void **state)
{
    (void)state;
    CLEANUP_STR struct str gz = pack_zlib(text, strlen(text), 15 + 16), out = {0};
    str_reserve(&gz, 4);
    gz.p[gz.len++] = 'x';
    assert_int_equal(inflate_all("gzip", &gz, 1000, &out), ERR_INVALID);
    struct error err;
    assert_int_equal(body_inflate("compress", "x", 1, 1000, &out, &err), ERR_NOT_FOUND);
}

static void test_a_compressed_request(void **state)
{
    (void)state;
    struct intake_world w;
    intake_world_init(&w);
    CLEANUP_STR struct str packed = pack_zstd(text, strlen(text));
    w.request.content_encoding = "zstd";
    assert_int_equal(intake_post_bytes(&w, "/intake/alerts", packed.p, packed.len), 0);
    assert_string_equal(w.alerts.v[0].about.title, "packed");
    assert_ptr_equal(w.request.body, packed.p);
    assert_int_equal(intake_post_bytes(&w, "/intake/alerts", packed.p, packed.len - 1), ERR_INVALID);
    assert_int_equal(w.answer.status, 400);
    w.request.content_encoding = "snappy";
    assert_int_equal(intake_post_bytes(&w, "/intake/alerts", packed.p, packed.len), ERR_NOT_FOUND);
    assert_int_equal(w.answer.status, 415);
    w.request.content_encoding = "identity";
    assert_int_equal(intake_post(&w, "/intake/alerts", text), 0);
    w.config.limits.body = 10;
    assert_int_equal(intake_post(&w, "/intake/alerts", text), ERR_TOO_BIG);
    assert_int_equal(w.answer.status, 413);
    intake_world_finish(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_coding),
        cmocka_unit_test(test_brotli),
        cmocka_unit_test(test_bombs_are_noticed_by_their_ratio),
        cmocka_unit_test(test_bytes_after_the_end_are_an_error),
        cmocka_unit_test(test_a_compressed_request),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
