#include "../../support/check.h"

#include <string.h>
#include <strings.h>

#include "../../support/http_client.h"
#include "../../support/small_site.h"
#include "base/mem.h"
#include "web/status.h"

#define SECRET "a secret of the installation"
#define JSON   "/status/api/v2/summary.json"

static uv_loop_t loop;
static struct server *server, *other;
static struct status_server *status;
static bool has_public;   /* is there a public page? */
static const char *title; /* of it */
static int64_t key_number;

static struct public_page *page_of(void *ctx, const char *name)
{
    (void)ctx;
    if (!name)
        return has_public ? small_site("public", title) : NULL;
    if (!text_equal(name, "acme"))
        return text_equal(name, "public") ? small_site("public", title) : NULL;
    struct public_page *page = small_site("acme", "Only for Acme");
    page->private_ = true;
    page->key = key_number;
    return page;
}

static enum status_reader who; /* asks for "acme" */

static enum status_reader reader_of(void *ctx, struct http_request *request, const char *name,
                                    struct status_asker *ret)
{
    (void)ctx, (void)request, (void)ret;
    return who == STATUS_READER && !text_equal(name, "acme") ? STATUS_NO_READER : who;
}

static struct server *serve(void)
{
    struct server *made = server_create(&(struct server_settings){.listen = "127.0.0.1:0"}, NULL, &loop);
    struct error err;
    status_serve(status, made);
    if (server_listen(made, &err))
        fail_msg("%s", err.text);
    return made;
}

static int setup(void **state)
{
    (void)state;
    assert_int_equal(uv_loop_init(&loop), 0);
    has_public = true;
    title = "Acme";
    key_number = 1;
    who = STATUS_NOBODY;
    status = status_create(&(struct status_settings){&loop, NULL, page_of, NULL, SECRET, reader_of,
                                                     "https://t.example/app/signin"});
    server = serve();
    other = serve();
    server_set_prefix(server, "status.acme.example", STATUS_PREFIX);
    server_set_prefix(other, NULL, STATUS_PREFIX);
    status_changed(status);
    return 0;
}

static void note(void *ctx)
{
    *(bool *)ctx = true;
}

static int teardown(void **state)
{
    (void)state;
    bool drained = false;
    drained = status_drain(status, note, &drained) || drained;
    LOOP_UNTIL(&loop, drained);
    server_destroy(server);
    server_destroy(other);
    status_destroy(status);
    assert_int_equal(uv_loop_close(&loop), 0);
    return 0;
}

/* ---- asking ---- */

struct answer {
    int status;
    char *body;
    struct str head;
};

static void answer_finish(struct answer *answer)
{
    free(answer->body);
    str_finish(&answer->head);
}
#define CLEANUP_ANSWER CLEANUP(answer_finish)

static struct answer ask_at(const struct server *at, const char *method, const char *target,
                            const char *headers)
{
    struct http_client client;
    struct answer answer = {0};
    CLEANUP_FREE char *request =
        xasprintf("%s %s HTTP/1.1\r\n%s%s\r\n", method, target,
                  headers && strcasestr(headers, "host:") ? "" : "Host: x\r\n", headers ? headers : "");
    http_client_open(&client, &loop, server_port(at));
    http_client_send(&client, request, strlen(request));
    bool silent = text_equal(method, "HEAD") || (headers && strstr(headers, "If-None-Match"));
    answer.status = silent ? http_client_head_answer(&client, &answer.head)
                           : http_client_answer(&client, &answer.body, &answer.head);
    assert_int_equal(client.in.len, 0); /* no body where there must be none */
    http_client_close(&client);
    return answer;
}

static struct answer ask(const char *target, const char *headers)
{
    return ask_at(server, "GET", target, headers);
}

/* The caller frees it. NULL: it is not there. */
static char *header(const struct answer *answer, const char *name)
{
    CLEANUP_FREE char *line = xasprintf("\r\n%s: ", name);
    const char *at = strcasestr(str_text(&answer->head), line);
    return at ? xstrndup(at + strlen(line), strcspn(at + strlen(line), "\r")) : NULL;
}

static void assert_header(const struct answer *answer, const char *name, const char *value)
{
    CLEANUP_FREE char *found = header(answer, name);
    if (!text_equal(found, value))
        fail_msg("%s is %s, not %s", name, found ? found : "absent", value ? value : "absent");
}

static void assert_has(const struct answer *answer, const char *name, const char *part)
{
    CLEANUP_FREE char *found = header(answer, name);
    if (!found || !strstr(found, part))
        fail_msg("%s is %s, without %s", name, found ? found : "absent", part);
}

/* ---- tests ---- */

