#include "../../support/check.h"

#include <string.h>

#include "base/mem.h"
#include "base/str.h"

static void test_building(void **state)
{
    (void)state;
    CLEANUP_STR struct str s = {0};
    assert_string_equal(str_text(&s), "");
    for (int i = 0; i < 100; i++)
        str_addf(&s, "%d,", i);
    str_add(&s, NULL);
    str_addc(&s, '!');
    assert_int_equal(s.len, 291);
    assert_int_equal(strlen(s.p), s.len);
    CLEANUP_FREE char *taken = str_take(&s);
    assert_true(text_starts(taken, "0,1,2,"));
    assert_null(s.p);
    CLEANUP_FREE char *nothing = str_take(&s);
    assert_string_equal(nothing, "");
}

static void test_lists(void **state)
{
    (void)state;
    static const struct {
        const char *words[4], *list;
    } cases[] = {
        {{NULL}, ""},
        {{"minor"}, "minor"},
        {{"minor", "major"}, "minor or major"},
        {{"minor", "major", "critical"}, "minor, major or critical"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        CLEANUP_STR struct str s = {0};
        str_add_list(&s, cases[i].words, "or");
        assert_string_equal(str_text(&s), cases[i].list);
    }
}

static void test_utf8_valid(void **state)
{
    (void)state;
    static const char *const good[] = {
        "",
        "ascii only, and more than eight",
        "h\xc3\xa9",
        "\xe2\x82\xac",
        "\xf0\x9f\x94\x94",
        "\xf4\x8f\xbf\xbf",
        "12345678\xe2\x82\xac"
        "12345678",
        "\xed\x9f\xbf",
        "\xee\x80\x80",
    };
    static const char *const bad[] = {
        "\x80",
        "\xc0\x80",
        "\xc1\xbf",
        "\xe0\x9f\xbf",
        "\xed\xa0\x80",
        "\xf0\x8f\xbf\xbf",
        "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80",
        "\xff",
        "1234567\xe2\x82",
        "12345678\xe2",
        "\xe2\x28\xa1",
        "\xc3"
        "a",
    };
    for (size_t i = 0; i < ARRAY_SIZE(good); i++)
        assert_true(utf8_valid(good[i], strlen(good[i])));
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
        assert_false(utf8_valid(bad[i], strlen(bad[i])));
}

/* The plain definition: the shortest encoding of a code point that is not a surrogate. */
static bool is_character(const unsigned char *p, size_t n)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    uint32_t point = n == 2 ? p[0] & 0x1f : n == 3 ? p[0] & 0x0f : p[0] & 0x07;
    for (size_t i = 1; i < n; i++) {
        if (p[i] >> 6 != 2)
            return false;
        point = point << 6 | (p[i] & 0x3f);
    }
    bool lead = n == 2 ? p[0] >> 5 == 6 : n == 3 ? p[0] >> 4 == 14 : p[0] >> 3 == 30;
    return lead && point >= least[n] && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
}

static void test_utf8_valid_agrees_with_the_definition(void **state)
{
    (void)state;
    static const unsigned char ends[] = {0x00, 0x7f, 0x80, 0x9f, 0xa0, 0xbf, 0xc0, 0xff};
    for (unsigned first = 0x80; first < 0x100; first++) {
        for (unsigned second = 0; second < 0x100; second++) {
            for (size_t i = 0; i < 64; i++) {
                unsigned char p[] = {(unsigned char)first, (unsigned char)second, ends[i / 8], ends[i % 8]};
                for (size_t n = 2; n <= 4; n++)
                    if (n == 2 || p[0] >= 0xe0) /* else the rest may be a character by itself */
                        assert_int_equal(utf8_valid((char *)p, n),
                                         is_character(p, n) || (n == 4 && is_character(p, 3) && p[3] < 0x80));
            }
        }
    }
}

static void check_sanitize(const char *given, size_t n, size_t max, const char *wanted)
{
    CLEANUP_FREE char *text = utf8_sanitize(given, n, max);
    assert_string_equal(text, wanted);
    assert_true(utf8_valid(text, strlen(text)));
}

