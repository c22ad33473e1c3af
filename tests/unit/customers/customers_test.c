/* The directory of customers: what people type, what is refused, what survives, and who may see what. */
#include "../command/rig.h"

#include "customers/customers.h"

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

static void says(const char *text, const char *answer)
{
    rig_expect(rig, "ben", 0, text, answer);
}

static const struct customer *get(const char *key)
{
    const struct customer *customer = customers_get(rig->core, key);
    assert_non_null(customer);
    return customer;
}

static void a_first_change_begins_a_record(void **state)
{
    (void)state;
    says("customer", "0 customers are in the directory");
    says("customer acme", "! No customer is called 'acme'");
    says("customer acme name Acme GmbH", "**Acme GmbH** (key acme)");
    says("customer ACME tier gold", "gold");
    says("customer acme cares", "watched over");
    says("customer acme language pt-BR", "pt-BR");
    says("customer acme owner @ana-maria", "Owner: Ana");
    says("customer acme contact Jo Doe <jo@acme.example> billing", "Jo Doe (jo@acme.example), billing");
    says("customer acme route email ops@acme.example", "ops@acme.example on email");
    says("customer acme prefer console acme-room", "acme-room on console, then ops@acme.example on email");
    says("customer acme alias acme-inc", "Aliases: acme-inc");
    says("customer acme domain Acme.Example", "Domains: acme.example");
    says("customer acme wish security-only", "security only");
    const struct customer *acme = get("acme-INC");
    assert_string_equal(acme->key, "acme");
    assert_string_equal(acme->routes.v[0].connector, "console");
    assert_string_equal(acme->domains.v[0], "acme.example");
    says("customer acme no tier", "(key acme), watched over");
    says("customer acme no contact JO@acme.example", "(key acme)");
    says("customer acme no route email ops@acme.example", "acme-room on console");
    says("customer acme no alias acme-inc", "(key acme)");
    says("customer acme no wish", "(key acme)");
    says("customer acme cares no", "(key acme)\n");
    assert_int_equal(get("acme")->contacts.n, 0);
    assert_int_equal(get("acme")->routes.n, 1);
    assert_null(customers_get(rig->core, "acme-inc"));
    says("customer acme forget", "no longer in the directory");
    assert_null(customers_get(rig->core, "acme"));
}

static void what_is_wrong_is_said_and_changes_nothing(void **state)
{
    (void)state;
    says("customer acme name Acme", "Acme");
    says("customer globex alias glob", "Aliases: glob");
    says("customer acme alias globex", "! The alias 'globex' belongs to globex");
    says("customer acme alias GLOB", "! The alias 'GLOB' belongs to globex");
    says("customer glob-2 alias acme", "! The alias 'acme' belongs to acme");
    says("customer globex domain globex.example", "globex.example");
    says("customer acme domain GLOBEX.example", "! The domain 'globex.example' belongs to globex");
    says("customer acme domain nonsense", "! 'nonsense' is not a domain");
    says("customer acme contact jo@", "! The contact's address 'jo@' is not an e-mail address");
    says("customer acme contact", "! Say which contact");
    says("customer acme route email", "! Say which route: `customer acme route email ops@acme.example`");
    says("customer acme language German", "! Unknown language 'German'");
    says("customer acme wish silence", "! Unknown wish 'silence'. Choose no-contact or security-only");
    says("customer acme cares maybe", "! 'maybe' is neither yes nor no");
    says("customer acme owner nobody-here",
         "! 'nobody-here' matches nobody, or more than one person. Mention them");
    says("customer acme route emial ops@acme.example",
         "No connector is called emial here, so nothing goes that way.");
    says("customer acme no route emial ops@acme.example", "No route is set");
    says("customer acme colour red", "! 'colour' is not a field of a customer. Choose name, tier");
    says("customer acme no colour", "! 'colour' is not a field");
    says("customer acme no", "! Say what to take away");
    says("customer acme no alias acme-ltd", "! Acme has no alias 'acme-ltd'");
    says("customer add Acme", "! To say who is affected, type `customers add Acme`");
    says("customer acme forget", "no longer");
    says("customer acme forget", "! No customer has the key 'acme'");
    says("customer acme no tier", "! No customer is called 'acme'");
    says("customer a*b no tier", "! No customer is called 'a\\*b'");
    assert_int_equal(customers_count(rig->core), 1);
}

