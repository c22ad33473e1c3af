/* A table of components is started in order, drained together, and stopped in reverse. */
#include "../../support/check.h"

#include <string.h>
#include <uv.h>

#include "../../support/policy_dir.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "daemon/daemon.h"

static struct policy_dir dir;
static struct daemon *daemon_;
static struct str
    trail; /* "+a +b" started, "?a" checked, "*a" reloaded, "~b" drained, "-b" stopped, "xb" destroyed */
static char fails;   /* the component whose start fails */
static char objects; /* the component whose check refuses */
static char *zone;   /* the zone that the last reload gave b */
static bool lingers; /* b drains later */
static uv_timer_t later;

static void note(const char *step, char name)
{
    str_addf(&trail, "%s%s%c", trail.len ? " " : "", step, name);
}

static int start(char name, struct error *err)
{
    note("+", name);
    return fails == name ? error_set(err, ERR_IO, "no room; make some") : 0;
}

static int check(char name, struct error *err)
{
    note("?", name);
    return objects == name ? error_set(err, ERR_INVALID, "not like that; write it so") : 0;
}

static void on_later(uv_timer_t *timer)
{
    note("later ", 'b');
    uv_close((uv_handle_t *)timer, NULL);
    daemon_drained(timer->data);
}

static bool drain(struct daemon *daemon, char name)
{
    note("~", name);
    if (name != 'b' || !lingers)
        return true;
    uv_timer_init(daemon_loop(daemon), &later);
    later.data = daemon;
    uv_timer_start(&later, on_later, 1, 0);
    return false;
}