static void test_utf8_sanitize(void **state)
{
    (void)state;
    check_sanitize("a\0b\x1b[1m\r\n\tc", 11, 100, "ab[1m\n\tc");
    check_sanitize("\xff\xe2\x82", 3, 100, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
    check_sanitize("x\xc2\x85y\x7fz", 6, 100, "xyz");
    check_sanitize("\xe2\x82\xac\xe2\x82\xac", 6, 5, "\xe2\x82\xac");
    check_sanitize("\xff\xff", 2, 4, "\xef\xbf\xbd");
    check_sanitize("", 0, 0, "");
}

static void test_utf8_cut(void **state)
{
    (void)state;
    const char *euros = "\xe2\x82\xac\xe2\x82\xac";
    assert_int_equal(utf8_cut(euros, 6, 6), 6);
    assert_int_equal(utf8_cut(euros, 6, 5), 3);
    assert_int_equal(utf8_cut(euros, 6, 3), 3);
    assert_int_equal(utf8_cut(euros, 6, 2), 0);
    assert_int_equal(utf8_cut("\x80\x80\x80\x80\x80\x80", 6, 5), 5); /* not text at all: any place will do */
}

static void test_comparing(void **state)
{
    (void)state;
    assert_true(text_equal(NULL, NULL));
    assert_false(text_equal(NULL, ""));
    assert_true(text_equal_nocase("Lead", "lEAD"));
    assert_false(text_starts("in", "incident"));
    assert_true(text_empty(NULL) && text_empty(" \n\t") && !text_empty(" x"));
}

static void test_matching(void **state)
{
    (void)state;
    static const char *const yes[][2] = {
        {"", ""},
        {"*", ""},
        {"*", "abc"},
        {"a*c", "abc"},
        {"a*c", "ac"},
        {"?", "\xe2\x82\xac"},
        {"a?c", "abc"},
        {"*.eu.*", "pay.eu.prod"},
        {"a*b*c", "axxbyybzc"},
        {"**", "x"},
        {"*ab", "aaab"},
    };
    static const char *const no[][2] = {
        {"", "a"}, {"a", ""}, {"?", ""}, {"a*c", "abd"}, {"a?c", "ac"}, {"*ab", "aba"}, {"A", "a"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(yes); i++)
        assert_true(text_matches(yes[i][0], yes[i][1]));
    for (size_t i = 0; i < ARRAY_SIZE(no); i++)
        assert_false(text_matches(no[i][0], no[i][1]));
    assert_true(text_matches_nocase("C60*", "c60 flaps"));
    assert_true(text_matches_nocase("*flAPS", "C60 Flaps"));
    assert_false(text_matches_nocase("C61*", "c60 flaps"));
    char text[20001];
    memset(text, 'a', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    assert_false(text_matches("*a*a*a*a*a*a*a*a*b", text)); /* exponential when every * backtracks */
}

static void only_ascii_letters_are_lowered(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", ""}, {"AbC-12 Z", "abc-12 z"}, {"ÄÖ É", "ÄÖ É"}, {"@[`{", "@[`{"}};
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        CLEANUP_FREE char *lower = text_lower(cases[i][0]);
        assert_string_equal(lower, cases[i][1]);
    }
    assert_null(text_lower(NULL));
}

static void test_spaces_around_a_text_leave_it(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"", ""}, {"   ", ""}, {"a b", "a b"}, {"  a  b   ", "a  b"}, {"\ta ", "\ta"}};
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        CLEANUP_FREE char *text = xstrdup(rows[i][0]);
        assert_string_equal(text_trim(text), rows[i][1]);
    }
}

static void test_words_are_read_without_what_is_around_them(void **state)
{
    (void)state;
    static const char *const words[] = {"Größe", "2", "it", "s", "über"};
    const char *p = "\"Größe\" 2: it's -- über.";
    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        size_t n = text_word(&p);
        CLEANUP_FREE char *word = xstrndup(p, n);
        assert_string_equal(word, words[i]);
        p += n;
    }
    assert_int_equal(text_word(&p), 0);
    assert_string_equal(p, "");
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(only_ascii_letters_are_lowered),
        cmocka_unit_test(test_building),
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_utf8_valid),
        cmocka_unit_test(test_utf8_valid_agrees_with_the_definition),
        cmocka_unit_test(test_utf8_sanitize),
        cmocka_unit_test(test_utf8_cut),
        cmocka_unit_test(test_comparing),
        cmocka_unit_test(test_matching),
        cmocka_unit_test(test_spaces_around_a_text_leave_it),
        cmocka_unit_test(test_words_are_read_without_what_is_around_them),
    };
    return cmocka_run_group_tests(all, NULL, NULL);
}
