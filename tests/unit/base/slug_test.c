#include "../../support/check.h"

#include <string.h>

#include "base/id.h"
#include "base/mem.h"
#include "base/slug.h"
#include "base/str.h"

static void check(const char *name, const char *wanted)
{
    CLEANUP_FREE char *slug = text_slug(name, 40);
    assert_string_equal(slug, wanted);
}

static void latin_letters_lose_their_marks(void **state)
{
    (void)state;
    check("José Núñez (ops)", "jose-nunez-ops");
    check("Jose\xcc\x81", "jose"); /* a combining mark */
    check("Łukasz Żółć", "lukasz-zolc");
    check("Søren Kierkegård", "soren-kierkegard");
    check("Straße Œuvre Æsir", "strasse-oeuvre-aesir");
    check("Đặng Thị Hồng Nhung", "dang-thi-hong-nhung");
    check("İbrahim Işık", "ibrahim-isik");
    check("Þór Guðmundsson", "thor-gudmundsson");
    check("Ștefan Țepeș", "stefan-tepes");
    check("3×4÷2", "3-4-2");
}

static void other_scripts_stay_in_lower_case(void **state)
{
    (void)state;
    check("Иван Ёлкин", "иван-ёлкин");
    check("Οδυσσέας Ελύτης", "οδυσσέας-ελύτης");
    check("田中 太郎", "田中-太郎");
    check("محمد علي", "محمد-علي");
    check("प्रिया", "प्रिया");
}

static void everything_else_separates(void **state)
{
    (void)state;
    check("  ana  (on call) ", "ana-on-call");
    check("🔥🔥", "");
    check("ana🔥ops", "ana-ops");
    check("a\xff\xc3(b", "a-b");
    check("“Ana” — ops", "ana-ops");
    check(NULL, "");
    check("", "");
}

static void a_long_slug_is_cut_between_letters(void **state)
{
    (void)state;
    for (size_t most = 0; most < 12; most++) {
        CLEANUP_FREE char *slug = text_slug("Иван ß Иван", most);
        assert_true(strlen(slug) <= most);
        assert_true(utf8_valid(slug, strlen(slug)));
    }
}

/* For any input the slug is valid UTF-8, and its slug is itself. */
static void a_slug_is_its_own_slug(void **state)
{
    (void)state;
    struct rng rng;
    rng_init(&rng, 3);
    for (int i = 0; i < 20000; i++) {
        char bytes[24] = {0};
        size_t n = rng_below(&rng, sizeof(bytes));
        for (size_t k = 0; k < n; k++)
            bytes[k] = (char)(rng_below(&rng, 4) ? 0xc0 + rng_below(&rng, 40) : rng_below(&rng, 256));
        for (size_t k = 1; k < n; k++)
            bytes[k] = (char)(rng_below(&rng, 3) ? 0x80 + rng_below(&rng, 64) : (unsigned char)bytes[k]);
        CLEANUP_FREE char *once = text_slug(bytes, 40);
        CLEANUP_FREE char *twice = text_slug(once, 40);
        assert_true(utf8_valid(once, strlen(once)));
        assert_string_equal(once, twice);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(latin_letters_lose_their_marks), cmocka_unit_test(other_scripts_stay_in_lower_case),
        cmocka_unit_test(everything_else_separates),      cmocka_unit_test(a_long_slug_is_cut_between_letters),
        cmocka_unit_test(a_slug_is_its_own_slug),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
