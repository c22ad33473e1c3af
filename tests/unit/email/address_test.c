/* Which texts are addresses and ids, and what our own signed ones prove. */
#include <stdio.h>
#include <string.h>

#include "../../support/check.h"
#include "email/address.h"

static struct email_self self;

static int set_up(void **state)
{
    (void)state;
    return email_self_init(&self, "incidents@example.com", '+', "a secret of the tests", "") ? -1 : 0;
}

static void an_address_is_one_mailbox(void **state)
{
    (void)state;
    static const char *const good[] = {
        "ops@acme.example",        "a@b",         "o'neil+x=1@mail.acme-corp.example", "A.B-c_d@x.y",
        "x@xn--bcher-kva.example", "1@1.example", "!#$%&'*+-/=?^_`{|}~@a.example"};
    static const char *const bad[] = {"",
                                      "ops",
                                      "@acme.example",
                                      "ops@",
                                      "ops@acme.example\r\nBcc: x@y",
                                      "ops@acme.example\nDATA",
                                      "ops@acme.example> NOTIFY=NEVER",
                                      "<ops@acme.example>",
                                      "Ops <ops@acme.example>",
                                      "a@b@c.example",
                                      "a b@c.example",
                                      "a,b@c.example",
                                      "\"a b\"@c.example",
                                      ".a@c.example",
                                      "a.@c.example",
                                      "a..b@c.example",
                                      "a@c..example",
                                      "a@.example",
                                      "a@example.",
                                      "a@-x.example",
                                      "a@x-.example",
                                      "a@[127.0.0.1]",
                                      "a@c.example ",
                                      "a@c.example;x",
                                      "a(comment)@c.example",
                                      "ü@c.example",
                                      "a@bücher.example",
                                      "a\x01@c.example",
                                      "a@c.example\x7f"};
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        assert_true(email_address_valid(good[i]));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (email_address_valid(bad[i]))
            fail_msg("taken for an address: %s", bad[i]);
    }
}

static void an_address_has_a_length(void **state)
{
    (void)state;
    char text[400];
    snprintf(text, sizeof(text), "%064d@c.example", 1);
    assert_true(email_address_valid(text));
    snprintf(text, sizeof(text), "%065d@c.example", 1);
    assert_false(email_address_valid(text));
    snprintf(text, sizeof(text), "a@%064d.example", 1);
    assert_false(email_address_valid(text));
    snprintf(text, sizeof(text), "a@%060d.%060d.%060d.%060d.%060d", 1, 1, 1, 1, 1);
    assert_false(email_address_valid(text));
}

static void an_id_ends_no_header(void **state)
{
    (void)state;
    assert_true(email_id_valid("CAF=abc+def_1@mail.gmail.com"));
    assert_true(email_id_valid("a$b@[10.0.0.1]"));
    static const char *const bad[] = {"",      "x",     "@",           "a@",    "@b", "a@b>",
                                      "<a@b>", "a b@c", "a@b\r\nX: y", "a@b@c", "ü@c"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (email_id_valid(bad[i]))
            fail_msg("taken for an id: %s", bad[i]);
    }
}

static void domains_are_within_domains(void **state)
{
    (void)state;
    assert_true(email_domain_within("Acme.example", "acme.EXAMPLE"));
    assert_true(email_domain_within("mail.acme.example", "acme.example"));
    assert_false(email_domain_within("notacme.example", "acme.example"));
    assert_false(email_domain_within("acme.example", "mail.acme.example"));
    assert_false(email_domain_within("acme.example", ""));
    assert_string_equal(email_domain("a@b.example"), "b.example");
    assert_string_equal(email_domain("nobody"), "");
}

static struct email_token token_for(enum email_kind kind, uint64_t incident, const char *address)
{
    struct email_token token = {.kind = kind, .incident = incident};
    email_party(&self, address, token.party);
    email_key(&self, "tell:INC-42/1:acme:email", token.key);
    return token;
}

static void a_token_comes_back_whole(void **state)
{
    (void)state;
    static const enum email_kind kinds[] = {EMAIL_FOR_ANSWER, EMAIL_FOR_BOUNCE, EMAIL_FOR_CHANNEL,
                                            EMAIL_FOR_UNSUBSCRIBE};
    static const uint64_t incidents[] = {0, 1, 42, 1234567890, UINT64_MAX};
    for (size_t i = 0; i < 4 * 5; i++) {
        char address[EMAIL_ADDRESS];
        struct email_token got, token = token_for(kinds[i % 4], incidents[i / 4], "ops@acme.example");
        email_token_address(&self, &token, address);
        assert_true(email_address_valid(address) || incidents[i / 4] == UINT64_MAX);
        assert_true(email_token_of_address(&self, address, &got));
        assert_int_equal(got.kind, token.kind);
        assert_true(got.incident == token.incident);
        assert_string_equal(got.party, token.party);
        assert_string_equal(got.key, token.key);
    }
}

