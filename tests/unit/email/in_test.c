/* Mails that are handed in: which event each becomes, and which become none. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <tocsin/kit/json.h>

#include "../../support/check.h"
#include "../../support/email_host.h"
#include "../../support/smtp_server.h"
#include "email/address.h"

#define PIPE "a key for the pipe of the tests"

static struct smtp_server server;
static struct email_host host;
static struct email_self self;

static int set_up(void **state)
{
    (void)state;
    server = (struct smtp_server){0};
    smtp_server_start(&server);
    email_self_init(&self, "incidents@example.com", '+', "a secret of the tests", "");
    return email_host_open(&host, server.port,
                           "{\"pipe_key\":\"" PIPE
                           "\",\"domains\":[\"example.com\"],\"authserv\":\"mx.example.com\"}");
}

static int tear_down(void **state)
{
    (void)state;
    email_host_close(&host);
    smtp_server_stop(&server);
    return 0;
}

/* The signed address or id of a mail of ours about INC-42 to `party`. */
static const char *signed_for(enum email_kind kind, const char *party)
{
    static char texts[4][EMAIL_ADDRESS];
    static int next;
    char *text = texts[next++ % 4];
    struct email_token token = {.kind = kind, .incident = kind == EMAIL_FOR_UNSUBSCRIBE ? 0 : 42};
    email_party(&self, party, token.party);
    if (kind == EMAIL_FOR_MESSAGE || kind == EMAIL_FOR_BOUNCE)
        email_key(&self, "tell:1", token.key);
    if (kind == EMAIL_FOR_MESSAGE)
        email_token_id(&self, &token, text);
    else
        email_token_address(&self, &token, text);
    return text;
}

static void tell_acme(void)
{
    assert_int_equal(email_host_perform(&host, "desk.tell", "tell:1", 1,
                                        "{\"customer\":\"acme\",\"text\":\"x\",\"incident\":\"INC-42\"}")
                         .code,
                     TOCSIN_DONE);
}

static int32_t hand_in(const char *mail)
{
    return email_host_serve(&host, "POST", "/mail", "", PIPE, mail);
}

/* `more`: headers, each with its line's end. */
static int events_of(const char *from, const char *to, const char *more, const char *words)
{
    static int number;
    char mail[4000];
    int before = cJSON_GetArraySize(host.events);
    snprintf(mail, sizeof(mail),
             "From: %s\r\nTo: %s\r\nSubject: Re: hello\r\nMessage-ID: <n%d@x.example>\r\n%s\r\n%s\r\n", from,
             to, ++number, more, words);
    assert_int_equal(hand_in(mail), 204);
    return cJSON_GetArraySize(host.events) - before;
}

static const cJSON *event(void)
{
    return cJSON_GetArrayItem(host.events, cJSON_GetArraySize(host.events) - 1);
}

#define SAID(name, value) assert_string_equal(kit_json_text(event(), name), value)

static void an_answer_is_a_reply(void **state)
{
    (void)state;
    tell_acme();
    assert_int_equal(events_of("Hank <Ops@acme.example>", signed_for(EMAIL_FOR_ANSWER, "ops@acme.example"),
                               "Authentication-Results: mx.example.com; dkim=pass header.d=acme.example\r\n",
                               "It works.\r\n\r\n> x"),
                     1);
    SAID("type", "reply");
    SAID("text", "It works.");
    SAID("customer", "acme");
    SAID("address", "ops@acme.example");
    SAID("name", "Hank");
    SAID("incident", "INC-42");
    assert_null(kit_json_member(event(), "unverified"));
    assert_null(kit_json_member(event(), "automatic"));
    assert_true(kit_json_true(kit_json_member(event(), "user"), "outside"));
}

static void who_does_not_belong_is_not_verified(void **state)
{
    (void)state;
    static const struct {
        const char *from, *results;
        bool unverified;
    } rows[] = {
        {"ops@acme.example", "dkim=pass header.d=acme.example", false},
        {"bob@acme.example", "dkim=pass header.d=acme.example", false}, /* a colleague */
        {"bob@eu.acme.example", "dkim=pass header.d=acme.example", false},
        {"ops@acme.example", "dkim=fail header.d=acme.example", true}, /* somebody says that they are */
        {"eve@evil.example", "dkim=pass header.d=evil.example", true},
        {"ops@notacme.example", "dkim=pass header.d=notacme.example", true},
        {"\"ops@acme.example\" <eve@evil.example>", "dkim=pass header.d=evil.example", true},
    };
    tell_acme();
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char results[200];
        snprintf(results, sizeof(results), "Authentication-Results: mx.example.com; %s\r\n", rows[i].results);
        assert_int_equal(
            events_of(rows[i].from, signed_for(EMAIL_FOR_ANSWER, "ops@acme.example"), results, "hello"), 1);
        if (kit_json_true(event(), "unverified") != rows[i].unverified)
            fail_msg("%s, %s", rows[i].from, rows[i].results);
    }
}

