/* Actions against a small mail server: what arrives there, and what each failure comes to. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../support/check.h"
#include "../../support/email_host.h"
#include "../../support/smtp_server.h"
#include "../../conformance/tiny_png.h"
#include "email/address.h"

static struct smtp_server server;
static struct email_host host;

static int set_up(void **state)
{
    (void)state;
    server = (struct smtp_server){0};
    smtp_server_start(&server);
    return email_host_open(&host, server.port, NULL);
}

static int tear_down(void **state)
{
    (void)state;
    email_host_close(&host);
    smtp_server_stop(&server);
    return 0;
}

static const char *mail(int i)
{
    assert_true(i < server.count);
    return server.mails[i].data;
}

/* The value of a header, unfolded, in a buffer of its own. */
static const char *header(int i, const char *name)
{
    static char values[8][1200];
    static int next;
    char *value = values[next++ % 8], line[80];
    size_t n = 0;
    snprintf(line, sizeof(line), "\n%s: ", name);
    const char *p = strncmp(mail(i), line + 1, strlen(line + 1)) == 0 ? mail(i) - 1 : strstr(mail(i), line);
    const char *end = strstr(mail(i), "\r\n\r\n");
    value[0] = '\0';
    if (!p || p > end)
        return value;
    for (p += strlen(line); n < 1199 && !(p[0] == '\r' && p[2] != ' ' && p[2] != '\t'); p++) {
        if (*p != '\r' && *p != '\n')
            value[n++] = (char)(*p == '\t' ? ' ' : *p);
    }
    value[n] = '\0';
    return value;
}

static struct tocsin_result tell(const char *key, int attempt, const char *body)
{
    return email_host_perform(&host, "desk.tell", key, attempt, body);
}

#define ACME "{\"customer\":\"acme\",\"text\":\"We see **it**.\\n\\nBack at 9.\",\"incident\":\"INC-42\"}"

static void a_customer_is_told(void **state)
{
    (void)state;
    struct tocsin_result r = tell("tell:INC-42/1", 1, ACME);
    assert_int_equal(r.code, TOCSIN_DONE);
    assert_int_equal(server.count, 1);
    assert_true(email_id_valid(r.remote_id));
    char id[300];
    snprintf(id, sizeof(id), "<%s>", r.remote_id);
    assert_string_equal(header(0, "Message-Id"), id);
    assert_string_equal(header(0, "To"), "ops@acme.example");
    assert_string_equal(header(0, "From"), "Example Support <incidents@example.com>");
    assert_string_equal(header(0, "Subject"), "Message from Example Support [INC-42]");
    assert_string_equal(header(0, "Auto-Submitted"), "auto-generated");
    assert_non_null(strstr(header(0, "Reply-To"), "<incidents+r.42."));
    assert_string_equal(header(0, "List-Unsubscribe"), "");
    assert_string_equal(header(0, "Date"), "Tue, 14 Nov 2023 22:13:20 +0000");
    assert_non_null(strstr(mail(0), "Content-Type: multipart/alternative"));
    assert_non_null(strstr(mail(0), "We see it.\r\n\r\nBack at 9."));
    assert_non_null(strstr(mail(0), "<p>We see <strong>it</strong>.</p>"));
    assert_string_equal(server.mails[0].to, "<ops@acme.example>");
    assert_non_null(strstr(server.mails[0].from, "<incidents+b"));
}

