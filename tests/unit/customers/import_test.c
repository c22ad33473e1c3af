/* Customers from a file: rows are taken whole or refused, and a file says what it would change. */
#include "../command/rig.h"

#include "customers/csv.h"
#include "customers/import.h"

static struct rig *rig;

static int set_up(void **state)
{
    (void)state;
    rig = rig_create();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    rig_destroy(rig);
    return 0;
}

static char *import(const char *csv, bool dry)
{
    struct import import;
    struct error err;
    struct str out = {0};
    int rc = import_csv(rig->core, csv, strlen(csv), &import, &err);
    if (rc) {
        str_addf(&out, "! %s", err.text);
        import_finish(&import);
        return str_take(&out);
    }
    struct turn *turn = turn_begin(rig->core, rig->now);
    if (!dry)
        assert_int_equal(import_store(turn, "ben", &import, &err), 0);
    turn_commit(turn, NULL, NULL);
    rig_settle(rig);
    import_encode(&import, &out);
    import_finish(&import);
    return str_take(&out);
}

static void expect(const char *csv, const char *result)
{
    CLEANUP_FREE char *got = import(csv, false);
    if (!strstr(got, result))
        fail_msg("%s\nis not in\n%s", result, got);
}

static void rows_become_records(void **state)
{
    (void)state;
    expect("key,name,tier,cares,contacts,routes,aliases,domains\r\n"
           "acme,\"Acme, \"\"GmbH\"\"\",gold,yes,Jo Doe <jo@acme.example> billing; it@acme.example,console "
           "acme;email:ops@acme.example,"
           "acme-inc,acme.example\r\n",
           "\"new\":1,\"changed\":0,\"same\":0,\"refused\":0");
    const struct customer *acme = customers_get(rig->core, "acme-inc");
    assert_string_equal(acme->name, "Acme, \"GmbH\"");
    assert_true(acme->cares);
    assert_int_equal(acme->contacts.n, 2);
    assert_string_equal(acme->contacts.v[0].role, "billing");
    assert_string_equal(acme->routes.v[1].address, "ops@acme.example");
    expect("key;tier\nacme;silver\n", "tier: gold -> silver");
    assert_string_equal(customers_get(rig->core, "acme")->name,
                        "Acme, \"GmbH\""); /* the file had no such column */
    expect("key\ttier\nacme\t\n", "tier: silver -> nothing");
    expect("\xef\xbb\xbfkey,tier\n\nacme,\n", "\"same\":1,\"refused\":0,\"rows\":[]");
}

static void rows_as_people_write_them(void **state)
{
    (void)state;
    expect("key, name, tier\nacme, \"Acme, Inc\", gold\n", "\"new\":1");
    assert_string_equal(customers_get(rig->core, "acme")->name, "Acme, Inc");
    assert_string_equal(customers_get(rig->core, "acme")->tier, "gold");
    /* a program that leaves out empty cells at the end takes nothing away */
    expect("key,name,tier\nacme,Acme\n", "\"detail\":\"name: Acme, Inc -> Acme\"");
    expect("key,name\nacme,Acme, Inc\n",
           "The row has more cells than the first line: ' Inc'. Put a text with a separator in quotes.");
    expect("key,aliases,domains\nacme,a1; A1;ACME ;a2,acme.example;Acme.Example\n", "\"changed\":1");
    assert_int_equal(customers_get(rig->core, "acme")->aliases.n, 2);
    assert_int_equal(customers_get(rig->core, "acme")->domains.n, 1);
}

static void a_new_row_says_what_it_has(void **state)
{
    (void)state;
    expect("key,name,contacts\nacme,Acme,Jo <jo@acme.example>\n",
           "\"what\":\"new\",\"detail\":\"name: Acme; contacts: "
           "[{\\\"name\\\":\\\"Jo\\\",\\\"email\\\":\\\"jo@acme.example\\\"}]\"");
    expect("key\nglobex\n", "{\"line\":2,\"key\":\"globex\",\"what\":\"new\"}");
}

static void a_connector_that_is_not_set_up_is_named(void **state)
{
    (void)state;
    expect("key,routes\nacme,emial ops@acme.example; console acme-room\nglobex,emial it@globex.example\n",
           "\"unknown_connectors\":[\"emial\"]");
}

static void a_dry_run_stores_nothing(void **state)
{
    (void)state;
    CLEANUP_FREE char *said = import("key,name\nacme,Acme\n", true);
    assert_non_null(strstr(said, "\"new\":1"));
    assert_int_equal(customers_count(rig->core), 0);
}

static void bad_rows_are_refused_with_line_and_reason(void **state)
{
    (void)state;
    expect("key,tier,domains\nacme,gold,acme.example\n,silver,\nglobex,bronze,acme.example\nACME,gold,\nbolt,"
           "\"two\nlines\",\n"
           "zip,a,b,c,d\nlast,x,\n",
           "{\"new\":2,\"changed\":0,\"same\":0,\"refused\":5,\"rows\":[");
    assert_int_equal(customers_count(rig->core), 2);
    assert_non_null(customers_get(rig->core, "last"));
    expect("key,cares\nacme,perhaps\n",
           "\"line\":2,\"key\":\"acme\",\"what\":\"refused\",\"detail\":\"cares must be true or false.\"");
    expect("key,owner\nacme,who\n", "The owner 'who' matches nobody");
    expect("key,contacts\nacme,Jo <jo>\nglobex,jo@x y\n", "\"refused\":0");
}

static void a_file_that_makes_no_sense_is_refused(void **state)
{
    (void)state;
    expect("", "! The file needs a line of column names");
    expect("key,colour\nacme,red\n", "! Line 1: unknown column 'colour'");
    expect("key,tier,tier\nacme,a,b\n", "! Line 1: the column tier is there twice");
    expect("name,tier\nAcme,gold\n", "! Line 1: there is no column named key");
    expect("key,name\nacme,\"Acme\n", "! line 2: a quote is not closed");
    expect("key,name\nacme,\"Acme\"x\n", "! line 2: text follows a closing quote");
    expect("key,name\nacme,\xff\n", "! the file is not UTF-8");
}

static void what_is_exported_imports_as_the_same(void **state)
{
    (void)state;
    struct import import;
    struct error err;
    CLEANUP_STR struct str record = {0}, list = {0}, out = {0};
    CLEANUP_JSON cJSON *json = NULL;
    rig_expect(rig, "ben", 0, "customer acme contact Jo <jo@acme.example>", "jo@acme.example");
    customer_encode(customers_get(rig->core, "acme"), &record);
    str_addf(&list, "[%s,{\"key\":\"acme\"},7,{\"key\":\"x\",\"a\":1},{\"key\":\"y\",\"contacts\":null}]",
             record.p);
    assert_int_equal(json_parse(list.p, list.len, SIZE_MAX, JSON_DEPTH, "it", &json, &err), 0);
    assert_int_equal(import_json(rig->core, json, &import, &err), 0);
    import_encode(&import, &out);
    assert_non_null(strstr(out.p, "\"new\":1,\"changed\":0,\"same\":1,\"refused\":3"));
    import_finish(&import);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(rows_become_records),
        TEST(rows_as_people_write_them),
        TEST(a_new_row_says_what_it_has),
        TEST(a_connector_that_is_not_set_up_is_named),
        TEST(a_dry_run_stores_nothing),
        TEST(bad_rows_are_refused_with_line_and_reason),
        TEST(a_file_that_makes_no_sense_is_refused),
        TEST(what_is_exported_imports_as_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
