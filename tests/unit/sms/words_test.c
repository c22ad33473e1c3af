/* What an SMS says, and how many parts that takes. */
#include "../../support/check.h"

#include <string.h>

#include "../../support/quoted.h"
#include "sms/words.h"

static void repeat(const char *what, size_t times, struct kit_text *out)
{
    while (times--)
        kit_text_add(out, what);
}

static void parts_are_counted_as_carriers_do(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        size_t times, parts;
    } rows[] = {
        {"a", 0, 1},
        {"a", 160, 1},
        {"a", 161, 2},
        {"a", 306, 2},
        {"a", 307, 3},
        {"€", 80, 1},
        {"€", 81, 2},
        {"€", 152, 2},
        {"€", 153, 3}, /* 76 of two septets fit into 153 */
        {"я", 70, 1},
        {"я", 71, 2},
        {"я", 134, 2},
        {"я", 135, 3},
        {"😀", 35, 1},
        {"😀", 36, 2},
        {"😀", 66, 2},
        {"😀", 67, 3}, /* 33 pairs fit into 67 */
        {"@£$¥èéùìòÇØøÅåÆæßÉ¤¡ÄÖÑÜ"
         "§¿äöñüàΔΦΓΛΩΠΨΣΘΞ",
         3, 1},
        {"[]\\^{}|~", 10, 1},
        {"`", 71, 2},
        {"ç", 71, 2},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct kit_text text = {0};
        repeat(rows[i].what, rows[i].times, &text);
        if (words_parts(kit_text_get(&text)) != rows[i].parts)
            fail_msg("%zu of %s: %zu parts", rows[i].times, rows[i].what, words_parts(kit_text_get(&text)));
        kit_text_finish(&text);
    }
}

static void what_nobody_misses_becomes_ascii(void **state)
{
    (void)state;
    struct kit_text text = {0};
    words_simplify("“It’s” `slow` – 5\xc2\xa0min… • 東", &text);
    assert_string_equal(kit_text_get(&text), "\"It's\" 'slow' - 5 min... - 東");
    kit_text_finish(&text);
}

static void check_sms(const char *body, size_t most, const char *expected)
{
    cJSON *page = json(body);
    struct kit_page_words words = kit_page_words(page);
    struct kit_text text = {0};
    words_sms(&words, page ? cJSON_GetStringValue(cJSON_GetObjectItem(page, "code")) : NULL, most, &text);
    assert_string_equal(kit_text_get(&text), expected);
    kit_text_finish(&text);
    kit_page_words_finish(&words);
    cJSON_Delete(page);
}

static void a_page_says_what_how_and_where(void **state)
{
    (void)state;
    check_sms("{'code':'12a','card':{'title':'INC-12 *checkout* – "
              "slow','fields':[{'name':'severity','value':'major'}],"
              "'footer':'a page for payments · https://t.example/incidents/INC-12'}}",
              2, "INC-12 *checkout* - slow\nReply 12a to acknowledge.\nhttps://t.example/incidents/INC-12");
    check_sms("{'text':'This is a **test**\\n\\nof yours'}", 2, "This is a test");
}

static void a_long_title_is_cut_between_characters(void **state)
{
    (void)state;
    struct kit_text title = {0}, body = {0}, text = {0};
    repeat("Zürich 東京 ", 100, &title);
    kit_text_addf(&body, "{'code':'9b','card':{'title':'%s'}}", kit_text_get(&title));
    cJSON *page = json(kit_text_get(&body));
    struct kit_page_words words = kit_page_words(page);
    for (size_t most = 1; most <= WORDS_PARTS_MOST; most++) {
        kit_text_finish(&text);
        words_sms(&words, "9b", most, &text);
        assert_int_equal(words_parts(kit_text_get(&text)), most);
        assert_true(kit_utf8_valid(kit_text_get(&text), text.n));
        assert_non_null(strstr(kit_text_get(&text), "...\nReply 9b to acknowledge."));
    }
    kit_text_finish(&title);
    kit_text_finish(&body);
    kit_text_finish(&text);
    kit_page_words_finish(&words);
    cJSON_Delete(page);
}

static void numbers_have_a_country(void **state)
{
    (void)state;
    static const char *const good[] = {"+491701234567", "+14155550100", "+3905555"};
    static const char *const bad[] = {"",
                                      "+",
                                      "01701234567",
                                      "+0170123456",
                                      "+49 170 1234567",
                                      "+49170123456789012",
                                      "+123456",
                                      "ana@example.com",
                                      "+1415555010a"};
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        assert_true(words_is_number(good[i]));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(words_is_number(bad[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_are_counted_as_carriers_do),
        cmocka_unit_test(what_nobody_misses_becomes_ascii),
        cmocka_unit_test(a_page_says_what_how_and_where),
        cmocka_unit_test(a_long_title_is_cut_between_characters),
        cmocka_unit_test(numbers_have_a_country),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
