/* Reading one page from a server that misbehaves, and which networks a redirect may lead to. */
#include "../../support/check.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "../../support/http_server.h"
#include "base/mem.h"
#include "fetch/get.h"

/* ---- networks ---- */

static void address_of(const char *text, struct sockaddr_storage *ret)
{
    struct sockaddr_in *four = (struct sockaddr_in *)ret;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)ret;
    memset(ret, 0, sizeof(*ret));
    ret->ss_family = strchr(text, ':') ? AF_INET6 : AF_INET;
    void *bytes = strchr(text, ':') ? (void *)&six->sin6_addr : (void *)&four->sin_addr;
    assert_int_equal(inet_pton(ret->ss_family, text, bytes), 1);
}

static void only_the_internet_is_public(void **state)
{
    static const char *const public[] = {
        "1.1.1.1",    "9.255.255.255", "11.0.0.0",        "100.63.255.255", "100.128.0.0",      "172.15.0.1",
        "172.32.0.1", "192.169.0.1",   "223.255.255.255", "2606:4700::1",   "64:ff9b::101:101", "2a00::1"};
    static const char *const private[] = {"0.0.0.0",
                                          "10.255.255.255",
                                          "100.64.0.1",
                                          "127.0.0.1",
                                          "127.255.255.255",
                                          "169.254.169.254",
                                          "172.16.0.1",
                                          "172.31.255.255",
                                          "192.168.1.1",
                                          "198.19.0.1",
                                          "224.0.0.1",
                                          "255.255.255.255",
                                          "::",
                                          "::1",
                                          "::ffff:10.0.0.1",
                                          "::ffff:127.0.0.1",
                                          "fc00::1",
                                          "fdff::1",
                                          "fe80::1",
                                          "ff02::1",
                                          "64:ff9b::10.0.0.1",
                                          "2002:a00:1::",
                                          "2001:db8::1",
                                          "64:ff9b:1::1"};
    struct sockaddr_storage address;
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(public); i++) {
        address_of(public[i], &address);
        if (!network_is_public((struct sockaddr *)&address))
            fail_msg("%s is not public", public[i]);
    }
    for (size_t i = 0; i < ARRAY_SIZE(private); i++) {
        address_of(private[i], &address);
        if (network_is_public((struct sockaddr *)&address))
            fail_msg("%s is public", private[i]);
    }
    address.ss_family = AF_UNIX;
    assert_false(network_is_public((struct sockaddr *)&address));
}

static void loopback_is_this_machine(void **state)
{
    static const char *const is[] = {"127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"};
    static const char *const is_not[] = {"128.0.0.1", "10.0.0.1", "::2", "::"};
    struct sockaddr_storage address;
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(is); i++) {
        address_of(is[i], &address);
        assert_true(network_is_loopback((struct sockaddr *)&address));
        address_of(is_not[i], &address);
        assert_false(network_is_loopback((struct sockaddr *)&address));
    }
}

/* ---- pages ---- */

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
        cmocka_unit_test(only_the_internet_is_public),
        cmocka_unit_test(loopback_is_this_machine),
        cmocka_unit_test(a_page_is_read_with_its_etag),
        cmocka_unit_test(a_page_that_is_the_same_is_not_read_again),
        cmocka_unit_test(what_is_wrong_is_said),
        cmocka_unit_test(redirects_lead_to_public_addresses_over_https),
        cmocka_unit_test(plain_http_stays_on_this_machine),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
