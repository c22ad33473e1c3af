#include "../../support/check.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../../support/policy_dir.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "policy/configuration.h"
#include "policy/sources.h"

static struct policy_dir dir;
static struct configuration c;

static int set_up(void **state)
{
    (void)state;
    c = (struct configuration){0};
    policy_dir_init(&dir);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    configuration_finish(&c);
    policy_dir_finish(&dir);
    log_finish();
    return 0;
}

static int load(const char *text, struct error *err)
{
    CLEANUP_FREE char *path = xasprintf("%s/tocsin.lua", dir.path);
    policy_dir_write(&dir, "tocsin.lua", text);
    configuration_finish(&c);
    return configuration_load(path, &c, err);
}

static void assert_loads(const char *text)
{
    struct error err = {0};
    if (load(text, &err))
        fail_msg("%s", err.text);
}

static void assert_error(const char *text, const char *wanted)
{
    struct error err = {0};
    assert_int_not_equal(load(text, &err), 0);
    if (!strstr(err.text, wanted))
        fail_msg("%s\n-> '%s' lacks '%s'", text, err.text, wanted);
}

static void missing_settings_get_their_defaults(void **state)
{
    (void)state;
    assert_loads("return {}");
    assert_string_equal(json_text_or(c.core, "listen", ""), "127.0.0.1:7077");
    assert_int_equal(json_int_or(c.core, "keep_counts", 0), 30 * DAY);
    assert_true(cJSON_IsObject(c.connectors) && !c.connectors->child);
    CLEANUP_FREE char *data = configuration_path(&c, json_text_or(c.core, "data", ""));
    CLEANUP_FREE char *absolute = configuration_path(&c, "/var/lib/tocsin");
    assert_non_null(strstr(data, dir.path));
    assert_true(strlen(data) > 5 && strcmp(data + strlen(data) - 5, "/data") == 0);
    assert_string_equal(absolute, "/var/lib/tocsin");
}

static void lua_may_compute(void **state)
{
    (void)state;
    assert_loads("local port = 7000 + 80\n"
                 "local sources = {}\n"
                 "for _, name in ipairs { 'shop', 'blog' } do sources[name] = { key = name .. '-key-0123', "
                 "service = name } end\n"
                 "return { listen = '127.0.0.1:' .. port, sources = sources, connectors = { console = { "
                 "parallel = 2 } } }");
    assert_string_equal(json_text_or(c.core, "listen", ""), "127.0.0.1:7080");
    assert_string_equal(json_text_or(json_member(json_member(c.core, "sources"), "blog"), "service", ""),
                        "blog");
    assert_int_equal(json_int_or(json_member(c.connectors, "console"), "parallel", 0), 2);
    struct sources *sources;
    struct error err;
    assert_int_equal(sources_create(json_member(c.core, "sources"), &sources, &err), 0);
    struct intake_credential credential = {INTAKE_KEY, "", "shop-key-0123", "1"};
    assert_string_equal(sources_find(sources, &credential)->service, "shop");
    credential.secret = "shop-key-0124";
    assert_null(sources_find(sources, &credential));
    sources_destroy(sources);
}

static void secrets_are_read_from_elsewhere(void **state)
{
    (void)state;
    setenv("TOCSIN_TEST_KEY", "from-the-environment", 1);
    policy_dir_write(&dir, "key", "from-the-file\n");
    assert_loads("return { sources = { a = { key = env('TOCSIN_TEST_KEY') }, b = { key = file('key') } },\n"
                 "connectors = { chat = { token = file('key') } } }");
    const cJSON *sources = json_member(c.core, "sources");
    assert_string_equal(json_text_or(json_member(sources, "a"), "key", ""), "from-the-environment");
    assert_string_equal(json_text_or(json_member(sources, "b"), "key", ""), "from-the-file");
    assert_string_equal(json_text_or(json_member(c.connectors, "chat"), "token", ""), "from-the-file");
    CLEANUP_FREE char *redacted = log_redact("the key from-the-file is from-the-environment");
    assert_string_equal(redacted, "the key [secret] is [secret]");
    unsetenv("TOCSIN_TEST_KEY");
    assert_error("return {\n sources = { a = { key = env('TOCSIN_TEST_KEY') } } }",
                 "tocsin.lua:2: the environment variable TOCSIN_TEST_KEY is not set for configuration_test");
    assert_error("return { x = file('absent') }", "/absent: No such file");
    assert_error("return { x = file('/dev/zero') }", "is not a file");
    policy_dir_write(&dir, "key", " \n");
    assert_error("return { x = file('key') }", "is empty");
    assert_error("return { x = env() }", "bad argument #1");
}

