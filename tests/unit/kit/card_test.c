#include "../../support/check.h"

#include <string.h>

#include <tocsin/kit/card.h>
#include <tocsin/kit/json.h>

static void check_card(const char *json, bool commands, enum kit_target target, const char *expected)
{
    struct kit_text out = {0};
    cJSON *card = kit_json_parse(json, strlen(json));
    assert_true(kit_card(card, commands, target, &out));
    assert_string_equal(kit_text_get(&out), expected);
    kit_text_finish(&out);
    cJSON_Delete(card);
}

static void a_card_is_a_few_lines(void **state)
{
    static const char card[] = "{\"title\":\"INC-4 "
                               "*slow*\",\"tone\":\"alarm\",\"fields\":[{\"name\":\"status\",\"value\":"
                               "\"triage\"},{\"name\":\"empty\",\"value\":\"\"},"
                               "{\"name\":\"service\",\"value\":\"a_b_\"}],\"text\":\"Orders "
                               "**fail**.\",\"buttons\":[{\"label\":\"Accept\",\"command\":\"INC-4 "
                               "accept @~s1795446382123\"},{\"label\":\"Pause…\",\"command\":\"INC-4 pause "
                               "…\",\"asks\":true},{\"label\":\"Status\",\"command\":\"INC-4\"}],"
                               "\"footer\":\"declared by Ana\"}";
    (void)state;
    check_card(card, true, KIT_PLAIN,
               "INC-4 *slow*\nstatus: triage · service: a_b_\nOrders fail.\nAccept: !inc INC-4 accept · "
               "Status: !inc INC-4\ndeclared by Ana\n");
    check_card(card, false, KIT_IRC,
               "\002INC-4 *slow*\002\nstatus: triage · service: a_b_\nOrders \002fail\002.\ndeclared by Ana\n");
    check_card(card, true, KIT_HTML,
               "<strong>INC-4 *slow*</strong><br>\nstatus: triage · service: a_b_<br>\n<p>Orders "
               "<strong>fail</strong>.</p>\nAccept: !inc INC-4 accept · Status: !inc INC-4<br>\ndeclared by "
               "Ana<br>\n");
    check_card("{\"title\":\"x\"}", true, KIT_PLAIN, "x\n");
    check_card("{}", true, KIT_PLAIN, "");
    check_card("[1]", true, KIT_PLAIN, "");
    check_card("{\"title\":5,\"fields\":[7,{\"value\":\"v\"}],\"buttons\":{\"a\":1}}", true, KIT_PLAIN,
               ": v\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_card_is_a_few_lines)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