static void a_subscriber_is_told_and_unsubscribes_by_one_press(void **state)
{
    (void)state;
    struct tocsin_result r = email_host_perform(
        &host, "subscriber.tell", "notice:1", 1,
        "{\"email\":\"ana@acme.example\",\"subject\":\"[Acme] It is\\nslow\",\"text\":\"We see **it**.\","
        "\"unsubscribe\":\"https://status.acme.example/subscribe/leave/main.mail.1.2\"}");
    assert_int_equal(r.code, TOCSIN_DONE);
    assert_string_equal(header(0, "To"), "ana@acme.example");
    assert_string_equal(header(0, "Subject"), "[Acme] It is");
    assert_string_equal(header(0, "List-Unsubscribe"),
                        "<https://status.acme.example/subscribe/leave/main.mail.1.2>");
    assert_string_equal(header(0, "List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    assert_non_null(strstr(server.mails[0].from, "<incidents+s"));
    assert_non_null(strstr(mail(0), "<strong>it</strong>"));
    r = email_host_perform(&host, "subscriber.tell", "notice:2", 1,
                           "{\"email\":\"a@b.example>\\r\\nX: y\",\"text\":\"x\"}");
    assert_int_equal(r.code, TOCSIN_REFUSED);
    assert_int_equal(server.count, 1);
}

static void a_retry_is_the_same_mail(void **state)
{
    (void)state;
    struct tocsin_result a = tell("tell:1", 1, ACME), b = tell("tell:1", 2, ACME), c = tell("tell:2", 1, ACME);
    assert_string_equal(a.remote_id, b.remote_id);
    assert_string_not_equal(a.remote_id, c.remote_id);
    assert_string_equal(header(0, "Reply-To"), header(2, "Reply-To"));
}

static void mails_of_an_incident_are_one_thread(void **state)
{
    (void)state;
    struct tocsin_result a = tell("tell:1", 1, ACME);
    char body[1000], expected[1000];
    snprintf(body, sizeof(body),
             "{\"customer\":\"acme\",\"text\":\"More.\",\"incident\":\"INC-42\",\"thread\":\"%s\",\"previous\":"
             "\"CAF=their+answer@mail.acme.example\"}",
             a.remote_id);
    tell("tell:2", 1, body);
    char topic[300];
    snprintf(topic, sizeof(topic), "%s", header(0, "References"));
    snprintf(expected, sizeof(expected), "%s <%s> <CAF=their+answer@mail.acme.example>", topic, a.remote_id);
    assert_string_equal(header(1, "References"), expected);
    assert_string_equal(header(1, "In-Reply-To"), "<CAF=their+answer@mail.acme.example>");
    assert_string_equal(header(1, "Subject"), "Re: Message from Example Support [INC-42]");
}

static void an_address_comes_with_the_action(void **state)
{
    (void)state;
    tell("tell:1", 1,
         "{\"customer\":\"globex\",\"address\":\"it@globex.example\",\"name\":\"Hank, "
         "Globex\",\"subject\":\"Checkout is "
         "slow\",\"text\":\"x\"}");
    assert_string_equal(header(0, "To"), "\"Hank, Globex\" <it@globex.example>");
    assert_string_equal(header(0, "Subject"), "Checkout is slow");
    assert_string_equal(header(0, "References"), "");
}

static void an_unknown_customer_is_done_without_an_id(void **state)
{
    (void)state;
    struct tocsin_result r = tell("tell:1", 1, "{\"customer\":\"initech\",\"text\":\"x\"}");
    assert_int_equal(r.code, TOCSIN_DONE);
    assert_string_equal(r.remote_id, "");
    assert_int_equal(server.count, 0);
}

static void nothing_is_injected(void **state)
{
    (void)state;
    static const char *const bodies[] = {
        "{\"customer\":\"x\",\"address\":\"a@b.example\\r\\nBcc: c@d.example\",\"text\":\"x\"}",
        "{\"customer\":\"x\",\"address\":\"a@b.example> NOTIFY=NEVER\",\"text\":\"x\"}",
        "{\"customer\":\"x\",\"address\":\"a@b.example,c@d.example\",\"text\":\"x\"}",
        "{\"customer\":\"x\",\"address\":\"<a@b.example>\",\"text\":\"x\"}",
        "{\"customer\":\"x\",\"address\":\"a\",\"text\":\"x\"}"};
    for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++)
        assert_int_equal(tell("tell:1", 1, bodies[i]).code, TOCSIN_REFUSED);
    assert_int_equal(server.count, 0);
    tell("tell:2", 1,
         "{\"customer\":\"x\",\"address\":\"a@b.example\",\"name\":\"A\\r\\nBcc: "
         "c@d.example\",\"subject\":\"S\\r\\nBcc: "
         "c@d.example\\r\\n\\r\\nbody\",\"thread\":\"x@y>\\r\\nBcc: c@d.example\",\"previous\":\"a "
         "b@c\",\"text\":\"x\\r\\n.\\r\\n"
         "MAIL FROM:<x@y>\"}");
    assert_int_equal(server.count, 1);
    assert_null(strstr(mail(0), "\nBcc:"));
    assert_string_equal(header(0, "References"), "");
    assert_string_equal(header(0, "Subject"), "Re: S");
}

static void lines_end_in_crlf(void **state)
{
    (void)state;
    tell("tell:1", 1, "{\"customer\":\"acme\",\"text\":\"one\\ntwo\\rthree\\n\\n.\\n\\nFrom x\"}");
    for (const char *p = mail(0); *p; p++) {
        assert_true(*p != '\n' || p[-1] == '\r');
        assert_true(*p != '\r' || p[1] == '\n');
    }
}

static void mail_to_many_can_be_stopped(void **state)
{
    (void)state;
    static const char bulk[] = "{\"customer\":\"acme\",\"text\":\"x\",\"bulk\":true}";
    tell("tell:1", 1, bulk);
    assert_string_equal(header(0, "List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    assert_string_equal(header(0, "List-Id"), "<customers.example.com>");
    assert_non_null(strstr(header(0, "List-Unsubscribe"),
                           "<https://tocsin.example.com/connector/email/unsubscribe?t=u.0."));
    assert_non_null(strstr(header(0, "List-Unsubscribe"), ", <mailto:incidents+u.0."));
    char key[80];
    struct email_self self;
    email_self_init(&self, "incidents@example.com", '+', "a secret of the tests", "");
    char party[EMAIL_PARTY];
    email_party(&self, "ops@acme.example", party);
    snprintf(key, sizeof(key), "unsubscribed/%s", party);
    cJSON_AddStringToObject(host.store, key, "1");
    struct tocsin_result r = tell("tell:2", 1, bulk);
    assert_int_equal(r.code, TOCSIN_REFUSED);
    assert_non_null(strstr(r.detail, "unsubscribed"));
    assert_int_equal(tell("tell:3", 1, ACME).code, TOCSIN_DONE); /* written to them alone */
}

static void refusals_are_told_apart(void **state)
{
    (void)state;
    server.refuse = 550;
    struct tocsin_result r = tell("tell:1", 1, ACME);
    assert_int_equal(r.code, TOCSIN_REFUSED);
    assert_non_null(strstr(r.detail, "550 5.1.1 no such mailbox here"));
    server.refuse = 450;
    assert_int_equal(tell("tell:2", 1, ACME).code, TOCSIN_RETRY);
    server.refuse = 0;
    server.refuse_data = 554;
    assert_int_equal(tell("tell:3", 1, ACME).code, TOCSIN_REFUSED);
    server.refuse_data = 451;
    assert_int_equal(tell("tell:4", 1, ACME).code, TOCSIN_RETRY);
    server.refuse_data = 0;
    assert_int_equal(tell("tell:4", 2, ACME).code, TOCSIN_DONE);
    assert_int_equal(server.count, 1);
}

static void a_worn_connection_is_replaced(void **state)
{
    (void)state;
    server.most = 2;
    for (int i = 0; i < 7; i++) {
        char key[20];
        snprintf(key, sizeof(key), "tell:%d", i);
        assert_int_equal(tell(key, 1, ACME).code, TOCSIN_DONE);
    }
    assert_int_equal(server.count, 7);
}

/* It refuses us, not this mail: what waits must not be given up. */
static void a_server_that_turns_us_away_is_asked_again(void **state)
{
    (void)state;
    server.blocks = true;
    struct tocsin_result r = tell("tell:1", 1, ACME);
    assert_int_equal(r.code, TOCSIN_RETRY);
    assert_non_null(strstr(r.detail, "554 5.7.1 your address is blocked"));
    server.blocks = false;
    assert_int_equal(tell("tell:1", 2, ACME).code, TOCSIN_DONE);
}

static void what_was_cut_before_the_end_is_sent_again(void **state)
{
    (void)state;
    server.cut_before = true;
    /* The server took nothing, but it might have: the end of the mail may have left us. */
    struct tocsin_result r = tell("tell:1", 1, ACME);
    assert_true(r.code == TOCSIN_RETRY || r.code == TOCSIN_UNKNOWN);
    server.cut_before = false;
    if (r.code == TOCSIN_RETRY)
        assert_int_equal(tell("tell:1", 2, ACME).code, TOCSIN_DONE);
}

static void what_was_cut_after_the_end_is_not_sent_twice(void **state)
{
    (void)state;
    server.cut_after = true;
    assert_int_equal(tell("tell:1", 1, ACME).code, TOCSIN_UNKNOWN);
    server.cut_after = false;
    struct tocsin_result r = tell("tell:1", 2, ACME);
    assert_int_equal(r.code, TOCSIN_REFUSED);
    assert_non_null(strstr(r.detail, "may have been sent"));
    assert_int_equal(server.count, 1);
    assert_int_equal(tell("tell:1", 3, ACME).code, TOCSIN_DONE); /* somebody decided to send it again */
    assert_string_equal(header(0, "Message-Id"), header(1, "Message-Id"));
}

static void what_cannot_be_noted_is_not_sent(void **state)
{
    (void)state;
    host.put = -1;
    assert_int_equal(tell("tell:1", 1, ACME).code, TOCSIN_RETRY);
    assert_int_equal(server.count, 0);
    host.put = 0;
    assert_int_equal(tell("tell:1", 2, ACME).code, TOCSIN_DONE);
}

static void nothing_is_kept_for_a_mail_that_was_sent(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++) {
        char key[20];
        snprintf(key, sizeof(key), "tell:%d", i);
        tell(key, 1, ACME);
    }
    assert_int_equal(cJSON_GetArraySize(host.store), 1); /* whom it went to */
}

static void post(const char *key, const char *body, int32_t code)
{
    assert_int_equal(email_host_perform(&host, "post", key, 1, body).code, code);
}

static void a_mailing_list_is_a_channel(void **state)
{
    (void)state;
    post("card:1",
         "{\"channel\":\"incidents\",\"card\":{\"title\":\"INC-7 checkout <is> "
         "slow\",\"tone\":\"alarm\",\"fields\":[{\"name\":"
         "\"status\",\"value\":\"triage\"},{\"name\":\"lead\",\"value\":\"Ana\"}],\"text\":\"Orders "
         "**fail**.\",\"buttons\":[{\"label\":\"Accept\",\"command\":\"INC-7 "
         "accept\"},{\"label\":\"Update\",\"command\":\"INC-7 "
         "update\",\"asks\":true}],\"footer\":\"declared by Ana\"}}",
         TOCSIN_DONE);
    post("said:2", "{\"channel\":\"incidents\",\"text\":\"INC-7: Ana leads.\"}", TOCSIN_DONE);
    assert_string_equal(header(0, "To"), "oncall@lists.example.com");
    assert_string_equal(header(0, "Subject"), "INC-7 checkout <is> slow");
    assert_string_equal(header(1, "Subject"), "Re: INC-7 checkout <is> slow");
    assert_string_equal(header(0, "References"), header(1, "References"));
    assert_non_null(strstr(header(0, "Reply-To"), "<incidents+c.7."));
    assert_non_null(strstr(mail(0), "status: triage\r\nlead: Ana"));
    assert_non_null(strstr(mail(0), "checkout &lt;is&gt; slow"));
    assert_non_null(strstr(mail(0), "To act, answer with one line: !inc INC-7 accept\r\n"));
    assert_null(strstr(mail(0), "INC-7 update"));
}

/* One part holds the HTML and the picture that it shows; the other one has the words. */
static void a_picture_is_a_part_beside_the_html(void **state)
{
    (void)state;
    post("digest:1",
         "{\"channel\":\"incidents\",\"card\":{\"title\":\"A month\",\"text\":\"12 "
         "h\",\"picture\":{\"png\":\"" TINY_PNG "\",\"width\":8,\"height\":8,\"alt\":\"Oct 3 h <b>\"}}}",
         TOCSIN_DONE);
    const char *plain = strstr(mail(0), "Content-Type: text/plain"),
               *html = strstr(mail(0), "Content-Type: text/html"),
               *related = strstr(mail(0), "multipart/related"),
               *png = strstr(mail(0), "Content-Type: image/png");
    assert_true(plain && plain < related && related < html && html < png);
    assert_non_null(strstr(plain, "A month\r\n\r\nOct 3 h <b>\r\n\r\n12 h\r\n"));
    const char *id = strstr(png, "Content-Id: <");
    char shown[300];
    assert_non_null(id);
    snprintf(shown, sizeof(shown), "src=\"cid:%.*s\"", (int)strcspn(id + 13, ">"), id + 13);
    assert_non_null(strstr(html, shown));
    assert_non_null(strstr(html, "alt=\"Oct 3 h &lt;b&gt;\""));
    assert_non_null(strstr(png, "Content-Disposition: inline"));
    assert_non_null(strstr(png, "\r\n\r\niVBORw0KGgo"));
}

static void a_picture_that_is_none_is_told(void **state)
{
    (void)state;
    post("digest:1",
         "{\"channel\":\"incidents\",\"card\":{\"title\":\"A "
         "month\",\"picture\":{\"png\":\"bm8=\",\"width\":8,\"height\":8,"
         "\"alt\":\"Oct 3 h\"}}}",
         TOCSIN_DONE);
    assert_null(strstr(mail(0), "image/png"));
    assert_null(strstr(mail(0), "multipart/related"));
    assert_non_null(strstr(mail(0), "<p>Oct 3 h</p>"));
}

static void a_card_that_says_something_new_is_a_mail(void **state)
{
    (void)state;
    static const char card[] =
        "{\"channel\":\"incidents\",%s\"card\":{\"title\":\"INC-7 slow\",\"tone\":\"%s\",\"fields\":[{"
        "\"name\":\"status\",\"value\":\"%s\"}],\"footer\":\"%s\"}}";
    char body[600], message[300];
    snprintf(body, sizeof(body), card, "", "alarm", "triage", "1 alert");
    struct tocsin_result r = email_host_perform(&host, "post", "card:1", 1, body);
    snprintf(message, sizeof(message), "\"message\":\"%s\",", r.remote_id);
    snprintf(body, sizeof(body), card, message, "alarm", "triage", "2 alerts");
    assert_int_equal(email_host_perform(&host, "edit", "edit:2", 1, body).code, TOCSIN_DONE);
    assert_int_equal(server.count, 1);
    for (int i = 3; i < 5; i++) {
        snprintf(body, sizeof(body), card, message, "ok", "resolved", "2 alerts");
        assert_int_equal(email_host_perform(&host, "edit", i == 3 ? "edit:3" : "edit:4", 1, body).code,
                         TOCSIN_DONE);
        assert_int_equal(server.count, 2); /* once */
    }
    assert_non_null(strstr(header(1, "References"), r.remote_id));
    assert_string_equal(header(1, "Subject"), "Re: INC-7 slow");
}

static void a_channel_without_a_list_gets_no_mail(void **state)
{
    (void)state;
    post("1", "{\"channel\":\"elsewhere\",\"text\":\"x\"}", TOCSIN_DONE);
    assert_int_equal(server.count, 0);
    post("2", "{\"channel\":\"elsewhere\",\"asker\":\"ana@example.com\",\"text\":\"done\"}", TOCSIN_DONE);
    post("3", "{\"channel\":\"incidents\",\"to\":\"ana@example.com\",\"direct\":true,\"text\":\"done\"}",
         TOCSIN_DONE);
    post("4", "{\"channel\":\"team@example.org\",\"text\":\"hello\"}", TOCSIN_DONE);
    assert_int_equal(server.count, 3);
    assert_string_equal(header(0, "To"), "ana@example.com");
    assert_string_equal(header(1, "To"), "ana@example.com");
    assert_string_equal(header(1, "Reply-To"), "");
    assert_string_equal(header(2, "To"), "team@example.org");
}

static void somebody_is_paged(void **state)
{
    (void)state;
    struct tocsin_result r = email_host_perform(
        &host, "page", "page:1", 1,
        "{\"email\":\"ana@example.com\",\"text\":\"Please look.\",\"card\":{\"title\":\"INC-7 slow\"}}");
    assert_int_equal(r.code, TOCSIN_DONE);
    assert_string_equal(header(0, "Subject"), "INC-7 slow");
    assert_string_equal(header(0, "Importance"), "high");
    assert_non_null(strstr(mail(0), "Please look.\r\n\r\nINC-7 slow"));
    server.cut_after = true; /* a page is sent again rather than lost */
    assert_int_equal(
        email_host_perform(&host, "page", "page:2", 1, "{\"user\":\"ana@example.com\",\"text\":\"x\"}").code,
        TOCSIN_UNKNOWN);
    server.cut_after = false;
    assert_int_equal(
        email_host_perform(&host, "page", "page:2", 2, "{\"user\":\"ana@example.com\",\"text\":\"x\"}").code,
        TOCSIN_DONE);
}

static void what_it_cannot_do_is_refused(void **state)
{
    (void)state;
    assert_int_equal(email_host_perform(&host, "pin", "1", 1, "{}").code, TOCSIN_REFUSED);
    assert_int_equal(email_host_perform(&host, "post", "1", 1, "not json").code, TOCSIN_REFUSED);
    assert_int_equal(email_host_perform(&host, "page", "1", 1, "{}").code, TOCSIN_REFUSED);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(a_customer_is_told),
        T(a_subscriber_is_told_and_unsubscribes_by_one_press),
        T(a_retry_is_the_same_mail),
        T(mails_of_an_incident_are_one_thread),
        T(an_address_comes_with_the_action),
        T(an_unknown_customer_is_done_without_an_id),
        T(nothing_is_injected),
        T(lines_end_in_crlf),
        T(mail_to_many_can_be_stopped),
        T(refusals_are_told_apart),
        T(a_server_that_turns_us_away_is_asked_again),
        T(a_worn_connection_is_replaced),
        T(what_was_cut_before_the_end_is_sent_again),
        T(what_was_cut_after_the_end_is_not_sent_twice),
        T(what_cannot_be_noted_is_not_sent),
        T(nothing_is_kept_for_a_mail_that_was_sent),
        T(a_mailing_list_is_a_channel),
        T(a_picture_is_a_part_beside_the_html),
        T(a_picture_that_is_none_is_told),
        T(a_card_that_says_something_new_is_a_mail),
        T(a_channel_without_a_list_gets_no_mail),
        T(somebody_is_paged),
        T(what_it_cannot_do_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
