/* The picture of a card, as a connector reads it: whole, or not at all. */
#include "../../support/check.h"
#include "../../conformance/tiny_png.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/kit/json.h>
#include <tocsin/kit/picture.h>

static cJSON *card_of(const char *png, int width)
{
    cJSON *card = cJSON_CreateObject(), *picture = kit_json_texts("png", png, "alt", "as it was", NULL);
    cJSON_AddNumberToObject(picture, "width", width);
    cJSON_AddNumberToObject(picture, "height", 8);
    cJSON_AddItemToObject(card, "picture", picture);
    return card;
}

static void it_is_bytes_a_size_and_words(void **state)
{
    (void)state;
    struct kit_picture picture;
    cJSON *card = card_of(TINY_PNG, 8);
    assert_true(kit_picture(card, &picture));
    assert_int_equal(picture.n, TINY_PNG_BYTES);
    assert_memory_equal(picture.png, "\x89PNG\r\n\x1a\n", 8);
    assert_memory_equal(picture.png + picture.n - 8, "IEND\xae\x42\x60\x82", 8);
    assert_int_equal(picture.width, 8);
    assert_int_equal(picture.height, 8);
    assert_string_equal(picture.alt, "as it was");
    kit_picture_finish(&picture);
    kit_picture_finish(&picture);
    cJSON_Delete(card);
}

static void refuses(cJSON *card)
{
    struct kit_picture picture;
    assert_false(kit_picture(card, &picture));
    assert_null(picture.png);
    cJSON_Delete(card);
}

static void what_is_no_picture_is_none(void **state)
{
    (void)state;
    static const char *const pngs[] = {"",     "iVBO", "iVBORw0KGgo=", "bm8gcGljdHVyZSBhdCBhbGw=",
                                       "====", "i",    "not base 64!", "\xff\xff\xff\xff"};
    for (size_t i = 0; i < sizeof(pngs) / sizeof(pngs[0]); i++)
        refuses(card_of(pngs[i], 8));
    refuses(card_of(TINY_PNG, 0));
    refuses(cJSON_CreateObject());
    refuses(NULL);
    size_t n = KIT_PICTURE_BYTES / 3 * 4 + 16;
    char *large = malloc(n + 1);
    memset(large, 'A', n);
    large[n] = '\0';
    memcpy(large, TINY_PNG, strlen(TINY_PNG));
    refuses(card_of(large, 8));
    free(large);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_bytes_a_size_and_words),
        cmocka_unit_test(what_is_no_picture_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
