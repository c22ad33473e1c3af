/* A card's picture is drawn when its action leaves: with it or, where that fails, with its words, the message goes, once. */
#include "../../support/check.h"
#include "../../conformance/tiny_png.h"

#include <sodium.h>

#include "chart/chart.h"

static void draw(void *ctx, const char *svg, int width, chart_drawn *done, void *done_ctx);
#define RIG_DRAW draw
#include "../command/rig.h"

#include "delivery/picture.h"
#include "rooms/card.h"
#include "rooms/rooms.h"

#define CAN (TOCSIN_CAN_POST | TOCSIN_CAN_EDIT | TOCSIN_CAN_PAGE)

static struct rig *rig;
static struct {
    chart_drawn *done;
    void *ctx;
    int asked, width;
    char *svg;
} drawing; /* the last one that was asked for */

static void draw(void *ctx, const char *svg, int width, chart_drawn *done, void *done_ctx)
{
    (void)ctx;
    drawing.done = done;
    drawing.ctx = done_ctx;
    drawing.width = width;
    drawing.asked++;
    replace_text(&drawing.svg, svg);
}

static int set_up(void **state)
{
    (void)state;
    rig = rig_create();
    drawing.asked = 0;
    drawing.done = NULL;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    rig_destroy(rig);
    replace_text(&drawing.svg, NULL);
    return 0;
}

static void connect_with(uint64_t can)
{
    delivery_connector(rig->core, "console", CAN | can, true, NULL, rig->now);
    rig_settle(rig);
}

static void say(const char *key, const struct card_picture *picture)
{
    CLEANUP_STR struct str card = {0};
    struct turn *turn = turn_begin(rig->core, rig->now);
    card_pictured("A month", "info", "12 h of work", picture, &card);
    rooms_say_channel(turn, "general", 0, key, card.p, "12 h of work");
    turn_commit(turn, NULL, NULL);
    rig_settle(rig);
}

static const struct card_picture picture = {"<svg/>", "Oct 3 h; Nov 12 h *so* far", 680};

static void drawn(const char *png, size_t n, const struct error *err)
{
    chart_drawn *done = drawing.done;
    drawing.done = NULL;
    done(drawing.ctx, png, n, err);
    rig_settle(rig);
}

static void drawn_well(void)
{
    char png[TINY_PNG_BYTES];
    size_t n;
    assert_int_equal(sodium_base642bin((unsigned char *)png, sizeof(png), TINY_PNG, strlen(TINY_PNG), NULL, &n,
                                       NULL, sodium_base64_VARIANT_ORIGINAL),
                     0);
    drawn(png, n, NULL);
}

static void it_leaves_with_its_picture(void **state)
{
    (void)state;
    connect_with(TOCSIN_CAN_PICTURES);
    say("first", &picture);
    assert_int_equal(drawing.asked, 1);
    assert_string_equal(drawing.svg, "<svg/>");
    assert_int_equal(drawing.width, 680);
    assert_int_equal(rig_sent(rig, "A month", ""), 0);
    say("second", NULL); /* in the same channel: it waits for its turn */
    assert_int_equal(rig_sent(rig, "A month", ""), 0);
    drawn_well();
    assert_int_equal(
        rig_sent(rig, "\"picture\":{\"png\":\"" TINY_PNG "\",\"width\":8,\"height\":8,\"alt\":\"Oct", "far\"}"),
        1);
    assert_int_equal(rig_sent(rig, "svg", ""), 0);
    assert_int_equal(rig_sent(rig, "A month", ""), 2);
}

static void without_the_ability_its_words_leave_at_once(void **state)
{
    (void)state;
    connect_with(0);
    say("first", &picture);
    assert_int_equal(drawing.asked, 0);
    assert_int_equal(rig_sent(rig, "12 h of work\\n\\nOct 3 h; Nov 12 h \\\\*so\\\\* far", ""), 1);
    assert_int_equal(rig_sent(rig, "picture", ""), 0);
}

static void fails(const char *png, size_t n, bool told)
{
    struct error err;
    error_set(&err, ERR_IO, "The picture could not be drawn: it took too long.");
    CLEANUP_FREE char *key = xasprintf("failed %d", drawing.asked);
    size_t before = rig_sent(rig, "Nov 12 h", "");
    say(key, &picture);
    drawn(png, n, told ? &err : NULL);
    assert_int_equal(rig_sent(rig, "Nov 12 h", ""), before + 1);
    assert_int_equal(rig_sent(rig, "\"picture\"", ""), 0);
}

static void a_picture_that_fails_holds_nothing_back(void **state)
{
    (void)state;
    CLEANUP_FREE char *large = xcalloc(1, PICTURE_BYTES + 1);
    connect_with(TOCSIN_CAN_PICTURES);
    fails(NULL, 0, true);
    fails("<html>", 6, false);
    fails("\x89PNG\r\n\x1a\n", 8, false);
    fails("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\1\0\0\0\0\0\1more", 28, false); /* 65,536 pixels wide */
    memcpy(large, "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1", 24);
    fails(large, PICTURE_BYTES + 1, false);
}

/* Each attempt draws the same again. */
static void it_is_drawn_for_each_attempt(void **state)
{
    (void)state;
    connect_with(TOCSIN_CAN_PICTURES);
    rig->outcome = TOCSIN_RETRY;
    rig->retry_after = SECOND;
    say("first", &picture);
    drawn_well();
    assert_int_equal(rig_sent(rig, TINY_PNG, ""), 1);
    rig->outcome = TOCSIN_DONE;
    rig->now += 2 * SECOND;
    rig_settle(rig);
    assert_int_equal(drawing.asked, 2);
    drawn_well();
    assert_int_equal(rig_sent(rig, TINY_PNG, ""), 2);
    assert_int_equal(outbox_count(core_outbox(rig->core), ACTION_WAITING), 0);
}

/* A connector that is busy, or went away meanwhile, gets it when it can take it. */
static void it_waits_for_its_connector(void **state)
{
    (void)state;
    connect_with(TOCSIN_CAN_PICTURES);
    say("first", &picture);
    rig->down = true;
    drawn_well();
    assert_int_equal(rig_sent(rig, TINY_PNG, ""), 0);
    rig->down = false;
    delivery_connector(rig->core, "console", CAN, false, "it crashed", rig->now);
    rig_settle(rig);
    assert_int_equal(rig_sent(rig, TINY_PNG, ""), 0);
    connect_with(TOCSIN_CAN_PICTURES);
    assert_int_equal(rig_sent(rig, TINY_PNG, ""), 1);
    assert_int_equal(drawing.asked, 1);
}

static void what_nobody_waits_for_does_not_leave(void **state)
{
    (void)state;
    connect_with(TOCSIN_CAN_PICTURES);
    say("first", &picture);
    delivery_remove(rig->core, "console");
    delivery_configured(rig->core, rig->now);
    rig_settle(rig);
    drawn_well();
    assert_int_equal(rig_sent(rig, "A month", ""), 0);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(it_leaves_with_its_picture),
        T(without_the_ability_its_words_leave_at_once),
        T(a_picture_that_fails_holds_nothing_back),
        T(it_is_drawn_for_each_attempt),
        T(it_waits_for_its_connector),
        T(what_nobody_waits_for_does_not_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