static void errors_give_the_line_and_a_hint(void **state)
{
    (void)state;
    assert_error("return {\n  name = 'x',\n  lisen = '127.0.0.1:1',\n}",
                 "tocsin.lua:3: settings: unknown setting 'lisen'; did you mean 'listen'?");
    assert_error("return {\n\n listen = 7077 }", "tocsin.lua:3: ");
    assert_error("return { listen = '127.0.0.1' }",
                 "tocsin.lua:1: 'listen': \"127.0.0.1\" is not an address to listen on");
    assert_error("return {\n listen = '127.0.0.1:99999' }",
                 "tocsin.lua:2: 'listen': \"127.0.0.1:99999\" is not an address");
    assert_error("return {\n listen = 'nohost.invalid:80' }",
                 "tocsin.lua:2: 'listen': \"nohost.invalid\" is not a numeric");
    assert_error("return {\n status_listen = '127.0.0.1' }", "tocsin.lua:2: 'status_listen'");
    assert_error("return { status_host = 'https://status.acme.example' }",
                 "'status_host' must be a host name alone");
    assert_error("return { status_secret = 'short' }", "'status_secret' must have at least 20 characters");
    assert_error("return { status_bucket = 's3://acme' }", "'status_bucket' must be the address under which");
    assert_error("return { status_bucket = 'https://s3.example.com/a b' }",
                 "'status_bucket' must be the address");
    assert_error("return { status_bucket = 'https://s3.example.com/acme', status_bucket_key = 'k' }",
                 "'status_bucket' needs 'status_bucket_secret', such as");
    assert_error("return { log = 'loud' }", "'log' must be debug, info, warn or error");
    assert_error("return { zone = 'Mars/Olympus' }", "'zone' must be a time zone");
    assert_error("return { public_url = 'tocsin.example.com' }", "'public_url' must begin with https://");
    assert_error("return { announce_fallback = 'ric', connectors = { console = {}, irc = {} } }",
                 "'announce_fallback' must be one of the connectors (console, irc), not 'ric'");
    assert_error("return { keep_counts = '1s' }", "'keep_counts' must be from 1h");
    assert_error("return {\n sources = {\n  shop = { ke = 'x' } } }",
                 "tocsin.lua:3: sources.shop: unknown setting 'ke'; did you mean 'key'?");
    assert_error("return { sources = { shop = {} } }", "sources.shop: 'key' is missing");
    assert_error("return { sources = { shop = 5 } }", "sources.shop: must be a table");
    assert_error("return { connectors = { 'console' } }", "'connectors' must be a table");
    assert_error("return { connectors = { console = 'on' } }", "'console' must be a table of settings");
    assert_error("name = 'x'", "cannot set 'name'");
    assert_error("return 5", "tocsin.lua must end with: return { … }");
    assert_error("", "tocsin.lua must end with: return { … }");
    assert_error("return {", "tocsin.lua:1: ");
    assert_error("return { name = print }", "unknown name 'print'");
    assert_error("while true do end", "stopped after 20,000,000 instructions (the limit of running a file)");
    struct error err;
    assert_int_equal(configuration_load("/nonexistent/tocsin.lua", &c, &err), ERR_NOT_FOUND);
    assert_non_null(strstr(err.text, "tocsin init"));
}