static void an_answer_to_a_public_provider_is_of_one_person(void **state)
{
    (void)state;
    email_host_perform(
        &host, "desk.tell", "tell:1", 1,
        "{\"customer\":\"joe\",\"address\":\"joe@gmail.com\",\"text\":\"x\",\"incident\":\"INC-42\"}");
    const char *results = "Authentication-Results: mx.example.com; dkim=pass header.d=gmail.com\r\n";
    events_of("joe@gmail.com", signed_for(EMAIL_FOR_ANSWER, "joe@gmail.com"), results, "hello");
    assert_false(kit_json_true(event(), "unverified"));
    events_of("eve@gmail.com", signed_for(EMAIL_FOR_ANSWER, "joe@gmail.com"), results, "hello");
    assert_true(kit_json_true(event(), "unverified"));
}

static void an_answer_is_known_by_what_it_refers_to(void **state)
{
    (void)state;
    char more[600];
    tell_acme();
    snprintf(more, sizeof(more), "References: <a@b.example> <%s>\r\n",
             signed_for(EMAIL_FOR_MESSAGE, "ops@acme.example"));
    assert_int_equal(events_of("ops@acme.example", "incidents@example.com", more, "hello"), 1);
    SAID("incident", "INC-42");
    SAID("customer", "acme");
}

static void a_first_word_is_of_no_incident(void **state)
{
    (void)state;
    assert_int_equal(events_of("it@globex.example", "incidents@example.com", "", "we cannot pay"), 1);
    SAID("type", "reply");
    SAID("text", "Re: hello\n\nwe cannot pay");
    SAID("address", "it@globex.example");
    assert_null(kit_json_member(event(), "incident"));
    assert_null(kit_json_member(event(), "customer"));
}

static void only_our_own_people_command(void **state)
{
    (void)state;
    const char *pass = "Authentication-Results: mx.example.com; dmarc=pass header.from=example.com\r\n";
    assert_int_equal(
        events_of("Ana <ana@example.com>", "incidents@example.com", pass, "INC-42 resolve\r\n-- \r\nAna"), 1);
    SAID("type", "message");
    SAID("text", "INC-42 resolve");
    SAID("channel", "ana@example.com");
    assert_true(kit_json_true(event(), "direct"));
    assert_null(kit_json_member(kit_json_member(event(), "user"), "outside"));
    assert_string_equal(kit_json_text(kit_json_member(event(), "user"), "email"), "ana@example.com");
    static const char *const others[] = {
        "", "Authentication-Results: mx.example.com; dmarc=fail header.from=example.com\r\n",
        "Authentication-Results: mx.evil.example; dmarc=pass header.from=example.com\r\n"};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(
            events_of("Ana <ana@example.com>", "incidents@example.com", others[i], "INC-42 resolve"), 1);
        SAID("type", "reply");
        assert_true(kit_json_true(event(), "unverified"));
        assert_true(kit_json_true(kit_json_member(event(), "user"), "outside"));
        assert_null(kit_json_member(kit_json_member(event(), "user"), "email"));
    }
    assert_int_equal(
        events_of("ana@example.com.evil.example", "incidents@example.com",
                  "Authentication-Results: mx.example.com; dmarc=pass header.from=example.com.evil.example\r\n",
                  "x"),
        1);
    SAID("type", "reply");
}

static void what_is_said_in_a_channel_stays_there(void **state)
{
    (void)state;
    email_host_perform(&host, "post", "card:1", 1, "{\"channel\":\"incidents\",\"text\":\"INC-42: slow\"}");
    const char *to = signed_for(EMAIL_FOR_CHANNEL, "incidents");
    assert_int_equal(events_of("ana@example.com", to, "List-Id: <oncall>\r\nPrecedence: list\r\n", "I take it"),
                     1);
    SAID("type", "message");
    SAID("channel", "incidents");
    SAID("incident", "INC-42");
    SAID("text", "I take it");
    assert_true(kit_json_true(kit_json_member(event(), "user"), "outside"));
    events_of("ana@example.com", to,
              "Authentication-Results: mx.example.com; dkim=pass header.d=example.com\r\n", "!inc INC-42 fix");
    assert_null(kit_json_member(kit_json_member(event(), "user"), "outside"));
    assert_null(kit_json_member(event(), "direct"));
}

