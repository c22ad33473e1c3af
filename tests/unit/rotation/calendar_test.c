/*
 * The calendar of a rotation: its lines, and that what it shows does not move. With CALENDARS=n and CALENDARS_FROM it prints instead, one
 * JSON object a line: the calendars of random rotations, and who is on call at some instants, for tests/e2e/calendars.test.mjs.
 */
#include "../../support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../support/rotation_world.h"
#include "base/json.h"
#include "base/mem.h"
#include "rotation/calendar.h"

#define INSTANTS 40 /* of each rotation */

static bool by_id(void *ctx, const struct rotation *rotation, const char *person, struct str *out)
{
    (void)rotation;
    str_add(out, person);
    return !ctx || strcmp(ctx, person) == 0;
}

static char *calendar_of(const struct rotation_world *w, instant now, const char *name, const char *only)
{
    struct str out = {0};
    const struct calendar_words words = {(void *)(uintptr_t)only, by_id};
    calendar_begin(name, &out);
    calendar_add(&w->rotation, &w->covers, now, &words, &out);
    calendar_end(&out);
    return str_take(&out);
}

/* ---- for another reader ---- */

static void print_instant(struct rotation_world *w, struct json_out *j)
{
    struct on_call on;
    int days = rotation_world_pick(w, 3) ? 30 : 190;
    instant t = w->now - (days == 190 ? 14 * DAY : 0) + rotation_world_pick(w, days * 86400) * SECOND;
    rotation_on_call(&w->rotation, &w->covers, t, &on);
    json_begin_object(j);
    json_put_int(j, "at", t);
    json_put_int(j, "promised", (int64_t)rotation_world_promised(w, t));
    json_key(j, "on");
    json_begin_array(j);
    for (size_t i = 0; i < on.n; i++)
        json_text(j, on.people[i]);
    json_end_array(j);
    json_end_object(j);
}

static void print_world(uint64_t seed)
{
    struct rotation_world w;
    CLEANUP_STR struct str out = {0};
    struct json_out j = {&out, false};
    rotation_world_make(&w, seed);
    CLEANUP_FREE char *calendar = calendar_of(&w, w.now, "payments", NULL);
    json_begin_object(&j);
    json_put_int(&j, "seed", (int64_t)seed);
    json_put_text(&j, "calendar", calendar);
    json_key(&j, "instants");
    json_begin_array(&j);
    for (int i = 0; i < INSTANTS; i++)
        print_instant(&w, &j);
    json_end_array(&j);
    json_end_object(&j);
    puts(out.p);
}

static int print_worlds(const char *count, const char *first)
{
    uint64_t n = strtoull(count, NULL, 10), from = first ? strtoull(first, NULL, 10) : 1;
    for (uint64_t i = 0; i < n; i++)
        print_world(from + i);
    return 0;
}

/* ---- its lines ---- */

/* ana and bo, a week each. */
static void make_two(struct rotation_world *w)
{
    static const char *const people[] = {"ana", "bo"};
    *w = (struct rotation_world){.now = (instant)1795446382123}; /* Mon 23 Nov 2026 15:06 UTC */
    w->layers[0] = (struct layer){.people = people,
                                  .n = 2,
                                  .zone = "Europe/London",
                                  .start = {2026, 3, 23, 9, 0, 0, 0, 0},
                                  .turn = WEEK_MINUTES,
                                  .closes = DAY_MINUTES,
                                  .days = EVERY_DAY};
    w->layers[0].from = zone_from_wall(&w->layers[0].start, "Europe/London");
    w->rotation = (struct rotation){"payments", "Europe/London", 1, w->layers, 1};
}

static void a_calendar_has_shifts_in_utc(void **state)
{
    (void)state;
    struct rotation_world w;
    make_two(&w);
    CLEANUP_FREE char *text = calendar_of(&w, w.now, "On call: payments", NULL);
    assert_true(text_starts(text, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"));
    assert_non_null(strstr(text, "X-WR-CALNAME:On call: payments\r\n"));
    assert_non_null(strstr(
        text, "UID:payments-1795424400-0@tocsin\r\nDTSTAMP:20261123T090000Z\r\nDTSTART:20261123T090000Z\r\n"
              "DTEND:20261130T090000Z\r\nSUMMARY:bo\r\n"));
    assert_non_null(strstr(text, "DTSTART:20261102T090000Z")); /* whole, though it began 21 days ago */
    assert_non_null(strstr(text, "DTSTART:20270329T080000Z")); /* 09:00 in summer */
    CLEANUP_FREE char *own = calendar_of(&w, w.now, "ana", "ana");
    assert_non_null(strstr(own, "SUMMARY:ana\r\n"));
    assert_null(strstr(own, "SUMMARY:bo\r\n"));
}

static void lines_are_folded_and_escaped(void **state)
{
    (void)state;
    struct str out = {0};
    calendar_begin(
        "a;b,c\\d\ne \xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
        "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3"
        "\xa9"
        "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3"
        "\xa9",
        &out);
    assert_non_null(strstr(out.p, "\r\nNAME:a\\;b\\,c\\\\d\\ne "));
    for (const char *line = out.p, *end; (end = strstr(line, "\r\n")); line = end + 2) {
        assert_true(end - line <= 75);
        assert_true(utf8_valid(line, (size_t)(end - line)));
    }
    str_finish(&out);
}

/* Each event of the later reading that the earlier one had too has the same beginning and UID. */
static void events_do_not_move(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 50; seed++) {
        struct rotation_world w;
        rotation_world_make(&w, seed);
        CLEANUP_FREE char *before = calendar_of(&w, w.now, "x", NULL);
        CLEANUP_FREE char *after = calendar_of(&w, w.now + 3 * DAY + HOUR, "x", NULL);
        instant sure = w.now + CALENDAR_AFTER;
        for (const char *p = strstr(after, "UID:"); p; p = strstr(p + 1, "UID:")) {
            CLEANUP_FREE char *uid = xstrndup(p, strcspn(p, "\r"));
            if (strtoll(p + strlen("UID:payments-"), NULL, 10) * SECOND < sure && !strstr(before, uid))
                fail_msg("seed %d: %s is new", (int)seed, uid);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_calendar_has_shifts_in_utc),
        cmocka_unit_test(lines_are_folded_and_escaped),
        cmocka_unit_test(events_do_not_move),
    };
    const char *count = getenv("CALENDARS");
    return count ? print_worlds(count, getenv("CALENDARS_FROM")) : cmocka_run_group_tests(tests, NULL, NULL);
}
