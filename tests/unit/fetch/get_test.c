/* Reading one page from a server that misbehaves. */
#include "../../support/check.h"

#include <stdio.h>
#include <string.h>

#include "../../support/http_server.h"
#include "base/mem.h"
#include "fetch/get.h"

static char huge[GET_BYTES + 2], exact[GET_BYTES + 1];
static char away[6][160];
static struct http_page pages[] = {
    {.path = "/days", .status = 200, .body = "BEGIN", .header = "ETag:  W/\"7\" "},
    {.path = "/same", .status = 304},
    {.path = "/broken", .status = 500, .body = "no"},
    {.path = "/huge", .status = 200, .body = huge},
    {.path = "/exact", .status = 200, .body = exact},
    {.path = "/here", .status = 302, .header = "Location: /days"},
    {.path = "/loop", .status = 307, .header = "Location: /loop"},
    {.path = "/other", .status = 301, .header = away[0]},
    {.path = "/plain", .status = 301, .header = "Location: http://192.0.2.1/secret"},
    {.path = "/private", .status = 301, .header = "Location: https://10.0.0.1/secret"},
    {.path = "/metadata", .status = 301, .header = "Location: https://169.254.169.254/secret"},
    {.path = "/file", .status = 301, .header = "Location: file:///etc/passwd"},
    {.path = "/nowhere", .status = 301, .header = "Location: https://nowhere.invalid/secret"},
    {.path = "/empty", .status = 302},
    {0},
};
static struct http_server server = {.pages = pages};
static struct http_page others[] = {{.path = "/x", .status = 200, .body = "OTHER"}, {0}};
static struct http_server other = {.pages = others};

static int set_up(void **state)
{
    (void)state;
    memset(huge, 'x', sizeof(huge) - 1);
    memset(exact, 'x', sizeof(exact) - 1);
    http_server_start(&server);
    http_server_start(&other);
    snprintf(away[0], sizeof(away[0]), "Location: http://127.0.0.1:%d/x", other.port);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    http_server_stop(&server);
    http_server_stop(&other);
    return 0;
}

static int read_page(const char *path, const char *etag, struct got *got, struct error *err)
{
    CLEANUP_FREE char *url = xasprintf("http://127.0.0.1:%d%s?token=secret", server.port, path);
    *got = (struct got){0};
    return get(url, etag, got, err);
}

static void reads(const char *path, const char *body)
{
    struct got got;
    struct error err;
    if (read_page(path, NULL, &got, &err))
        fail_msg("%s: %s", path, err.text);
    assert_string_equal(str_text(&got.body), body);
    got_finish(&got);
}

static void fails(const char *path, const char *why)
{
    struct got got;
    struct error err;
    if (!read_page(path, NULL, &got, &err))
        fail_msg("%s was read", path);
    if (!strstr(err.text, why))
        fail_msg("%s: '%s', and not '%s'", path, err.text, why);
    assert_null(strstr(err.text, "secret"));
}

static void a_page_is_read_with_its_etag(void **state)
{
    struct got got;
    (void)state;
    reads("/days", "BEGIN");
    assert_int_equal(read_page("/days", "\"6\"", &got, NULL), 0);
    assert_string_equal(got.etag.p, "W/\"7\"");
    assert_false(got.unchanged);
    assert_non_null(strstr(pages[0].asked, "If-None-Match: \"6\"\r\n"));
    assert_non_null(strstr(pages[0].asked, "User-Agent: Tocsin/"));
    got_finish(&got);
    reads("/exact", exact);
}

static void a_page_that_is_the_same_is_not_read_again(void **state)
{
    struct got got;
    (void)state;
    assert_int_equal(read_page("/same", "\"7\"", &got, NULL), 0);
    assert_true(got.unchanged);
    got_finish(&got);
    fails("/same", "127.0.0.1 answered with status 304"); /* nobody asked whether it is */
}

static void what_is_wrong_is_said(void **state)
{
    (void)state;
    fails("/broken", "127.0.0.1 answered with status 500");
    fails("/none", "127.0.0.1 answered with status 404");
    fails("/empty", "127.0.0.1 answered with status 302");
    fails("/huge", "it is larger than 256 KiB");
}

static void redirects_lead_to_public_addresses_over_https(void **state)
{
    (void)state;
    reads("/here", "BEGIN");
    reads("/other", "OTHER"); /* loopback was named */
    fails("/loop", "it redirects more than 3 times");
    fails("/plain", "it redirects to 192.0.2.1 over http, and not https");
    fails("/private", "it redirects to 10.0.0.1, which is in a private network");
    fails("/metadata", "it redirects to 169.254.169.254, which is in a private network");
    fails("/file", "it redirects to");
    fails("/nowhere", "nowhere.invalid");
}

static void plain_http_stays_on_this_machine(void **state)
{
    struct got got = {0};
    struct error err;
    (void)state;
    assert_int_equal(get("http://192.0.2.1/secret", NULL, &got, &err), ERR_REFUSED);
    assert_string_equal(err.text, "192.0.2.1 over http is not https");
    assert_int_equal(get("ftp://127.0.0.1/secret", NULL, &got, &err), ERR_REFUSED);
    assert_int_equal(get("http://", NULL, &got, &err), ERR_INVALID);
    assert_int_equal(get("http://127.0.0.1:1/secret", NULL, &got, &err), ERR_IO);
    assert_null(strstr(err.text, "secret"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_is_read_with_its_etag),
        cmocka_unit_test(a_page_that_is_the_same_is_not_read_again),
        cmocka_unit_test(what_is_wrong_is_said),
        cmocka_unit_test(redirects_lead_to_public_addresses_over_https),
        cmocka_unit_test(plain_http_stays_on_this_machine),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
