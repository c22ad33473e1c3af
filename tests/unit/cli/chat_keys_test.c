#include "../../support/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "cli/chat_keys.h"

/* A message with a card that has these buttons, by label and command; numbered and shown. */
static void show(struct chat_keys *keys, const char *id, bool typing, const char *const buttons[][2], int n)
{
    CLEANUP_JSON cJSON *message = cJSON_CreateObject();
    cJSON_AddStringToObject(message, "room", "incidents");
    cJSON_AddStringToObject(message, "id", id);
    cJSON *list = cJSON_AddArrayToObject(cJSON_AddObjectToObject(message, "card"), "buttons");
    for (int i = 0; i < n; i++) {
        cJSON *button = cJSON_CreateObject();
        cJSON_AddStringToObject(button, "label", buttons[i][0]);
        cJSON_AddStringToObject(button, "command", buttons[i][1]);
        cJSON_AddItemToArray(list, button);
    }
    for (int i = 0; i < n; i++)
        chat_keys_number(keys, message, i);
    chat_keys_show(keys, message, typing);
}

static const char *const triage[][2] = {{"Accept", "INC-4 accept @~s1"}, {"Decline", "INC-4 decline @~s1"}};
static const char *const other[][2] = {{"Accept", "INC-5 accept @~s2"}, {"Decline", "INC-5 decline @~s2"}};
static const char *const reply[][2] = {{"Declare", "declare --customer \"acme\" acme: we cannot pay @~o3"}};

/* command NULL: it presses nothing. `why`: what is said then, or NULL. */
static void check(struct chat_keys *keys, const char *typed, const char *command, const char *why)
{
    CLEANUP_FREE char *said = NULL;
    const struct chat_key *key = chat_keys_find(keys, typed, &said);
    if (!text_equal(key ? key->command : NULL, command))
        fail_msg("%s presses %s, not %s", typed, key ? key->command : "nothing", command ? command : "nothing");
    assert_int_equal(said != NULL, why != NULL);
    if (why)
        assert_non_null(strstr(said, why));
}

static void a_letter_means_one_verb_on_every_card(void **state)
{
    (void)state;
    struct chat_keys keys = {0};
    check(&keys, "d", NULL, NULL); /* without a card it is a letter like any other */
    show(&keys, "m1", false, triage, 2);
    check(&keys, "d", "INC-4 decline @~s1", NULL);
    check(&keys, "D", "INC-4 decline @~s1", NULL);
    show(&keys, "m2", false, reply, 1);
    check(&keys, "d", NULL, "(d) is `decline`");
    check(&keys, "a", NULL, "(a) is `accept`");
    check(&keys, "z", NULL, NULL);
    check(&keys, "ad", NULL, NULL);
    check(&keys, "", NULL, NULL);
    check(&keys, "3", "declare --customer \"acme\" acme: we cannot pay @~o3", NULL);
    chat_keys_finish(&keys);
}

static void every_verb_has_its_own_letter(void **state)
{
    (void)state;
    static const char *const commands[] = {"INC-4 accept @~s1",  "INC-4 decline @~s1", "INC-4 fix @~s1",
                                           "INC-4 lead me @~s1", "INC-4 monitor @~s1", "INC-4 resolve",
                                           "INC-4 resume @~s1",  "INC-4 reopen @~s1",  "INC-4 approve 12",
                                           "INC-4 discard 12",   "INC-4 unmerge @~s1"};
    static const char *const none[] = {"declare checkout is slow @~o1", "INC-4 decline it is nothing",
                                       "help @~o1", "INC-4 approve", "INC-4 approve all"};
    char taken[32] = "";
    for (size_t i = 0; i < ARRAY_SIZE(commands) + ARRAY_SIZE(none); i++) {
        bool known = i < ARRAY_SIZE(commands);
        CLEANUP_JSON cJSON *card = cJSON_CreateObject(), *button = cJSON_CreateObject();
        cJSON_AddStringToObject(button, "command", known ? commands[i] : none[i - ARRAY_SIZE(commands)]);
        cJSON_AddItemReferenceToArray(cJSON_AddArrayToObject(card, "buttons"), button);
        char letter = chat_keys_letter(card, 0);
        assert_int_equal(letter != '\0', known);
        assert_true(!known || !strchr(taken, letter));
        taken[i] = known ? letter : '\0';
    }
}

/* Two buttons of one verb have no letter: it could mean either. */
static void a_letter_is_never_a_guess(void **state)
{
    (void)state;
    static const char *const both[][2] = {{"INC-4 accept", "INC-4 accept @~o1"},
                                          {"INC-5 accept", "INC-5 accept @~o1"},
                                          {"INC-5 decline", "INC-5 decline @~o1"}};
    struct chat_keys keys = {0};
    show(&keys, "m1", false, both, 3);
    check(&keys, "a", NULL, "(a) is `accept`");
    check(&keys, "d", "INC-5 decline @~o1", NULL);
    check(&keys, "2", "INC-5 accept @~o1", NULL);
    chat_keys_finish(&keys);
}

static void numbers_stay_while_cards_come(void **state)
{
    (void)state;
    struct chat_keys keys = {0};
    show(&keys, "m1", false, triage, 2);
    show(&keys, "m2", false, other, 2);
    check(&keys, "1", "INC-4 accept @~s1", NULL);
    check(&keys, "2", "INC-4 decline @~s1", NULL);
    check(&keys, "4", "INC-5 decline @~s2", NULL);
    show(&keys, "m1", false, triage, 2); /* edited: the same buttons have the same numbers */
    check(&keys, "2", "INC-4 decline @~s1", NULL);
    check(&keys, "5", NULL, NULL);
    show(&keys, "m3", false, triage, 2); /* and in another message */
    check(&keys, "1", "INC-4 accept @~s1", NULL);
    assert_string_equal(keys.shown[0].message, "m3");
    for (int i = 4; i < 99; i++) {
        CLEANUP_FREE char *command = xasprintf("INC-%d accept", i);
        const char *const one[][2] = {{"Accept", command}};
        show(&keys, command, false, one, 1);
        check(&keys, "2", "INC-4 decline @~s1", NULL);
    }
    check(&keys, "99", "INC-98 accept", NULL);
    check(&keys, "100", NULL, NULL);
    show(&keys, "last", false, reply, 1); /* 99 others later */
    check(&keys, "1", "declare --customer \"acme\" acme: we cannot pay @~o3", NULL);
    check(&keys, "2", "INC-4 decline @~s1", NULL);
    chat_keys_finish(&keys);
}

/* "d" was begun when INC-4's card was the newest. */
static void a_card_that_comes_while_typing_takes_no_key(void **state)
{
    (void)state;
    struct chat_keys keys = {0};
    show(&keys, "m0", true, triage, 2);
    check(&keys, "d", NULL, "before you typed");
    chat_keys_settle(&keys);
    check(&keys, "d", "INC-4 decline @~s1", NULL);
    show(&keys, "m1", true, other, 2);
    check(&keys, "d", "INC-4 decline @~s1", NULL);
    check(&keys, "4", "INC-5 decline @~s2", NULL);
    chat_keys_settle(&keys);
    check(&keys, "d", "INC-5 decline @~s2", NULL);
    chat_keys_finish(&keys);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_letter_means_one_verb_on_every_card),
        cmocka_unit_test(every_verb_has_its_own_letter),
        cmocka_unit_test(a_letter_is_never_a_guess),
        cmocka_unit_test(numbers_stay_while_cards_come),
        cmocka_unit_test(a_card_that_comes_while_typing_takes_no_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
