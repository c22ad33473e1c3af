/* Settings that work, settings that do not, and what `connector check` says of a server. */
#include <string.h>

#include "../../support/check.h"
#include "../../support/email_host.h"
#include "../../support/smtp_server.h"

static struct email_host host;

static void refuses(const char *settings, const char *text)
{
    int32_t rc = email_host_open(&host, 25, settings);
    if (rc != TOCSIN_E_CONFIG || !strstr(host.error.text, text))
        fail_msg("%s: %d %s", settings, rc, host.error.text);
    host.self = NULL;
    email_host_close(&host);
}

static void settings_are_checked(void **state)
{
    (void)state;
    refuses("{\"address\":\"nobody\"}", "`address` must be one mail address");
    refuses("{\"address\":\"Us <us@example.com>\"}", "`address` must be one mail address");
    refuses("{\"address\":\"a-very-long-local-part@example.com\"}", "at most 15 characters");
    refuses("{\"secret\":\"short\"}", "openssl rand");
    refuses("{\"separator\":\"++\"}", "`separator`");
    refuses("{\"separator\":\"a\"}", "`separator`");
    refuses("{\"smtp\":\"\"}", "`smtp` must be a host name");
    refuses("{\"smtp\":\"smtp://mail.example.com\"}", "`smtp` ");
    refuses("{\"smtp\":\"mail.example.com:0\"}", "a port from 1 to 65535");
    refuses("{\"smtp\":\"mail.example.com:99999\"}", "a port from 1 to 65535");
    refuses("{\"smtp\":\"mail.example.com:+25\"}", "a port from 1 to 65535");
    refuses("{\"smtp\":\"[::1\"}", "a [ without a ]");
    refuses("{\"smtp\":\"mail.example.com\",\"smtp_tls\":\"none\"}", "only on this machine");
    refuses("{\"smtp\":\"128.0.0.1\",\"smtp_tls\":\"none\"}", "only on this machine");
    refuses("{\"smtp\":\"127.0.0.1.example.com\",\"smtp_tls\":\"none\"}", "only on this machine");
    refuses("{\"smtp_tls\":\"ssl\"}", "\"starttls\"");
    refuses("{\"customers\":{\"acme\":\"ops\"}}", "`customers.acme` must be one mail address");
    refuses("{\"customers\":{\"acme\":[\"ops@acme.example\"]}}", "`customers.acme` must be one mail address");
    refuses("{\"channels\":{\"incidents\":\"#list\"}}", "`channels.incidents` must be one mail address");
    refuses("{\"user\":\"u\",\"password\":\"p\",\"token\":\"t\"}", "not both");
    refuses("{\"password\":\"p\"}", "`user` is missing");
    refuses("{\"public_url\":\"http://tocsin.example.com\"}", "https://");
}

static void this_machine_may_go_without_tls(void **state)
{
    (void)state;
    static const char *const hosts[] = {"{\"smtp\":\"localhost\"}", "{\"smtp\":\"[::1]:2525\"}",
                                        "{\"smtp\":\"127.1.2.3:25\"}"};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(email_host_open(&host, 25, hosts[i]), 0);
        email_host_close(&host);
    }
}

static int32_t check(struct smtp_server *server, const char *settings)
{
    assert_int_equal(email_host_open(&host, server->port, settings), 0);
    int32_t rc = tocsin_connector_entry.check(host.self, &host.error);
    email_host_close(&host);
    return rc;
}

static void a_server_is_checked(void **state)
{
    (void)state;
    struct smtp_server server = {.wants_login = true};
    smtp_server_start(&server);
    assert_int_equal(check(&server, "{\"user\":\"user\",\"password\":\"pass\"}"), 0);
    assert_int_equal(check(&server, "{\"user\":\"user\",\"token\":\"ya29.x\"}"), 0);
    assert_non_null(strstr(server.login, "XOAUTH2"));
    assert_int_equal(check(&server, "{\"user\":\"user\",\"password\":\"wrong\"}"), TOCSIN_E_AUTH);
    assert_non_null(strstr(host.error.text, "refuses the login"));
    assert_non_null(strstr(host.error.text, "5.7.8 wrong password"));
    assert_null(strstr(host.error.text, "pass\""));
    assert_int_equal(check(&server, "{\"smtp_tls\":\"starttls\"}"), TOCSIN_E_AUTH);
    assert_non_null(strstr(host.error.text, "does not offer STARTTLS"));
    smtp_server_stop(&server);
    assert_int_equal(check(&server, NULL), TOCSIN_E_FAILED);
    assert_non_null(strstr(host.error.text, "nothing answers there; check `smtp`"));
    assert_int_equal(server.count, 0);
}

static void nothing_leaves_without_tls(void **state)
{
    (void)state;
    struct smtp_server server = {0};
    smtp_server_start(&server);
    assert_int_equal(email_host_open(&host, server.port, "{\"smtp_tls\":\"starttls\"}"), 0);
    struct tocsin_result r =
        email_host_perform(&host, "desk.tell", "1", 1, "{\"customer\":\"acme\",\"text\":\"x\"}");
    assert_int_equal(r.code, TOCSIN_AUTH);
    email_host_close(&host);
    smtp_server_stop(&server);
    assert_int_equal(server.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_are_checked),
        cmocka_unit_test(this_machine_may_go_without_tls),
        cmocka_unit_test(a_server_is_checked),
        cmocka_unit_test(nothing_leaves_without_tls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