static void test_page(void **state)
{
    (void)state;
    CLEANUP_ANSWER struct answer page = ask("/status/", NULL), json = ask(JSON, NULL);
    assert_int_equal(page.status, 200);
    assert_non_null(strstr(page.body, "Acme"));
    assert_header(&page, "Content-Type", "text/html; charset=utf-8");
    assert_header(&page, "X-Content-Type-Options", "nosniff");
    assert_header(&page, "Referrer-Policy", "no-referrer");
    assert_header(&page, "Vary", "Accept-Encoding");
    assert_header(&page, "Set-Cookie", NULL);
    assert_header(&page, "Access-Control-Allow-Origin", NULL);
    assert_has(&page, "Cache-Control", "public, max-age=");
    assert_has(&page, "Cache-Control", "stale-while-revalidate=");
    assert_has(&page, "Cache-Control", "stale-if-error=");
    assert_has(&page, "Content-Security-Policy", "default-src 'none'");
    assert_has(&page, "Content-Security-Policy", "frame-ancestors 'none'");
    CLEANUP_ANSWER struct answer widget = ask("/status/widget", NULL);
    assert_has(&widget, "Content-Security-Policy", "frame-ancestors *");
    assert_int_equal(json.status, 200);
    assert_header(&json, "Access-Control-Allow-Origin", "*");
    assert_has(&json, "Content-Security-Policy", "sandbox");
}

static void test_directories(void **state)
{
    (void)state;
    CLEANUP_ANSWER struct answer top = ask("/status", NULL);
    assert_int_equal(top.status, 301);
    assert_header(&top, "Location", "./status/");
    CLEANUP_ANSWER struct answer german = ask("/status/de", NULL), there = ask("/status/de/", NULL);
    assert_int_equal(german.status, 301);
    assert_header(&german, "Location", "./de/");
    assert_int_equal(there.status, 200);
}

static void test_known_and_encodings(void **state)
{
    (void)state;
    static const char *const accepted[] = {"identity", "gzip", "br"};
    char *etags[ARRAY_SIZE(accepted)];
    for (size_t i = 0; i < ARRAY_SIZE(accepted); i++) {
        CLEANUP_FREE char *accept = xasprintf("Accept-Encoding: %s\r\n", accepted[i]);
        CLEANUP_ANSWER struct answer first = ask("/status/", accept);
        assert_int_equal(first.status, 200);
        assert_header(&first, "Content-Encoding", i ? accepted[i] : NULL);
        etags[i] = header(&first, "ETag");
        CLEANUP_FREE char *again = xasprintf("%sIf-None-Match: \"x\", %s\r\n", accept, etags[i]);
        CLEANUP_ANSWER struct answer second = ask("/status/", again);
        assert_int_equal(second.status, 304);
        assert_header(&second, "ETag", etags[i]);
        assert_header(&second, "Content-Length", NULL);
        assert_header(&second, "Vary", "Accept-Encoding");
        assert_has(&second, "Cache-Control", "max-age=");
    }
    assert_string_not_equal(etags[0], etags[1]);
    assert_string_not_equal(etags[1], etags[2]);
    CLEANUP_FREE char *wrong = xasprintf("Accept-Encoding: br\r\nIf-None-Match: %s\r\n", etags[1]);
    CLEANUP_ANSWER struct answer mixed = ask_at(server, "HEAD", "/status/", wrong);
    assert_int_equal(mixed.status, 200); /* it has another encoding of it */
    for (size_t i = 0; i < ARRAY_SIZE(etags); i++)
        free(etags[i]);
}

static void test_head(void **state)
{
    (void)state;
    CLEANUP_ANSWER struct answer get = ask(JSON, NULL), head = ask_at(server, "HEAD", JSON, NULL);
    CLEANUP_FREE char *length = header(&get, "Content-Length"), *etag = header(&get, "ETag");
    assert_int_equal(head.status, 200);
    assert_header(&head, "Content-Length", length);
    assert_header(&head, "ETag", etag);
    CLEANUP_ANSWER struct answer post = ask_at(server, "POST", "/status/", "Content-Length: 0\r\n");
    assert_int_equal(post.status, 405);
}

static void test_a_new_model_is_served(void **state)
{
    (void)state;
    CLEANUP_ANSWER struct answer before = ask("/status/", NULL);
    CLEANUP_FREE char *etag = header(&before, "ETag");
    bool seen = false;
    title = "Another title";
    status_changed(status);
    status_changed(status); /* while the first one is rendered */
    while (!seen) {
        CLEANUP_ANSWER struct answer now = ask("/status/", NULL);
        assert_int_equal(now.status, 200); /* there is one all the time */
        seen = strstr(now.body, "Another title");
        if (seen) {
            CLEANUP_FREE char *fresh = header(&now, "ETag");
            assert_string_not_equal(fresh, etag);
        }
    }
    title = "broken"; /* which is logged, and the one before it stays */
    status_changed(status);
    LOOP_UNTIL(&loop, status_drain(status, NULL, NULL));
    CLEANUP_ANSWER struct answer still = ask("/status/", NULL);
    assert_non_null(strstr(still.body, "Another title"));
    has_public = false;
    status_changed(status);
    CLEANUP_ANSWER struct answer none = ask("/status/", NULL);
    assert_int_equal(none.status, 404);
    assert_non_null(strstr(none.body, "status_page { … }"));
}

