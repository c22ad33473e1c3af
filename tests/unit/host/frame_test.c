#include "../../support/check.h"

#include <string.h>

#include "base/mem.h"
#include "host/frame.h"

static void frames_come_out_as_they_went_in(void **state)
{
    static const char *const texts[] = {"{}", "", "{\"a\":\"\\u0000\"}", "a long one, and on it goes"};
    (void)state;
    for (size_t step = 1; step < 12; step++) { /* wherever the bytes are cut */
        CLEANUP_STR struct str bytes = {0};
        struct frames frames = {0};
        size_t came = 0;
        for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
            frame_encode(texts[i], strlen(texts[i]), &bytes);
        for (size_t at = 0; at < bytes.len; at += step) {
            const char *json;
            size_t n;
            frames_feed(&frames, bytes.p + at, MIN(step, bytes.len - at));
            while (frames_next(&frames, &json, &n, NULL) == 1) {
                assert_int_equal(n, strlen(texts[came]));
                assert_memory_equal(json, texts[came], n);
                came++;
            }
        }
        assert_int_equal(came, ARRAY_SIZE(texts));
        frames_finish(&frames);
    }
}

static void a_frame_that_is_too_long_is_refused_before_it_arrives(void **state)
{
    (void)state;
    struct frames frames = {0};
    struct error err;
    const char *json;
    size_t n;
    assert_int_equal(frames_next(&frames, &json, &n, &err), 0);
    frames_feed(&frames, "\xff\xff\xff\xff", 4);
    assert_int_equal(frames_next(&frames, &json, &n, &err), ERR_TOO_BIG);
    assert_in_range(frames.in.cap, 4, 4096);
    frames_finish(&frames);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_come_out_as_they_went_in),
        cmocka_unit_test(a_frame_that_is_too_long_is_refused_before_it_arrives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