static void an_automatic_answer_is_said_once_a_day(void **state)
{
    (void)state;
    tell_acme();
    const char *to = signed_for(EMAIL_FOR_ANSWER, "ops@acme.example");
    assert_int_equal(events_of("ops@acme.example", to, "Auto-Submitted: auto-replied\r\n", "I am away"), 1);
    assert_true(kit_json_true(event(), "automatic"));
    assert_int_equal(events_of("ops@acme.example", to, "Auto-Submitted: auto-replied\r\n", "I am away"), 0);
    assert_int_equal(events_of("bob@acme.example", to, "Auto-Submitted: auto-replied\r\n", "me too"), 1);
    assert_int_equal(events_of("ops@acme.example", to, "", "I am back"), 1); /* a person */
    assert_int_equal(
        events_of("news@vendor.example", "incidents@example.com", "List-Unsubscribe: <x>\r\n", "buy"), 0);
}

static void our_own_mail_is_not_taken(void **state)
{
    (void)state;
    const char *to = signed_for(EMAIL_FOR_ANSWER, "ops@acme.example");
    assert_int_equal(events_of("incidents@example.com", to, "", "hello"), 0);
    assert_int_equal(events_of("incidents+x@example.com", to, "", "hello"), 0);
}

static void a_bounce_names_our_mail(void **state)
{
    (void)state;
    tell_acme();
    assert_int_equal(events_of("mailer-daemon@acme.example", signed_for(EMAIL_FOR_BOUNCE, "ops@acme.example"),
                               "Return-Path: <>\r\n", "<ops@acme.example>: 550 5.1.1 no such user"),
                     1);
    SAID("type", "bounce");
    SAID("address", "ops@acme.example");
    SAID("customer", "acme");
    SAID("incident", "INC-42");
    SAID("text", "550 5.1.1 no such user");
    SAID("message", signed_for(EMAIL_FOR_MESSAGE, "ops@acme.example"));
    assert_true(kit_json_true(event(), "permanent"));
    /* backscatter: somebody else sent it in our name */
    assert_int_equal(events_of("mailer-daemon@acme.example", "incidents@example.com",
                               "Return-Path: <>\r\nX-Failed-Recipients: x@y.example\r\n", "550 no"),
                     0);
}

/* Some servers' bounces have no Message-ID and say the same of everybody. */
static void a_bounce_of_each_mail_counts(void **state)
{
    (void)state;
    static const char *const actions[] = {"tell:1", "tell:2", "tell:2"};
    const char *ids[3];
    for (size_t i = 0; i < 3; i++) {
        char mail[400], address[EMAIL_ADDRESS];
        struct email_token token = {.kind = EMAIL_FOR_BOUNCE, .incident = 42};
        email_party(&self, "ops@acme.example", token.party);
        email_key(&self, actions[i], token.key);
        email_token_address(&self, &token, address);
        snprintf(mail, sizeof(mail), "Return-Path: <>\r\nTo: %s\r\nSubject: failure notice\r\n\r\n550 no\r\n",
                 address);
        assert_int_equal(hand_in(mail), 204);
        ids[i] = kit_json_text(event(), "id");
    }
    assert_string_not_equal(ids[0], ids[1]);
    assert_string_equal(ids[1], ids[2]); /* a copy */
}

static bool is_unsubscribed(void)
{
    char key[60], party[EMAIL_PARTY];
    email_party(&self, "ops@acme.example", party);
    snprintf(key, sizeof(key), "unsubscribed/%s", party);
    return cJSON_HasObjectItem(host.store, key);
}

static void somebody_unsubscribes(void **state)
{
    (void)state;
    char query[200];
    const char *address = signed_for(EMAIL_FOR_UNSUBSCRIBE, "ops@acme.example");
    snprintf(query, sizeof(query), "t=%.*s", (int)strcspn(address + 10, "@"), address + 10);
    assert_int_equal(email_host_serve(&host, "GET", "/unsubscribe", query, NULL, ""), 200);
    assert_non_null(strstr(host.answer, "<form method=\"post\">"));
    assert_false(is_unsubscribed()); /* programs follow links */
    assert_int_equal(email_host_serve(&host, "POST", "/unsubscribe", "t=u.0.aaaaaaaaaa.bbbbbbbbbbbbbbbb", NULL,
                                      "List-Unsubscribe=One-Click"),
                     200);
    assert_int_equal(email_host_serve(&host, "POST", "/unsubscribe", "", NULL, "List-Unsubscribe=One-Click"),
                     200);
    assert_false(is_unsubscribed());
    host.put = -1;
    assert_int_equal(email_host_serve(&host, "POST", "/unsubscribe", query, NULL, "List-Unsubscribe=One-Click"),
                     503);
    host.put = 0;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(
            email_host_serve(&host, "POST", "/unsubscribe", query, NULL, "List-Unsubscribe=One-Click"), 200);
        assert_true(is_unsubscribed());
    }
    assert_int_equal(cJSON_GetArraySize(host.events),
                     0); /* nothing went to them yet, so nobody knows who that is */
}