static void test_rendered_when_asked(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        CLEANUP_ANSWER struct answer page = ask("/status/history", "Accept-Encoding: gzip\r\n"),
                                     found = ask("/status/history?q=data%20base&x=y", NULL),
                                     ignored = ask("/status/?q=nothing", NULL);
        assert_int_equal(page.status, 200);
        assert_int_equal(found.status, 200);
        assert_non_null(strstr(found.body, "data base"));
        assert_null(strstr(ignored.body, "nothing"));
    }
    CLEANUP_STR struct str target = {0};
    str_add(&target, "/status/history?q=");
    for (int i = 0; i < 201; i++)
        str_addc(&target, 'x');
    CLEANUP_ANSWER struct answer refused = ask(target.p, NULL);
    assert_int_equal(refused.status, 400);
}

static void test_what_is_not_there(void **state)
{
    (void)state;
    static const struct {
        const char *target;
        int status;
    } rows[] = {
        {"/status/nothing", 404},
        {"/status//", 404},
        {"/status/%00", 400},
        {"/status/../etc/passwd", 400},
        {"/status/%2e%2e/%2e%2e/etc/passwd", 400},
        {"/status/..%2f..%2fetc/passwd", 400},
        {"/status/%2fetc%2fpasswd", 404},
        {"/status/api/v2/summary.json/", 404},
        {"/status/api/v2/..\\..\\summary.json", 404},
        {"/status/history\xff", 404},
        {"/status/p/", 404},
    };
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        CLEANUP_ANSWER struct answer answer = ask(rows[i].target, NULL);
        if (answer.status != rows[i].status)
            fail_msg("%s: %d", rows[i].target, answer.status);
        assert_null(strstr(answer.body, "root:"));
    }
    CLEANUP_ANSWER struct answer none = ask("/status/nothing", NULL);
    assert_header(&none, "Content-Type", "text/html; charset=utf-8"); /* the page's own */
    assert_header(&none, "Cache-Control", "no-cache");
}

static void test_private_pages(void **state)
{
    (void)state;
    char key[STATUS_KEY_TEXT], of_public[STATUS_KEY_TEXT], of_none[STATUS_KEY_TEXT], last[2] = "";
    status_key(SECRET, "acme", 1, key);
    status_key(SECRET, "public", 1, of_public);
    status_key(SECRET, "none", 1, of_none);
    last[0] = key[strlen(key) - 1] == '0' ? '1' : '0';
    CLEANUP_FREE char *right = xasprintf("/status/p/acme/%s/", key);
    CLEANUP_ANSWER struct answer page = ask(right, NULL);
    assert_int_equal(page.status, 200);
    assert_non_null(strstr(page.body, "Only for Acme"));
    assert_header(&page, "Cache-Control", "private, no-store");
    assert_header(&page, "X-Robots-Tag", "noindex, nofollow");
    char *const wrong[] = {
        xasprintf("/status/p/acme/%.*s%s/", (int)strlen(key) - 1, key, last), /* all but one */
        xasprintf("/status/p/acme/%.*s/", (int)strlen(key) - 1, key),
        xasprintf("/status/p/acme/%sx/", key),
        xasprintf("/status/p/ACME/%s/", key),
        xasprintf("/status/p/public/%s/", of_public),
        xasprintf("/status/p/none/%s/", of_none),
        xstrdup("/status/p/none/x/"),
    };
    CLEANUP_ANSWER struct answer first = ask(wrong[0], NULL);
    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
        CLEANUP_ANSWER struct answer answer = ask(wrong[i], NULL);
        assert_int_equal(answer.status, 404);
        assert_string_equal(answer.body, first.body); /* nobody can tell which of them is a page */
        assert_header(&answer, "Cache-Control", "private, no-store");
        free(wrong[i]);
    }
}

static void test_another_key_voids_those_before(void **state)
{
    (void)state;
    char first[STATUS_KEY_TEXT], second[STATUS_KEY_TEXT];
    status_key(SECRET, "acme", 1, first);
    status_key(SECRET, "acme", 2, second);
    assert_string_not_equal(first, second);
    CLEANUP_FREE char *old = xasprintf("/status/p/acme/%s/", first),
                      *fresh = xasprintf("/status/p/acme/%s/", second);
    CLEANUP_ANSWER struct answer early = ask(fresh, NULL), open = ask(old, NULL);
    assert_int_equal(early.status, 404);
    assert_int_equal(open.status, 200);
    key_number = 2;
    CLEANUP_ANSWER struct answer shut = ask(old, NULL), opened = ask(fresh, NULL);
    assert_int_equal(shut.status, 404);
    assert_int_equal(opened.status, 200);
}

