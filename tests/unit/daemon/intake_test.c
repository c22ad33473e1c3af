/* Who may send alerts, before and after a reload. */
#include "../../support/check.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "../../support/policy_dir.h"
#include "base/log.h"
#include "base/mem.h"
#include "daemon/component.h"
#include "daemon/intake.h"

extern const struct component intake_component;

static struct policy_dir dir;
static struct configuration running;

static void read_configuration(const char *text, struct configuration *ret)
{
    CLEANUP_FREE char *path = xasprintf("%s/tocsin.lua", dir.path);
    struct error err = {0};
    policy_dir_write(&dir, "tocsin.lua", text);
    if (configuration_load(path, ret, &err))
        fail_msg("%s", err.text);
}

#define SHOP "shop = { key = 'key-of-shop', service = 'checkout' }"

static int set_up(void **state)
{
    (void)state;
    policy_dir_init(&dir);
    read_configuration("return { sources = { " SHOP " } }", &running);
    return intake_component.start(NULL, &running, NULL);
}

static int tear_down(void **state)
{
    (void)state;
    intake_component.destroy();
    configuration_finish(&running);
    policy_dir_finish(&dir);
    log_finish();
    return 0;
}

/* What the reload reports, valid until the next one; NULL: the check refused it. */
static const char *reload(const char *text, struct error *err)
{
    static char kept[512];
    CLEANUP_STR struct str said = {0};
    struct configuration fresh;
    read_configuration(text, &fresh);
    if (intake_component.check(&running, &fresh, err)) {
        configuration_finish(&fresh);
        return NULL;
    }
    intake_component.reload(&running, &fresh, &said);
    configuration_finish(&running);
    running = fresh;
    snprintf(kept, sizeof(kept), "%s", str_text(&said));
    return kept;
}

static const struct intake_source *find(const char *key)
{
    const struct intake_config *config = daemon_intake();
    return config->find(config->ctx, &(struct intake_credential){INTAKE_BEARER, "", key, ""});
}

static void sources_are_added_changed_and_removed(void **state)
{
    (void)state;
    assert_string_equal(find("key-of-shop")->service, "checkout");
    assert_null(find("key-of-blog"));
    assert_string_equal(reload("return { sources = { " SHOP ", blog = { key = 'key-of-blog' } } }", NULL),
                        "; source blog added");
    assert_string_equal(find("key-of-blog")->name, "blog");
    assert_string_equal(find("key-of-shop")->name, "shop");
    assert_string_equal(
        reload("return { sources = { shop = { key = 'key-of-shop', service = 'cart' } } }", NULL),
        "; source blog removed; source shop changed");
    assert_null(find("key-of-blog"));
    assert_string_equal(find("key-of-shop")->service, "cart");
    assert_string_equal(
        reload("return { sources = { shop = { key = 'another-key', service = 'cart' } } }", NULL),
        "; source shop changed");
    assert_null(find("key-of-shop"));
    assert_string_equal(find("another-key")->name, "shop");
    assert_string_equal(
        reload("return { sources = { shop = { key = 'another-key', service = 'cart' } } }", NULL), "");
}

static void a_mistake_changes_nothing(void **state)
{
    (void)state;
    struct error err;
    assert_null(reload(
        "return { sources = { a = { key = 'key-of-a-and-b' }, b = { key = 'key-of-a-and-b' } } }", &err));
    assert_non_null(strstr(err.text, "sources.b has the same key as sources.a"));
    assert_null(reload("return { sources = { a = { key = 'short' } } }", &err));
    assert_non_null(strstr(err.text, "sources.a: the key is shorter"));
    assert_null(reload("return { sources = { a = { key = 'key-of-a' } }, customers = { 'nothing' } }", &err));
    assert_non_null(strstr(err.text, "customer path 'nothing'"));
    assert_string_equal(find("key-of-shop")->name, "shop");
    assert_null(find("key-of-a"));
}

static void customers_are_found_in_new_places_after_a_reload(void **state)
{
    (void)state;
    assert_ptr_equal(daemon_intake()->customers, customer_mapping_default());
    assert_string_equal(reload("return { sources = { " SHOP " }, customers = { 'tags.tenant' } }", NULL),
                        "; customers are found by the new paths");
    assert_ptr_not_equal(daemon_intake()->customers, customer_mapping_default());
    assert_string_equal(reload("return { sources = { " SHOP " } }", NULL),
                        "; customers are found by the new paths");
    assert_ptr_equal(daemon_intake()->customers, customer_mapping_default());
}

static void what_a_request_holds_outlives_a_reload(void **state)
{
    (void)state;
    struct intake_config *held = daemon_intake();
    const struct intake_source *shop = find("key-of-shop");
    intake_config_hold(held);
    assert_string_equal(reload("return { sources = { blog = { key = 'key-of-blog' } } }", NULL),
                        "; source shop removed; source blog added");
    assert_null(find("key-of-shop"));
    assert_string_equal(shop->service, "checkout");
    intake_config_release(held);
}

int main(void)
{
    if (sodium_init() < 0)
        return 1;
#define ONE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        ONE(sources_are_added_changed_and_removed),
        ONE(a_mistake_changes_nothing),
        ONE(customers_are_found_in_new_places_after_a_reload),
        ONE(what_a_request_holds_outlives_a_reload),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