static void the_longest_own_address_fits(void **state)
{
    (void)state;
    struct email_self longest;
    char address[EMAIL_ADDRESS];
    assert_null(email_self_init(&longest, "fifteen-letters@example.com", '+', "a secret of the tests", ""));
    struct email_token token = token_for(EMAIL_FOR_BOUNCE, 99999, "ops@acme.example");
    email_token_address(&longest, &token, address);
    assert_true(email_address_valid(address));
    assert_non_null(
        email_self_init(&longest, "sixteen-letters-@example.com", '+', "a secret of the tests", ""));
    assert_non_null(email_self_init(&longest, "nobody", '+', "a secret of the tests", ""));
}

static void case_does_not_matter(void **state)
{
    (void)state;
    char address[EMAIL_ADDRESS];
    struct email_token got, token = token_for(EMAIL_FOR_ANSWER, 42, "Ops@ACME.example");
    email_token_address(&self, &token, address);
    for (char *p = address; *p; p++)
        *p = (char)(*p >= 'a' && *p <= 'z' ? *p - 32 : *p);
    assert_true(email_token_of_address(&self, address, &got));
    struct email_token other = token_for(EMAIL_FOR_ANSWER, 42, "ops@acme.example");
    assert_string_equal(got.party, other.party);
}

static void whatever_is_changed_is_not_ours(void **state)
{
    (void)state;
    char address[EMAIL_ADDRESS], changed[EMAIL_ADDRESS];
    struct email_token got, token = token_for(EMAIL_FOR_ANSWER, 42, "ops@acme.example");
    email_token_address(&self, &token, address);
    size_t n = strcspn(address, "@");
    for (size_t i = strlen("incidents+"); i < n; i++) {
        snprintf(changed, sizeof(changed), "%s", address);
        changed[i] = changed[i] == 'b' ? 'c' : 'b';
        assert_false(email_token_of_address(&self, changed, &got));
    }
    snprintf(changed, sizeof(changed), "%.*s@example.org", (int)n, address);
    assert_false(email_token_of_address(&self, changed, &got));
    snprintf(changed, sizeof(changed), "%.*sx@example.com", (int)n, address);
    assert_false(email_token_of_address(&self, changed, &got));
    assert_false(email_token_of_address(&self, "incidents+@example.com", &got));
    assert_false(email_token_of_address(&self, "incidents+r.42..@example.com", &got));
    assert_false(email_token_of_address(&self, "incidents+r.42.@example.com", &got));
    assert_false(email_token_of_address(&self, "incidents@example.com", &got));
    assert_false(email_token_of_address(&self, "@", &got));
}

static void an_earlier_secret_still_reads(void **state)
{
    (void)state;
    struct email_self later;
    char address[EMAIL_ADDRESS];
    struct email_token got, token = token_for(EMAIL_FOR_ANSWER, 42, "ops@acme.example");
    email_token_address(&self, &token, address);
    assert_null(email_self_init(&later, "incidents@example.com", '+', "another secret of tests", ""));
    assert_false(email_token_of_address(&later, address, &got));
    assert_null(email_self_init(&later, "incidents@example.com", '+', "another secret of tests",
                                "a secret of the tests"));
    assert_true(email_token_of_address(&later, address, &got));
}

static void ids_of_ours_are_known(void **state)
{
    (void)state;
    char id[EMAIL_ID];
    struct email_token got, token = token_for(EMAIL_FOR_MESSAGE, 42, "ops@acme.example");
    email_token_id(&self, &token, id);
    assert_true(email_id_valid(id));
    assert_true(email_token_of_id(&self, id, &got));
    assert_true(got.incident == 42);
    token.kind = EMAIL_FOR_ANSWER; /* what is in an address is not valid as an id */
    email_token_id(&self, &token, id);
    assert_false(email_token_of_id(&self, id, &got));
    assert_false(email_token_of_id(&self, "CAF=abc@mail.gmail.com", &got));
}

static void our_own_address_is_known(void **state)
{
    (void)state;
    assert_true(email_is_self(&self, "Incidents@Example.com"));
    assert_true(email_is_self(&self, "incidents+anything@example.com"));
    assert_false(email_is_self(&self, "incidentsx@example.com"));
    assert_false(email_is_self(&self, "incidents@example.org"));
    assert_false(email_is_self(&self, ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_is_one_mailbox),     cmocka_unit_test(an_address_has_a_length),
        cmocka_unit_test(an_id_ends_no_header),          cmocka_unit_test(domains_are_within_domains),
        cmocka_unit_test(a_token_comes_back_whole),      cmocka_unit_test(the_longest_own_address_fits),
        cmocka_unit_test(case_does_not_matter),          cmocka_unit_test(whatever_is_changed_is_not_ours),
        cmocka_unit_test(an_earlier_secret_still_reads), cmocka_unit_test(ids_of_ours_are_known),
        cmocka_unit_test(our_own_address_is_known),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