/* Customers and machines write whatever they like: it shows as it is. */
static void what_is_written_is_literal(void **state)
{
    (void)state;
    says("customer acme name __init__ [click](https://evil.example/)", "\\[click\\](https");
    says("customer acme alias a*b*c <!channel>", "a\\*b\\*c \\<!channel");
    says("customer acme language de-", "! Unknown language 'de-'");
    says("customer acme language zh-Hans-TW", "zh-Hans-TW");
}

static void a_name_of_two_needs_a_key(void **state)
{
    const struct customer *found;
    struct error err;
    (void)state;
    says("customer a name Acme", "(key a)");
    says("customer b name acme", "(key b)");
    says("customer acme", "! 'acme' is more than one customer: a, b. Use a key.");
    says("customer b name Bolt", "(key b)");
    says("customer acme", "(key a)");
    says("customer a contact it@shared.example", "it@shared.example");
    says("customer b contact it@shared.example", "it@shared.example");
    assert_null(customers_of_email(rig->core, "it@shared.example"));
    assert_int_equal(customers_find(rig->core, "IT@shared.example", &found, &err), ERR_REFUSED);
    says("customer a domain a.example", "a.example");
    assert_ptr_equal(customers_of_email(rig->core, "who@mail.A.example"), customers_get(rig->core, "a"));
    assert_null(customers_of_email(rig->core, "who@nota.example"));
    assert_null(customers_of_email(rig->core, "who"));
}

static void a_route_leads_to_its_customer(void **state)
{
    (void)state;
    says("customer a route slack C0123ABCD", "C0123ABCD on slack");
    assert_ptr_equal(customers_of_route(rig->core, "slack", "C0123ABCD"), get("a"));
    assert_null(customers_of_route(rig->core, "console", "C0123ABCD"));
    says("customer b route slack C0123ABCD", "C0123ABCD on slack");
    assert_null(customers_of_route(rig->core, "slack", "C0123ABCD"));
    says("customer b no route slack C0123ABCD", "(key b)");
    assert_ptr_equal(customers_of_route(rig->core, "slack", "C0123ABCD"), get("a"));
}

/* What was of two for a while leads to the one who still has it. */
static void what_is_of_one_again_leads_to_them(void **state)
{
    (void)state;
    says("customer a name Acme", "(key a)");
    says("customer b name Acme", "(key b)");
    says("customer c name Acme", "(key c)");
    says("customer a route email it@shared.example", "it@shared.example");
    says("customer b contact it@shared.example", "it@shared.example");
    assert_null(customers_of_email(rig->core, "it@shared.example"));
    says("customer b no contact it@shared.example", "(key b)");
    assert_ptr_equal(customers_of_email(rig->core, "it@shared.example"), get("a"));
    says("customer a contact it@shared.example", "it@shared.example");
    says("customer a no route email it@shared.example", "(key a)");
    assert_ptr_equal(customers_of_email(rig->core, "it@shared.example"), get("a"));
    says("customer b forget", "no longer");
    says("customer acme", "! 'acme' is more than one customer: a, c. Use a key.");
    says("customer c forget", "no longer");
    says("customer acme", "(key a)");
    says("customer a forget", "no longer");
    says("customer acme", "! No customer is called 'acme'");
    says("customer d name Acme", "(key d)");
    says("customer acme", "(key d)");
}

/* Nothing that somebody typed is passed over. */
static void what_is_taken_away_is_named_exactly(void **state)
{
    (void)state;
    says("customer acme name Acme", "Acme");
    says("customer acme tier gold", "gold");
    says("customer acme wish no-contact", "no contact");
    says("customer acme forget jo@acme.example", "! `customer acme forget` takes nothing more");
    says("customer Acme forget tier", "! `customer acme forget` takes nothing more");
    says("customer acme no tier silver", "! Acme has no tier 'silver'");
    says("customer acme no wish security-only", "! Acme has no wish 'security-only'");
    says("customer acme no cares about us", "! `customer acme no cares` takes nothing more");
    assert_string_equal(get("acme")->tier, "gold");
    says("customer acme no wish no-contact", "gold");
    says("customer acme no tier GOLD", "(key acme)");
    assert_null(get("acme")->tier);
}

/* Somebody's address shows the record, but a change needs the key: it may be meant for the one who writes. */
static void an_address_changes_nothing(void **state)
{
    (void)state;
    says("customer acme name Acme", "Acme");
    says("customer acme domain acme.example", "acme.example");
    says("customer acme contact it@shared.example", "it@shared.example");
    says("customer jo@acme.example", "(key acme)");
    says("customer jo@acme.example name Jo",
         "! 'jo@acme.example' is an address of Acme. Use their key: `customer acme …`");
    says("customer it@shared.example tier gold", "! 'it@shared.example' is an address of Acme");
    says("customer jo@eu.acme.example forget", "! 'jo@eu.acme.example' is an address of Acme");
    says("customer acme alias jo@acme.example", "Aliases: jo@acme.example");
    says("customer JO@acme.example tier gold", "gold");
    assert_string_equal(get("acme")->name, "Acme");
    says("customer zed@other.example name Zed", "(key zed@other.example)");
}

