#include "../../support/check.h"

#include <stdio.h>
#include <string.h>

#include "base/id.h"
#include "base/mem.h"
#include "web/wire.h"

static long parse(const char *text, struct wire_head *head, char **ret_bytes)
{
    *ret_bytes = xstrdup(text);
    return wire_head(*ret_bytes, strlen(text), head);
}

static void test_a_head(void **state)
{
    (void)state;
    struct wire_head head;
    char *bytes;
    const char *text = "POST /a/b?x=1 HTTP/1.1\r\nHost: h\r\nContent-Length:  12 \r\nX-Odd:\r\nConnection: "
                       "close, x\r\n\r\nrest";
    assert_int_equal(parse(text, &head, &bytes), strlen(text) - 4);
    assert_int_equal(head.method, HTTP_POST);
    assert_string_equal(head.target, "/a/b?x=1");
    assert_int_equal(head.length, 12);
    assert_false(head.keep_alive);
    assert_string_equal(wire_header(&head, "host"), "h");
    assert_string_equal(wire_header(&head, "x-odd"), "");
    assert_null(wire_header(&head, "odd"));
    free(bytes);
}

static void test_what_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        long status;
    } cases[] = {
        {"GET / HTTP/1.1\r\nA: b\r\n", 0},
        {"GET / HTTP/1.1\r\nA b\r\n\r\n", -400},
        {"GET / HTTP/1.1\r\nA : b\r\n\r\n", -400},
        {"GET / HTTP/1.1\r\n: b\r\n\r\n", -400},
        {"GET / HTTP/1.1\r\nA: b\r\n folded\r\n\r\n", -400},
        {"GET / HTTP/1.1\r\nA: b\x01\r\n\r\n", -400},
        {"GET / HTTP/1.1\nA: b\r\n\r\n", -400},
        {"GET  / HTTP/1.1\r\n\r\n", -400},
        {"GET /\r\n\r\n", -400},
        {"\r\n\r\n", -400},
        {"GET / HTTP/2.0\r\n\r\n", -505},
        {"GET / FTP/1.1\r\n\r\n", -400},
        {"BREW / HTTP/1.1\r\nHost: x\r\n\r\n", -501},
        {"G(T / HTTP/1.1\r\n\r\n", -400},
        {"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", -400},
        {"POST / HTTP/1.1\r\nContent-Length: +1\r\n\r\n", -400},
        {"POST / HTTP/1.1\r\nContent-Length: 1, 1\r\n\r\n", -400},
        {"POST / HTTP/1.1\r\nContent-Length:\r\n\r\n", -400},
        {"POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n", -400},
        {"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", -400},
        {"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", -400},
        {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", -501},
        {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
         -501},
        {"POST / HTTP/1.1\r\nHost: x\r\nExpect: tea\r\n\r\n", -417},
        {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", -400},
        {"GET / HTTP/1.1\r\n\r\n", -400},
        {"GET / HTTP/1.1\r\nConnection: close\r\n\r\n", -400},
        {"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", 42},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct wire_head head;
        char *bytes;
        long rc = parse(cases[i].text, &head, &bytes);
        if (rc != cases[i].status)
            fail_msg("case %zu: %ld instead of %ld", i, rc, cases[i].status);
        free(bytes);
    }
}

static void test_too_much_head(void **state)
{
    (void)state;
    CLEANUP_STR struct str text = {0};
    struct wire_head head;
    str_add(&text, "GET / HTTP/1.1\r\nHost: x\r\n");
    for (int i = 0; i < WIRE_HEADERS + 1; i++)
        str_addf(&text, "h%d: v\r\n", i);
    str_add(&text, "\r\n");
    assert_int_equal(wire_head(text.p, text.len, &head), -431);
    str_clear(&text);
    str_add(&text, "GET / HTTP/1.1\r\nHost: x\r\na: ");
    while (text.len < WIRE_HEAD_MOST)
        str_addc(&text, 'x');
    assert_int_equal(wire_head(text.p, text.len, &head), -431);
}

static void test_targets(void **state)
{
    (void)state;
    static const struct {
        const char *target, *path, *query;
        int rc;
    } cases[] = {
        {"/", "/", "", 0},
        {"/a%20b/c?d=%20&e", "/a b/c", "d=%20&e", 0},
        {"/a+b", "/a+b", "", 0},
        {"/%e2%82%ac", "/€", "", 0},
        {"/a/...", "/a/...", "", 0},
        {"/%00", NULL, NULL, -400},
        {"/a/%0a", NULL, NULL, -400},
        {"/%zz", NULL, NULL, -400},
        {"/%4", NULL, NULL, -400},
        {"/a/../b", NULL, NULL, -400},
        {"/a/%2e%2e/b", NULL, NULL, -400},
        {"/..", NULL, NULL, -400},
        {"/./a", NULL, NULL, -400},
        {"/f%ffr?q=f\xfcr", "/f\xef\xbf\xbdr", "q=f\xfcr", 0},
        {"/f\xfcr", "/f\xef\xbf\xbdr", "", 0},
        {"/%c0%ae%c0%ae/b", "/\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd/b", "", 0},
        {"/a?b=\x01", NULL, NULL, -400},
        {"a", NULL, NULL, -400},
        {"http://x/", NULL, NULL, -400},
        {"*", NULL, NULL, -400},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        CLEANUP_STR struct str path = {0};
        const char *query = NULL;
        assert_int_equal(wire_target(cases[i].target, &path, &query), cases[i].rc);
        if (cases[i].rc < 0)
            continue;
        assert_string_equal(str_text(&path), cases[i].path);
        assert_string_equal(query, cases[i].query);
    }
}

/* Any body, cut into any chunks and arriving in any pieces, comes out whole. */
static void test_chunks_in_pieces(void **state)
{
    (void)state;
    struct rng r;
    rng_init(&r, 5);
    for (int round = 0; round < 300; round++) {
        CLEANUP_STR struct str body = {0}, wire = {0}, out = {0};
        for (size_t n = rng_below(&r, 2000); n > 0; n--)
            str_addc(&body, (char)rng_below(&r, 256));
        for (size_t at = 0; at < body.len;) {
            size_t part = 1 + rng_below(&r, 300);
            part = part < body.len - at ? part : body.len - at;
            str_addf(&wire, rng_below(&r, 2) ? "%zx\r\n" : "%zX;ext=\"v\"\r\n", part);
            str_addn(&wire, body.p + at, part);
            str_add(&wire, "\r\n");
            at += part;
        }
        str_add(&wire, rng_below(&r, 2) ? "0\r\n\r\n" : "000\r\nTrailer: x\r\nB: c\r\n\r\n");
        size_t whole = wire.len;
        str_add(&wire, "GET / next");
        struct wire_chunks chunks = {0};
        size_t at = 0;
        int rc = 0;
        while (rc == 0) {
            size_t used = 0, piece = 1 + rng_below(&r, 90);
            piece = piece < wire.len - at ? piece : wire.len - at;
            rc = wire_chunks(&chunks, wire.p + at, piece, 2000, &out, &used);
            at += used;
        }
        assert_int_equal(rc, 1);
        assert_int_equal(at, whole);
        assert_int_equal(out.len, body.len);
        if (body.len)
            assert_memory_equal(out.p, body.p, body.len);
    }
}

static void test_bad_chunks(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int rc;
    } cases[] = {
        {"x\r\n", -400},
        {"\r\n", -400},
        {"5\nhello", -400},
        {"5\r\nhelloX", -400},
        {"5\r\nhello\rX", -400},
        {"-1\r\n", -400},
        {"fffffffffffff\r\n", -400},
        {"b\r\n", 0},
        {"b\r\nhello world", -413},
        {"0\r\n\r\n", 1},
        {"0x5\r\n", -400},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        CLEANUP_STR struct str out = {0};
        struct wire_chunks chunks = {0};
        size_t used = 0;
        int rc = wire_chunks(&chunks, cases[i].text, strlen(cases[i].text), 10, &out, &used);
        if (rc != cases[i].rc)
            fail_msg("case %zu: %d instead of %d", i, rc, cases[i].rc);
    }
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(test_a_head),           cmocka_unit_test(test_what_is_refused),
        cmocka_unit_test(test_too_much_head),    cmocka_unit_test(test_targets),
        cmocka_unit_test(test_chunks_in_pieces), cmocka_unit_test(test_bad_chunks),
    };
    return cmocka_run_group_tests(all, NULL, NULL);
}