#define COMPONENT(name)                                                                                        \
    static int start_##name(struct daemon *daemon, const struct configuration *c, struct error *err)           \
    {                                                                                                          \
        (void)daemon, (void)c;                                                                                 \
        return start(#name[0], err);                                                                           \
    }                                                                                                          \
    static bool drain_##name(struct daemon *daemon)                                                            \
    {                                                                                                          \
        return drain(daemon, #name[0]);                                                                        \
    }                                                                                                          \
    static void stop_##name(void)                                                                              \
    {                                                                                                          \
        note("-", #name[0]);                                                                                   \
    }                                                                                                          \
    static void destroy_##name(void)                                                                           \
    {                                                                                                          \
        note("x", #name[0]);                                                                                   \
    }
COMPONENT(a)
COMPONENT(b)
COMPONENT(c)

static int check_b(const struct configuration *running, const struct configuration *fresh, struct error *err)
{
    (void)running, (void)fresh;
    return check('b', err);
}

static int check_c(const struct configuration *running, const struct configuration *fresh, struct error *err)
{
    (void)running, (void)fresh;
    return check('c', err);
}

static void reload_b(const struct configuration *running, const struct configuration *fresh, struct str *said)
{
    note("*", 'b');
    replace_text(&zone, json_text_or(fresh->core, "zone", NULL));
    if (!cJSON_Compare(json_member(running->core, "sources"), json_member(fresh->core, "sources"), true))
        str_add(said, "; b has other sources");
}

static const struct component a = {"a", start_a, NULL, NULL, drain_a, stop_a, destroy_a};
static const struct component b = {"b", start_b, check_b, reload_b, drain_b, stop_b, destroy_b};
static const struct component c = {"c", start_c, check_c, NULL, drain_c, stop_c, destroy_c};
static const struct component bare = {"bare", start_a, NULL, NULL, NULL, NULL, NULL};
static const struct component *const table[] = {&a, &b, &c, &bare};

static void configure(const char *text)
{
    policy_dir_write(&dir, "tocsin.lua", text);
}

static int start_all(struct error *err)
{
    CLEANUP_FREE char *path = xasprintf("%s/tocsin.lua", dir.path);
    return daemon_start(daemon_, path, err);
}

static void end(void)
{
    daemon_run(daemon_);
    daemon_destroy(daemon_);
    daemon_ = NULL;
}

static int set_up(void **state)
{
    (void)state;
    policy_dir_init(&dir);
    configure("return {}");
    daemon_ = daemon_create(table, 3, NULL);
    fails = objects = '\0';
    lingers = false;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    assert_null(daemon_);
    policy_dir_finish(&dir);
    str_finish(&trail);
    free(steal(zone));
    log_finish();
    return 0;
}

static void components_start_in_order_and_stop_in_reverse(void **state)
{
    (void)state;
    assert_int_equal(start_all(NULL), 0);
    daemon_stop(daemon_, "enough");
    daemon_stop(daemon_, "once is enough");
    end();
    assert_string_equal(trail.p, "+a +b +c ~c ~b ~a -c -b -a xc xb xa");
}

static void a_component_may_have_only_a_start(void **state)
{
    (void)state;
    daemon_stop(daemon_, "another table");
    end();
    daemon_ = daemon_create(&table[3], 1, NULL);
    assert_int_equal(start_all(NULL), 0);
    daemon_stop(daemon_, "enough");
    end();
    assert_string_equal(trail.p, "+a");
}

static void it_runs_until_all_have_drained(void **state)
{
    (void)state;
    lingers = true;
    assert_int_equal(start_all(NULL), 0);
    daemon_stop(daemon_, "enough");
    end();
    assert_string_equal(trail.p, "+a +b +c ~c ~b ~a later b -c -b -a xc xb xa");
}

/* Started components are stopped in reverse; the failed one is freed too, but has nothing to drain. */
static void a_failed_start_stops_what_was_started(void **state)
{
    (void)state;
    struct error err;
    fails = 'c';
    lingers = true;
    assert_int_equal(start_all(&err), ERR_IO);
    assert_string_equal(err.text, "could not start the c: no room; make some");
    end();
    assert_string_equal(trail.p, "+a +b +c ~b ~a later b -b -a xc xb xa");
}

static void a_start_without_a_configuration_fails(void **state)
{
    (void)state;
    struct error err;
    configure("return {\n lisen = '127.0.0.1:1' }");
    assert_int_equal(start_all(&err), ERR_INVALID);
    assert_non_null(strstr(err.text, "tocsin.lua:2: "));
    end();
    assert_int_equal(trail.len, 0);
}

/* ---- reload ---- */

static void assert_reloads(const char *wanted)
{
    CLEANUP_STR struct str said = {0};
    struct error err = {0};
    if (daemon_reload(daemon_, &said, &err))
        fail_msg("%s", err.text);
    assert_string_equal(said.p, wanted);
}

static void assert_refuses(const char *wanted)
{
    CLEANUP_STR struct str said = {0};
    struct error err = {0};
    assert_int_not_equal(daemon_reload(daemon_, &said, &err), 0);
    assert_int_equal(said.len, 0);
    if (!strstr(err.text, wanted))
        fail_msg("'%s' lacks '%s'", err.text, wanted);
}

#define SOURCE "sources = { shop = { key = 'key-of-the-shop' } }"

static void a_reload_checks_all_components_before_it_changes_one(void **state)
{
    (void)state;
    assert_int_equal(start_all(NULL), 0);
    assert_reloads("configuration reloaded; nothing changed");
    configure("return { " SOURCE " }");
    objects = 'c';
    assert_refuses("not like that; write it so");
    objects = '\0';
    configure("return {");
    assert_refuses("tocsin.lua:1: ");
    configure("return { " SOURCE " }");
    assert_reloads("configuration reloaded; b has other sources");
    assert_reloads("configuration reloaded; nothing changed");
    daemon_stop(daemon_, "enough");
    assert_refuses("tocsind is stopping");
    end();
    assert_string_equal(trail.p, "+a +b +c ?b ?c *b ?b ?c ?b ?c *b ?b ?c *b ~c ~b ~a -c -b -a xc xb xa");
}

/* Each reload names it until the restart, and all components see the value in force. */
static void settings_that_wait_for_a_restart_are_named(void **state)
{
    (void)state;
    assert_int_equal(start_all(NULL), 0);
    configure("return { zone = 'Europe/Madrid', data = 'elsewhere', " SOURCE " }");
    assert_reloads("configuration reloaded; b has other sources; restart tocsind to apply data, zone");
    assert_string_equal(zone, "UTC");
    assert_reloads("configuration reloaded; restart tocsind to apply data, zone");
    configure("return { " SOURCE " }");
    assert_reloads("configuration reloaded; nothing changed");
    daemon_stop(daemon_, "enough");
    end();
}

#define SIGNIN "{ issuer = 'https://id.example', client_id = 'tocsin' }, public_url = 'https://tocsin.example'"
#define WEBHOOKS                                                                                               \
    "{ crm = { url = 'https://crm.example/', secret = 'whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=' } " \
    "}"
#define ASSIST "{ url = 'https://llm.example/v1', model = 'm' }"
#define BUCKET "'http://127.0.0.1/b', status_bucket_key = 'k', status_bucket_secret = 's'"

/* Each setting is either applied or named. */
static void no_setting_is_forgotten(void **state)
{
    (void)state;
    size_t n;
    const struct setting *all = configuration_settings(&n);
    assert_int_equal(start_all(NULL), 0);
    for (size_t i = 0; i < n; i++) {
        static const char *const values[] = {[SETTING_TEXT] = "'other'",
                                             [SETTING_INT] = "4321",
                                             [SETTING_DURATION] = "'77h'",
                                             [SETTING_LIST] = "{ 'tags.other' }",
                                             [SETTING_TABLE] = "{ x = 'y' }"};
        const char *value = text_equal(all[i].name, "listen")          ? "'127.0.0.1:4321'"
                            : text_equal(all[i].name, "public_url")    ? "'https://other.example.com'"
                            : text_equal(all[i].name, "log")           ? "'debug'"
                            : text_equal(all[i].name, "zone")          ? "'Europe/Madrid'"
                            : text_equal(all[i].name, "sources")       ? "{ x = { key = 'key-of-x' } }"
                            : text_equal(all[i].name, "status_listen") ? "'127.0.0.1:4322'"
                            : text_equal(all[i].name, "status_bucket") ? BUCKET
                            : text_equal(all[i].name, "signin")        ? SIGNIN
                            : text_equal(all[i].name, "home")          ? "'status'"
                            : text_equal(all[i].name, "webhooks")      ? WEBHOOKS
                            : text_equal(all[i].name, "assist")        ? ASSIST
                            : text_equal(all[i].name, "status_secret") ? "'a secret of at least 20 letters'"
                                                                       : values[all[i].type];
        CLEANUP_FREE char *text =
            xasprintf("return { connectors = { other = {} }, %s = %s }", all[i].name, value);
        CLEANUP_STR struct str said = {0};
        struct error err = {0};
        configure(text);
        if (daemon_reload(daemon_, &said, &err))
            fail_msg("%s: %s", text, err.text);
        const char *waits = strstr(said.p, "; restart tocsind to apply ");
        bool named = waits && strstr(waits, all[i].name);
        if (named == !!(all[i].flags & SETTING_LIVE))
            fail_msg("%s: %s", text, said.p);
    }
    daemon_stop(daemon_, "enough");
    end();
}

int main(void)
{
#define ONE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        ONE(components_start_in_order_and_stop_in_reverse),
        ONE(a_component_may_have_only_a_start),
        ONE(it_runs_until_all_have_drained),
        ONE(a_failed_start_stops_what_was_started),
        ONE(a_start_without_a_configuration_fails),
        ONE(a_reload_checks_all_components_before_it_changes_one),
        ONE(settings_that_wait_for_a_restart_are_named),
        ONE(no_setting_is_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
