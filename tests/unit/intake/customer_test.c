#include "../../support/check.h"

#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "intake/customer.h"

static const struct alert_tag tags[] = {{"tenant", "t-1"}, {"tenant_name", "Tenant One"}, {"shop", "s-9"}};

static struct alert an_alert(void)
{
    struct alert alert;
    alert_init(&alert, "generic", 0);
    alert.tags = tags;
    alert.n_tags = ARRAY_SIZE(tags);
    alert.who.user = "u1";
    alert.who.user_email = "ana@acme.example";
    return alert;
}

static void apply(const char *key, const char *name, const char *json, struct alert *alert, struct arena *arena)
{
    struct customer_mapping *mapping;
    struct error err;
    CLEANUP_JSON cJSON *doc = NULL;
    *alert = an_alert();
    if (json)
        assert_int_equal(json_parse(json, strlen(json), 1000, 9, "test", &doc, &err), 0);
    assert_int_equal(customer_mapping_create(&key, 1, &name, name ? 1 : 0, &mapping, &err), 0);
    customer_apply(mapping, alert, doc, arena);
    alert->who.customer =
        arena_copy(arena, alert->who.customer, strlen(alert->who.customer)); /* the document is freed */
    alert->who.customer_name = arena_copy(arena, alert->who.customer_name, strlen(alert->who.customer_name));
    customer_mapping_destroy(mapping);
}

static void test_each_place(void **state)
{
    static const char doc[] = "{\"contexts\":{\"account\":{\"id\":77,\"name\":\"Acme\"}},\"extra\":{\"x\":{}}}";
    static const struct {
        const char *path, *found;
    } cases[] = {
        {"tags.shop", "s-9"},
        {"labels.shop", "s-9"},
        {"annotations.shop", "s-9"},
        {"tags.nothing", ""},
        {"user.id", "u1"},
        {"user.email", "ana@acme.example"},
        {"user.domain", "acme.example"},
        {"contexts.account.id", "77"},
        {"contexts.account", ""},
        {"extra.x.y.z", ""},
        {"service", ""},
    };
    (void)state;
    struct arena arena = {0};
    struct alert alert;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        apply(cases[i].path, NULL, doc, &alert, &arena);
        assert_string_equal(alert.who.customer, cases[i].found);
    }
    apply("contexts.account.id", "contexts.account.name", doc, &alert, &arena);
    assert_string_equal(alert.who.customer_name, "Acme");
    apply("contexts.account.id", NULL, NULL, &alert, &arena);
    assert_string_equal(alert.who.customer, "");
    arena_finish(&arena);
}

static void test_the_default_uses_the_first_path_with_text(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct alert alert = an_alert();
    customer_apply(NULL, &alert, NULL, &arena);
    assert_string_equal(alert.who.customer, "t-1");
    assert_string_equal(alert.who.customer_name, "Tenant One");
    alert = an_alert();
    alert.n_tags = 0;
    customer_apply(NULL, &alert, NULL, &arena);
    assert_string_equal(alert.who.customer, "u1");
    alert = an_alert();
    alert.who.customer = "said by the sender";
    customer_apply(NULL, &alert, NULL, &arena);
    assert_string_equal(alert.who.customer, "said by the sender");
    arena_finish(&arena);
}

static void test_wrong_paths_are_named(void **state)
{
    static const char *const wrong[] = {"", ".", "a..b", "tags.", "customer", "a.b.c.d.e.f.g.h.i"};
    (void)state;
    struct customer_mapping *mapping;
    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
        struct error err;
        assert_int_equal(customer_mapping_create(&wrong[i], 1, NULL, 0, &mapping, &err), ERR_INVALID);
        assert_non_null(strstr(err.text, wrong[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_place),
        cmocka_unit_test(test_the_default_uses_the_first_path_with_text),
        cmocka_unit_test(test_wrong_paths_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
