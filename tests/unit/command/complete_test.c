#include "policy_rig.h"

#include "command/complete.h"

#define POLICY                                                                                                 \
    "people { ana = { name = \"Ana María\" }, zoe = { name = \"Zoe\" } }\n"                                   \
    "team { name = \"payments\", people = { \"ana\" } }\n"                                                     \
    "service { name = \"checkout\", team = \"payments\" }\n"                                                   \
    "command { name = \"shopcheck\", help = \"looks at the shop\", run = function() end }\n"

static void add_line(void *ctx, const char *line, const char *hint)
{
    struct str *out = ctx;
    (void)hint;
    str_addf(out, "%s%s", out->len ? "|" : "", line);
}

static void offers(struct completing who, const char *typed, const char *wanted)
{
    CLEANUP_STR struct str out = {0};
    who.most = who.most ? who.most : 100;
    command_complete(rig->core, &who, typed, add_line, &out);
    if (strcmp(str_text(&out), wanted) != 0)
        fail_msg("%s\n  wanted %s\n  got    %s", typed, wanted, str_text(&out));
}

static const struct completing acts = {.person = "ana", .has = ACCESS_ACT, .here = 1};

static void a_word_goes_on_as_what_it_can_be(void **state)
{
    (void)state;
    offers(acts, "pa", "pause |page |pages");
    offers(acts, "shop", "shopcheck ");
    offers(acts, "sev ", "sev minor|sev major|sev critical");
    offers(acts, "Sev MA", "Sev major");
    offers(acts, "status f", "status fixing");
    offers(acts, "role sc", "");
    offers(acts, "role co", "role comms");
    offers(acts, "role comms @z", "role comms @zoe");
    offers(acts, "lead m", "lead me");
    offers(acts, "lead Ana", "lead @ana");
    offers(acts, "team p", "team payments");
    offers(acts, "service ", "service checkout");
    offers(acts, "page pay", "page payments");
    offers(acts, "private o", "private on|private off");
    offers(acts, "note ask @z", "note ask @zoe");
    offers(acts, "note zoe", "");
    offers(acts, "pause the bank f", "pause the bank for 30m|pause the bank for 2h");
    offers(acts, "declare --s", "declare --sev |declare --service ");
    offers(acts, "declare --sev mi", "declare --sev minor");
    offers(acts, "declare slow --team ", "declare slow --team payments");
    offers(acts, "declare --SEV mi", "declare --SEV minor");
    offers(acts, "declare \xe2\x80\x94sev mi", "declare \xe2\x80\x94sev minor"); /* a phone's dash */
    offers(acts, "declare --sev=major mi", "");
    offers(acts, "drill --s", ""); /* it takes none */
    offers(acts, "  INC-1 sev mi", "  INC-1 sev minor");
    offers(acts, "help sea", "help search");
    offers(acts, "tell a", "tell all");
    offers(acts, "\xff\xfe ", "");
    offers(acts, "\"", "");
}

static void nobody_is_offered_what_they_may_not_use_or_see(void **state)
{
    (void)state;
    const struct completing sees = {.person = "ben", .has = ACCESS_SEE, .here = 1},
                            outside = {.has = ACCESS_ACT},
                            few = {.person = "ana", .has = ACCESS_ACT, .here = 1, .most = 2};
    offers(sees, "se", "services |search ");
    offers(sees, "sev ", "");
    offers(sees, "shop", "");
    offers(outside, "sev", "");
    offers(few, "", "declare |accept ");
    rig_expect(rig, "ana-maria", 0, "declare --private keys leaked", "INC-2");
    const struct completing member = {.person = "ana-maria", .has = ACCESS_ACT, .here = 1};
    offers(member, "merge INC-", "merge INC-2|merge INC-1");
    offers(sees, "INC-2 sev ", "");
    offers((struct completing){.person = "ben", .has = ACCESS_ACT, .here = 1}, "merge INC-", "merge INC-1");
    offers((struct completing){.person = "ben", .has = ACCESS_ACT}, "INC-2 sev ", "");
}

static void what_was_typed_says_which_message(void **state)
{
    (void)state;
    rig_expect(rig, "ana-maria", 1, "customers add Acme", "1 customer");
    rig_expect(rig, "ana-maria", 1, "tell all We see it.", "1");
    offers(acts, "approve ", "approve 1 1");
    offers(acts, "redraft ", "redraft 1");
    offers(acts, "tell ac", "tell Acme");
}

static int set_up(void **state)
{
    (void)state;
    policy_rig_begin(POLICY);
    rig_expect(rig, "ben", 0, "checkout is slow", "INC-1");
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_word_goes_on_as_what_it_can_be, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nobody_is_offered_what_they_may_not_use_or_see, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_typed_says_which_message, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