static void who_unsubscribes_is_told_to_people(void **state)
{
    (void)state;
    char query[200];
    const char *address = signed_for(EMAIL_FOR_UNSUBSCRIBE, "ops@acme.example");
    snprintf(query, sizeof(query), "t=%.*s", (int)strcspn(address + 10, "@"), address + 10);
    tell_acme();
    host.emit = TOCSIN_EMIT_RETRY;
    assert_int_equal(email_host_serve(&host, "POST", "/unsubscribe", query, NULL, "List-Unsubscribe=One-Click"),
                     503);
    host.emit = TOCSIN_EMITTED;
    assert_int_equal(email_host_serve(&host, "POST", "/unsubscribe", query, NULL, "List-Unsubscribe=One-Click"),
                     200);
    SAID("type", "unsubscribe");
    SAID("address", "ops@acme.example");
    SAID("customer", "acme");
}

static void a_mail_unsubscribes(void **state)
{
    (void)state;
    assert_int_equal(
        events_of("ops@acme.example", signed_for(EMAIL_FOR_UNSUBSCRIBE, "ops@acme.example"), "", "unsubscribe"),
        0);
    assert_true(is_unsubscribed());
}

static void only_the_mail_server_hands_mail_in(void **state)
{
    (void)state;
    static const char mail[] = "From: a@b.example\r\nTo: incidents@example.com\r\n\r\nhello\r\n";
    assert_int_equal(email_host_serve(&host, "POST", "/mail", "", NULL, mail), 401);
    assert_int_equal(email_host_serve(&host, "POST", "/mail", "", "wrong", mail), 401);
    assert_int_equal(email_host_serve(&host, "POST", "/mail", "", "", mail), 401);
    assert_int_equal(email_host_serve(&host, "GET", "/mail", "", PIPE, ""), 405);
    assert_int_equal(email_host_serve(&host, "POST", "/else", "", PIPE, mail), 404);
    assert_int_equal(cJSON_GetArraySize(host.events), 0);
    host.emit = TOCSIN_EMIT_RETRY;
    assert_int_equal(hand_in(mail), 503);
    host.emit = TOCSIN_EMIT_REFUSED;
    assert_int_equal(hand_in(mail), 204); /* it would never be taken */
    host.emit = TOCSIN_EMITTED;
    assert_int_equal(hand_in("\x01\x02"), 204);
    assert_int_equal(hand_in(mail), 204);
    assert_int_equal(cJSON_GetArraySize(host.events), 1);
}

static void a_copy_has_the_same_id(void **state)
{
    (void)state;
    char id[100];
    hand_in("From: a@b.example\r\nTo: incidents@example.com\r\nMessage-ID: <1@b.example>\r\nSubject: "
            "s\r\n\r\nhello\r\n");
    snprintf(id, sizeof(id), "%s", kit_json_text(event(), "id"));
    hand_in("Received: x\r\nFrom: a@b.example\r\nTo: incidents@example.com\r\nMessage-ID: "
            "<1@b.example>\r\nSubject: s\r\n\r\nhello\r\n");
    SAID("id", id);
    hand_in("From: a@b.example\r\nTo: incidents@example.com\r\nMessage-ID: <1@b.example>\r\nSubject: "
            "s\r\n\r\nother words\r\n");
    assert_string_not_equal(kit_json_text(event(), "id"), id);
    hand_in("From: eve@b.example\r\nTo: incidents@example.com\r\nMessage-ID: <1@b.example>\r\nSubject: "
            "s\r\n\r\nhello\r\n");
    assert_string_not_equal(kit_json_text(event(), "id"), id);
}

static void files_are_named_and_measured(void **state)
{
    (void)state;
    events_of("a@b.example", "incidents@example.com",
              "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n",
              "--b\r\n\r\nsee\r\n--b\r\nContent-Type: image/png; name=a.png\r\nContent-Transfer-Encoding: "
              "base64\r\n\r\neHh4\r\n--b--");
    const cJSON *file = cJSON_GetArrayItem(kit_json_member(event(), "files"), 0);
    assert_string_equal(kit_json_text(file, "name"), "a.png");
    assert_int_equal(kit_json_int(file, "size", 0), 3);
}