#define READ "/status/for/acme/"

static void test_a_page_with_readers(void **state)
{
    (void)state;
    key_number = 0; /* it has no key */
    char key[STATUS_KEY_TEXT];
    status_key(SECRET, "acme", 1, key);
    CLEANUP_FREE char *keyed = xasprintf("/status/p/acme/%s/", key);
    CLEANUP_ANSWER struct answer by_key = ask(keyed, NULL);
    assert_int_equal(by_key.status, 404);
    who = STATUS_READER;
    CLEANUP_ANSWER struct answer page = ask(READ, NULL), feed = ask(READ "history.atom", NULL),
                                 api = ask(READ "api/v2/summary.json", NULL);
    assert_int_equal(page.status, 200);
    assert_non_null(strstr(page.body, "Only for Acme"));
    assert_int_equal(feed.status, 200);
    assert_int_equal(api.status, 200);
    assert_header(&page, "Cache-Control", "private, no-store");
    assert_header(&api, "Cache-Control", "private, no-store");
    assert_header(&api, "Access-Control-Allow-Origin", NULL);
    assert_header(&page, "X-Robots-Tag", "noindex, nofollow");
    CLEANUP_FREE char *etag = header(&page, "ETag"), *known = xasprintf("If-None-Match: %s\r\n", etag);
    CLEANUP_ANSWER struct answer same = ask(READ, known);
    assert_int_equal(same.status, 304);
    who = STATUS_NO_READER; /* from the next request on, whatever the browser has */
    CLEANUP_ANSWER struct answer shut = ask(READ, NULL), none = ask("/status/for/none/", NULL);
    assert_int_equal(shut.status, 404);
    assert_string_equal(shut.body, none.body);
    assert_string_equal(str_text(&shut.head), str_text(&none.head));
}

/* A browser is led there and back, also where there is no such page; a program reads what it has to send. */
static void test_nobody_is_signed_in(void **state)
{
    static const char *const paths[][2] = {{READ, READ},
                                           {READ "history", READ "history"},
                                           {"/status/for/none/", "/status/for/none/"},
                                           {READ "a%26b%20c?x=1", "/status/for/"},
                                           {READ "../../../app/", NULL}};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
        CLEANUP_ANSWER struct answer browser = ask(paths[i][0], "Accept: text/html,*/*;q=0.8\r\n"),
                                     program = ask(paths[i][0], NULL);
        CLEANUP_FREE char *to = xasprintf("https://t.example/app/signin?back=%s", paths[i][1]);
        if (paths[i][1]) {
            assert_int_equal(browser.status, 303);
            assert_header(&browser, "Location", to);
            assert_header(&browser, "Cache-Control", "private, no-store");
            assert_int_equal(program.status, 401);
            assert_header(&program, "WWW-Authenticate", "Bearer");
        } else {
            assert_int_equal(browser.status, 400);
        }
    }
    who = STATUS_LATER;
    CLEANUP_ANSWER struct answer later = ask(READ, NULL);
    assert_int_equal(later.status, 503);
}

static void test_host(void **state)
{
    (void)state;
    static const char mine[] = "Host: STATUS.acme.example:8443\r\n", evil[] = "Host: evil.example\r\n";
    CLEANUP_ANSWER struct answer root = ask("/", mine), json = ask("/api/v2/summary.json", mine),
                                 inside = ask("/status/", mine), not_it = ask("/", evil),
                                 near = ask("/", "Host: status.acme.example.evil\r\n"),
                                 forged = ask("/status/", evil), plain = ask("/status/", NULL),
                                 port = ask_at(other, "GET", "/", NULL);
    assert_int_equal(root.status, 200);
    assert_int_equal(json.status, 200);
    assert_int_equal(port.status, 200);
    assert_int_equal(inside.status, 404); /* such a host shows nothing but the page */
    assert_int_equal(not_it.status, 404);
    assert_int_equal(near.status, 404);
    assert_int_equal(forged.status, 200);
    assert_string_equal(forged.body, plain.body); /* a cache can keep no other host's words */
    assert_null(strstr(forged.body, "evil"));
    assert_null(strstr(str_text(&forged.head), "evil"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_page),
        TEST(test_directories),
        TEST(test_known_and_encodings),
        TEST(test_head),
        TEST(test_a_new_model_is_served),
        TEST(test_rendered_when_asked),
        TEST(test_what_is_not_there),
        TEST(test_private_pages),
        TEST(test_another_key_voids_those_before),
        TEST(test_a_page_with_readers),
        TEST(test_nobody_is_signed_in),
        TEST(test_host),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