static void connectors_are_in_order_of_name(void **state)
{
    (void)state;
    assert_loads(
        "return { connectors = { slack = {}, console = {}, mail = {}, teams = {}, a1 = {}, zz = {} } }");
    CLEANUP_STR struct str text = {0};
    json_tree(&(struct json_out){.out = &text}, c.connectors);
    assert_string_equal(text.p, "{\"a1\":{},\"console\":{},\"mail\":{},\"slack\":{},\"teams\":{},\"zz\":{}}");
}

static void odd_values_are_refused(void **state)
{
    (void)state;
    assert_error("local t = {} t.t = t return { connectors = { x = t } }",
                 "nested too deeply, or contain themselves");
    assert_error("return { connectors = { x = { f = function() end } } }",
                 "connectors.x.f: function values are not allowed here");
    assert_error("return { connectors = { x = { n = 0/0 } } }", "connectors.x.n: the number is not finite");
    assert_error("return { connectors = { x = { n = math.huge } } }", "not finite");
    assert_error("return { connectors = { x = { s = '\\xff' } } }",
                 "connectors.x.s: the string is not valid UTF-8");
    assert_error("return { connectors = { x = { s = 'a\\0b' } } }",
                 "connectors.x.s: the string is not valid UTF-8");
    assert_error("return { connectors = { x = { 1, 2, a = 3 } } }",
                 "connectors.x: the table mixes a list and named fields");
    assert_error("return { connectors = { x = { [1.5] = 3 } } }", "the name of a field must be a string");
    assert_error("return { connectors = { x = { [''] = {}, ['a\\0'] = 1 } } }",
                 "the name of a field must be a string");
    assert_error("local t = {} for i = 1, 30000 do t[i] = 1 end return { connectors = { x = t } }",
                 "too many values");
}

static void a_model_is_asked_only_what_may_be_sent(void **state)
{
#define ASSIST(more) "return { assist = { model = 'm', url = 'https://llm.example/v1', " more " } }"
    (void)state;
    struct error err;
    assert_int_equal(load(ASSIST("send = { 'title', 'private' }"), &err), 0);
    assert_int_equal(load("return { assist = {} }", &err), 0);
    assert_error("return { assist = { model = 'm' } }", "missing");
    assert_error("return { assist = { model = 'm', url = 'http://llm.example/v1' } }",
                 "assist: 'url' must begin with https://, or be on this machine");
    assert_error(ASSIST("send = {}"), "assist: 'send' must name a field");
    assert_error(
        ASSIST("send = { 'title', 'custommers' }"),
        "no field is called 'custommers'; there are title, service, status, severity, times, past, timeline, "
        "alerts, people, customers and private");
    assert_error(ASSIST("timeout = '1h'"), "timeout");
    assert_error(ASSIST("budget = 5"), "unknown setting 'budget'");
}

static void the_sample_matches_the_table(void **state)
{
    (void)state;
    struct error err = {0};
    CLEANUP_STR struct str sample = {0};
    configuration_sample(&sample);
    FILE *file = fopen("etc/tocsin.lua", "re");
    static char text[65536];
    assert_non_null(file);
    text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
    fclose(file);
    if (strcmp(text, sample.p) != 0)
        fail_msg("etc/tocsin.lua is not what the settings say; it should be:\n%s", sample.p);
    if (load(text, &err))
        fail_msg("%s", err.text);
}

int main(void)
{
#define IN_DIRECTORY(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        IN_DIRECTORY(missing_settings_get_their_defaults), IN_DIRECTORY(lua_may_compute),
        IN_DIRECTORY(secrets_are_read_from_elsewhere),     IN_DIRECTORY(errors_give_the_line_and_a_hint),
        IN_DIRECTORY(connectors_are_in_order_of_name),     IN_DIRECTORY(odd_values_are_refused),
        IN_DIRECTORY(the_sample_matches_the_table),        IN_DIRECTORY(a_model_is_asked_only_what_may_be_sent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
