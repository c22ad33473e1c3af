/* Pictures are drawn by tocsin-draw, one after the other, and whatever goes wrong there is an error here. */
#include "../../support/check.h"

#include <string.h>

#include "draw/draw.h"
#include "draw/exchange.h"

#define SVG "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 100 50\">"

struct came { /* what came of one */
    int n, code;
    size_t bytes;
    uint32_t width, height;
    char why[sizeof(((struct error *)0)->text)];
};

struct rig {
    uv_loop_t loop;
    struct draw *draw;
};

static uint32_t big_endian(const char *at)
{
    const unsigned char *p = (const unsigned char *)at;
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | (uint32_t)p[3];
}

static void on_drawn(void *ctx, const char *png, size_t n, const struct error *err)
{
    struct came *came = ctx;
    came->n++;
    came->code = err ? err->code : 0;
    snprintf(came->why, sizeof(came->why), "%s", err ? err->text : "");
    if (err)
        return;
    assert_true(n > 33);
    came->bytes = n;
    came->width = big_endian(png + 16); /* of its IHDR */
    came->height = big_endian(png + 20);
}

static void begin(struct rig *rig, const char *program)
{
    CLEANUP_FREE char *path = xasprintf("%s/%s", getenv("TOCSIN_BUILD"), program);
    const struct program is = {.path = path};
    uv_loop_init(&rig->loop);
    rig->draw = draw_create(&rig->loop, &is);
}

static void drained(void *ctx)
{
    (void)ctx;
}

static void end(struct rig *rig)
{
    draw_drain(rig->draw, drained, NULL);
    uv_run(&rig->loop, UV_RUN_DEFAULT);
    draw_destroy(rig->draw);
    uv_run(&rig->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&rig->loop), 0);
}

static struct came draw_one(const char *svg, int width)
{
    struct rig rig;
    struct came came = {0};
    begin(&rig, "tocsin-draw");
    draw_png(rig.draw, svg, width, on_drawn, &came);
    uv_run(&rig.loop, UV_RUN_DEFAULT);
    end(&rig);
    assert_int_equal(came.n, 1);
    return came;
}

static void test_a_picture_is_as_wide_as_was_asked(void **state)
{
    const struct came came = draw_one(SVG "<rect width=\"100\" height=\"50\" fill=\"#0072b2\"/></svg>", 640);
    (void)state;
    assert_string_equal(came.why, "");
    assert_int_equal(came.width, 640);
    assert_int_equal(came.height, 320);
}

/* Two texts of different words differ: there is a font. */
static void test_texts_are_drawn(void **state)
{
    (void)state;
    size_t one =
        draw_one(SVG "<text y=\"20\" font-family=\"DejaVu Sans, sans-serif\">i</text></svg>", 200).bytes;
    assert_true(
        draw_one(SVG "<text y=\"20\" font-family=\"DejaVu Sans, sans-serif\">checkout</text></svg>", 200)
            .bytes > one);
}

static void test_what_is_no_picture_is_an_error(void **state)
{
    static const char *const wrong[] = {
        "", "no svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>",
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1 99999\"></svg>", SVG "<rect></svg>"};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
        const struct came came = draw_one(wrong[i], 640);
        assert_int_equal(came.code, ERR_IO);
        assert_memory_equal(came.why, "The picture could not be drawn: ", 32);
    }
}

static void test_no_file_is_read(void **state)
{
    (void)state;
    const struct came came = draw_one("<!DOCTYPE svg [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>" SVG
                                      "<text y=\"20\">&x;</text><image href=\"file:///etc/passwd\"/></svg>",
                                      200);
    size_t empty = draw_one(SVG "<text y=\"20\"></text></svg>", 200).bytes;
    assert_true(came.code || came.bytes == empty);
}

static void test_one_after_the_other_and_not_too_many(void **state)
{
    struct rig rig;
    struct came came[DRAW_WAITING + 1] = {0};
    (void)state;
    begin(&rig, "tocsin-draw");
    for (size_t i = 0; i < ARRAY_SIZE(came); i++)
        draw_png(rig.draw, SVG "</svg>", 10 + (int)i, on_drawn, &came[i]);
    assert_int_equal(came[DRAW_WAITING].code, ERR_FULL);
    while (came[1].n == 0)
        uv_run(&rig.loop, UV_RUN_ONCE);
    assert_int_equal(came[1].width, 11);
    draw_drain(rig.draw, drained, NULL);
    for (size_t i = 3; i < DRAW_WAITING; i++)
        assert_non_null(strstr(came[i].why, "Tocsin is stopping"));
    uv_run(&rig.loop, UV_RUN_DEFAULT);
    assert_int_equal(came[2].n, 1);
    end(&rig);
}

static void test_a_program_that_is_not_there_or_just_ends(void **state)
{
    static const char *const programs[] = {"no such program", "../../../../../../bin/true"};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
        struct rig rig;
        struct came came = {0};
        begin(&rig, programs[i]);
        draw_png(rig.draw, SVG "</svg>", 100, on_drawn, &came);
        uv_run(&rig.loop, UV_RUN_DEFAULT);
        end(&rig);
        assert_int_equal(came.n, 1);
        assert_non_null(strstr(came.why, i ? "without an answer" : "cannot start"));
    }
}

/* ---- between tocsind and tocsin-draw ---- */

static int parse(const char *json, struct draw_answer *ret)
{
    return draw_answer_parse(json, strlen(json), ret, NULL);
}

static void test_answers_are_not_trusted(void **state)
{
    static const char *const wrong[] = {
        "{}", "{\"png\":\"\"}", "{\"png\":\"AAAA\"}", "{\"png\":5}", "[]", "{\"png\":\"iVBORw0KGgo=!\"}"};
    struct draw_answer answer = {0};
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
        assert_true(parse(wrong[i], &answer) != 0);
    assert_int_equal(parse("{\"png\":\"iVBORw0KGgo=\"}", &answer), 0);
    assert_int_equal(answer.png.len, 8);
    draw_answer_finish(&answer);
    assert_int_equal(parse("{\"why\":\"a \\u0007b\"}", &answer), 0);
    assert_string_equal(answer.why, "a b");
    draw_answer_finish(&answer);
}

static void test_requests_come_back_as_they_were_written(void **state)
{
    CLEANUP_STR struct str json = {0};
    struct draw_request request = {0};
    (void)state;
    draw_request_write(&(struct draw_request){(char *)(uintptr_t) "<svg a=\"b\"/>\n", 640}, &json);
    assert_int_equal(draw_request_parse(json.p, json.len, &request, NULL), 0);
    assert_string_equal(request.svg, "<svg a=\"b\"/>\n");
    assert_int_equal(request.width, 640);
    draw_request_finish(&request);
    assert_true(draw_request_parse("{\"svg\":\"\",\"width\":2401}", 23, &request, NULL) != 0);
    assert_true(draw_request_parse("{\"svg\":\"\",\"width\":0}", 20, &request, NULL) != 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_picture_is_as_wide_as_was_asked),
        cmocka_unit_test(test_texts_are_drawn),
        cmocka_unit_test(test_what_is_no_picture_is_an_error),
        cmocka_unit_test(test_no_file_is_read),
        cmocka_unit_test(test_one_after_the_other_and_not_too_many),
        cmocka_unit_test(test_a_program_that_is_not_there_or_just_ends),
        cmocka_unit_test(test_answers_are_not_trusted),
        cmocka_unit_test(test_requests_come_back_as_they_were_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
