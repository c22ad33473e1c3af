#include "../../support/check.h"

#include <brotli/decode.h>
#include <string.h>
#include <zlib.h>

#include "base/mem.h"
#include "web/kept.h"

static struct kept made(const char *text, size_t times)
{
    struct str plain = {0};
    struct kept kept;
    for (size_t i = 0; i < times; i++)
        str_add(&plain, text);
    kept_make("text/plain", false, plain, &kept);
    return kept;
}

static void test_encodings_hold_the_same_bytes(void **state)
{
    (void)state;
    struct kept kept = made("all systems operational\n", 500);
    const struct str *plain = &kept.as[KEPT_PLAIN].bytes, *gzip = &kept.as[KEPT_GZIP].bytes,
                     *brotli = &kept.as[KEPT_BROTLI].bytes;
    CLEANUP_FREE char *out = xmalloc(plain->len + 1);
    z_stream z = {.next_in = (Bytef *)gzip->p,
                  .avail_in = (uInt)gzip->len,
                  .next_out = (Bytef *)out,
                  .avail_out = (uInt)plain->len + 1};
    assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
    assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
    assert_int_equal(z.total_out, plain->len);
    assert_memory_equal(out, plain->p, plain->len);
    inflateEnd(&z);
    size_t n = plain->len + 1;
    assert_int_equal(BrotliDecoderDecompress(brotli->len, (uint8_t *)brotli->p, &n, (uint8_t *)out),
                     BROTLI_DECODER_RESULT_SUCCESS);
    assert_int_equal(n, plain->len);
    assert_memory_equal(out, plain->p, plain->len);
    kept_finish(&kept);
}

static void test_etags_follow_from_the_bytes(void **state)
{
    (void)state;
    struct kept a = made("x", 1000), same = made("x", 1000), other = made("y", 1000);
    for (int i = 0; i < KEPT_ENCODINGS; i++) {
        assert_string_equal(a.as[i].etag, same.as[i].etag);
        assert_string_not_equal(a.as[i].etag, other.as[i].etag);
        assert_string_not_equal(a.as[i].etag, a.as[(i + 1) % KEPT_ENCODINGS].etag);
    }
    kept_finish(&a);
    kept_finish(&same);
    kept_finish(&other);
}

static void test_choosing(void **state)
{
    (void)state;
    static const struct {
        const char *accept;
        enum kept_encoding encoding;
    } rows[] = {
        {NULL, KEPT_PLAIN},
        {"", KEPT_PLAIN},
        {"identity", KEPT_PLAIN},
        {"gzip, deflate, br", KEPT_BROTLI},
        {"GZIP", KEPT_GZIP},
        {"gzip;q=0.5, br;q=0", KEPT_GZIP},
        {"br ; q=0.000,gzip", KEPT_GZIP},
        {"br;q=0.001", KEPT_BROTLI},
        {"*", KEPT_BROTLI},
        {"*;q=0", KEPT_PLAIN},
        {"br;q=0, *", KEPT_GZIP},
        {"brotli, xgzip, gzipx", KEPT_PLAIN},
        {",,, ,gzip", KEPT_GZIP},
        {"q=0, br", KEPT_BROTLI},
    };
    struct kept kept = made("some words ", 100), little = made("x", 3);
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        if (kept_choose(&kept, rows[i].accept) != rows[i].encoding)
            fail_msg("%s", rows[i].accept);
        assert_int_equal(kept_choose(&little, rows[i].accept), KEPT_PLAIN);
    }
    kept_finish(&kept);
    kept_finish(&little);
}

static void test_known(void **state)
{
    (void)state;
    struct kept_body body = {.etag = "\"ab-gz\""};
    assert_true(kept_is_known(&body, "\"ab-gz\""));
    assert_true(kept_is_known(&body, "W/\"ab-gz\""));
    assert_true(kept_is_known(&body, "\"x\", \"ab-gz\" , \"y\""));
    assert_true(kept_is_known(&body, "*"));
    assert_false(kept_is_known(&body, NULL));
    assert_false(kept_is_known(&body, ""));
    assert_false(kept_is_known(&body, "\"ab\""));
    assert_false(kept_is_known(&body, "\"ab-gz\"x"));
    assert_false(kept_is_known(&body, "ab-gz"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_encodings_hold_the_same_bytes),
        cmocka_unit_test(test_etags_follow_from_the_bytes),
        cmocka_unit_test(test_choosing),
        cmocka_unit_test(test_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