static void keys_of_incidents_wait_to_be_named(void **state)
{
    (void)state;
    says("checkout is slow", "INC-1 is open");
    rig_expect(rig, "ben", 1, "customers add umbrella", "affects 1 customer");
    says("customer", "Seen in incidents, but not in the directory:\n- umbrella, in INC-1");
    says("customer globex alias umbrella", "Aliases: umbrella");
    CLEANUP_FREE char *answer = rig_line(rig, "ben", 0, "customer");
    assert_null(strstr(answer, "not in the directory"));
}

static void nobody_learns_who_a_private_incident_affects(void **state)
{
    (void)state;
    says("declare --private payroll leak", "INC-1");
    rig_expect(rig, "ben", 1, "customers add canary-corp", "affects 1 customer");
    rig_expect(rig, "ben", 0, "customer", "canary-corp, in INC-1");
    CLEANUP_FREE char *answer = rig_line(rig, "ana", 0, "customer");
    assert_null(strstr(answer, "canary"));
    assert_null(strstr(answer, "INC-1"));
}

static void affect(uint64_t incident, const char *name)
{
    struct turn *turn = turn_begin(rig->core, rig->now);
    struct command command = {
        .verb = "customer", .by = BY_SYSTEM, .automatic = true, .name = "k-17", .text = name};
    assert_int_equal(turn_do(turn, incident, &command, NULL, NULL), 0);
    turn_commit(turn, NULL, NULL);
    rig_settle(rig);
}

/* The name that a private incident gives is as private as the incident. */
static void a_private_name_does_not_show_beside_a_public_key(void **state)
{
    (void)state;
    says("checkout is slow", "INC-1 is open");
    says("declare --private payroll leak", "INC-2");
    affect(1, NULL);
    affect(2, "Canary Corp");
    CLEANUP_FREE char *after = rig_line(rig, "ana", 0, "customer");
    assert_non_null(strstr(after, "k-17, in INC-1"));
    says("disk is full", "INC-3 is open");
    affect(3, "Kay");
    rig_expect(rig, "ana", 0, "customer", "k-17 (Kay), in INC-3");
}

static void a_private_name_goes_when_the_key_shows(void **state)
{
    (void)state;
    says("declare --private payroll leak", "INC-1");
    says("checkout is slow", "INC-2 is open");
    affect(1, "Canary Corp");
    rig_expect(rig, "ben", 0, "customer", "k-17 (Canary Corp), in INC-1");
    affect(2, NULL);
    CLEANUP_FREE char *after = rig_line(rig, "ana", 0, "customer");
    assert_non_null(strstr(after, "k-17, in INC-2"));
}

static void the_journal_keeps_it(void **state)
{
    (void)state;
    says("customer acme name Acme GmbH", "Acme");
    says("customer acme alias acme-inc", "acme-inc");
    says("checkout is slow", "INC-1 is open");
    rig_expect(rig, "ben", 1, "customers add umbrella", "affects 1 customer");
    memory_store_fail_next(rig->memory, 1);
    CLEANUP_FREE char *lost = rig_line(rig, "ben", 0, "customer acme tier gold");
    for (int i = 0; i < 10 && !core_ready(rig->core, NULL); i++) {
        rig->now += SECOND;
        rig_settle(rig);
    }
    assert_null(get("acme-inc")->tier);
    assert_string_equal(get("acme")->name, "Acme GmbH");
    says("customer", "umbrella, in INC-1");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_first_change_begins_a_record),
        TEST(what_is_wrong_is_said_and_changes_nothing),
        TEST(what_is_written_is_literal),
        TEST(a_name_of_two_needs_a_key),
        TEST(a_route_leads_to_its_customer),
        TEST(what_is_of_one_again_leads_to_them),
        TEST(what_is_taken_away_is_named_exactly),
        TEST(an_address_changes_nothing),
        TEST(a_private_name_does_not_show_beside_a_public_key),
        TEST(a_private_name_goes_when_the_key_shows),
        TEST(keys_of_incidents_wait_to_be_named),
        TEST(nobody_learns_who_a_private_incident_affects),
        TEST(the_journal_keeps_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