/* ---- attachments that are kept ---- */

#define MAIL_WITH(name, content)                                                                               \
    "--b\r\n\r\nsee\r\n--b\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; "     \
    "filename=\"" name "\"\r\n\r\n" content "\r\n--b--"

static char shelf[200];

static int set_up_shelf(void **state)
{
    char settings[600];
    (void)state;
    server = (struct smtp_server){0};
    smtp_server_start(&server);
    char made[] = "/tmp/tocsin-shelf.XXXXXX";
    assert_non_null(mkdtemp(made));
    snprintf(shelf, sizeof(shelf), "%s/kept", made);
    snprintf(settings, sizeof(settings),
             "{\"pipe_key\":\"" PIPE "\",\"attachments\":\"%s\",\"attachments_mb\":1}", shelf);
    return email_host_open(&host, server.port, settings);
}

static int tear_down_shelf(void **state)
{
    char command[300];
    *strrchr(shelf, '/') = '\0';
    snprintf(command, sizeof(command), "rm -rf '%s'", shelf);
    return tear_down(state) || system(command); /* NOLINT(cert-env33-c,concurrency-mt-unsafe) */
}

static const char *path_of_file(int i)
{
    return kit_json_text(cJSON_GetArrayItem(kit_json_member(event(), "files"), i), "path");
}

static void send_file(const char *body)
{
    events_of("a@b.example", "incidents@example.com",
              "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n", body);
}

static void attachments_are_kept_under_names_of_ours(void **state)
{
    (void)state;
    char content[20] = "";
    struct stat status;
    send_file(MAIL_WITH("../../../etc/passwd", "root"));
    const char *path = path_of_file(0);
    assert_int_equal(strncmp(path, shelf, strlen(shelf)), 0);
    assert_null(strstr(path, "passwd"));
    assert_null(strstr(path, ".."));
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_non_null(fgets(content, sizeof(content), file));
    fclose(file);
    assert_string_equal(content, "root");
    assert_int_equal(stat(shelf, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0700);
}

static bool is_there(const char *path)
{
    return access(path, F_OK) == 0;
}

/* Of one megabyte: the oldest go, and what is no attachment stays. */
static void the_oldest_attachments_make_room(void **state)
{
    (void)state;
    char first[300], other[300], *mail = malloc(900000);
    snprintf(other, sizeof(other), "%s/notes.txt", shelf);
    fclose(fopen(other, "w"));
    for (int i = 0; i < 3; i++) {
        char bytes[400001];
        int n;
        memset(bytes, 'a' + i, sizeof(bytes) - 1);
        for (size_t k = 76; k < sizeof(bytes); k += 76)
            bytes[k] = '\n';
        bytes[sizeof(bytes) - 1] = '\0';
        n = snprintf(
            mail, 900000,
            "From: a@b.example\r\nTo: incidents@example.com\r\nSubject: %d\r\nMessage-ID: <big%d@x>\r\n"
            "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" MAIL_WITH("big", "%s"),
            i, i, bytes);
        assert_true(n < 900000);
        assert_int_equal(hand_in(mail), 204);
        if (i == 0)
            snprintf(first, sizeof(first), "%s", path_of_file(0));
        assert_true(is_there(path_of_file(0)));
    }
    free(mail);
    assert_false(is_there(first));
    assert_true(is_there(other));
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(an_answer_is_a_reply),
        T(who_does_not_belong_is_not_verified),
        T(an_answer_to_a_public_provider_is_of_one_person),
        T(an_answer_is_known_by_what_it_refers_to),
        T(a_first_word_is_of_no_incident),
        T(only_our_own_people_command),
        T(what_is_said_in_a_channel_stays_there),
        T(an_automatic_answer_is_said_once_a_day),
        T(our_own_mail_is_not_taken),
        T(a_bounce_names_our_mail),
        T(a_bounce_of_each_mail_counts),
        T(somebody_unsubscribes),
        T(who_unsubscribes_is_told_to_people),
        T(a_mail_unsubscribes),
        T(only_the_mail_server_hands_mail_in),
        T(a_copy_has_the_same_id),
        T(files_are_named_and_measured),
        cmocka_unit_test_setup_teardown(attachments_are_kept_under_names_of_ours, set_up_shelf,
                                        tear_down_shelf),
        cmocka_unit_test_setup_teardown(the_oldest_attachments_make_room, set_up_shelf, tear_down_shelf),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
