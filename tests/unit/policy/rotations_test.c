/* rotation{}: what it means, and what is refused with which words. */
#include "../../support/check.h"

#include <string.h>

#include "../../support/policy_dir.h"
#include "base/mem.h"
#include "policy/feeds.h"
#include "policy/roster.h"
#include "policy/rotations.h"
#include "policy/set.h"

#define PAYMENTS                                                                                               \
    "name = 'payments', people = { 'ana', 'bo' }, start = '2026-03-23', handover = 'monday 09:00', zone = "    \
    "'Europe/London'"

static struct policy_dir dir;

static int set_up(void **state)
{
    (void)state;
    policy_dir_init(&dir);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    policy_dir_finish(&dir);
    return 0;
}

static const struct policy *load(const char *text)
{
    return policy_dir_team(&dir, text);
}

/* `fields` replace or follow those of a rotation that is well. */
static void refused(const char *fields, const char *why)
{
    CLEANUP_FREE char *text = xasprintf(
        "rotation((function(t) for k, v in pairs({ %s }) do t[k] = v end return t end)({ " PAYMENTS " }))",
        fields);
    policy_dir_refuses(&dir, text, fields, why);
}

static instant at(const char *text)
{
    instant t = 0;
    assert_int_equal(instant_parse(text, &t, NULL), 0);
    return t;
}

static void on_call(const struct rotation *rotation, const char *when, const char *wanted)
{
    struct on_call on;
    rotation_on_call(rotation, &(struct covers){0}, at(when), &on);
    assert_string_equal(on.n ? on.people[0] : "nobody", wanted);
}

static void a_rotation_is_found_by_its_name_or_its_team(void **state)
{
    (void)state;
    const struct policy *policy =
        load("rotation { " PAYMENTS " }\nteam { name = 'pay', rotation = 'payments' }\n");
    const struct rotation *rotation = policy_rotation(policy, "@Payments");
    assert_ptr_equal(rotation, policy_rotation(policy, "pay"));
    assert_ptr_equal(rotation, policy_rotation_at(policy, 0));
    assert_null(policy_rotation_at(policy, 1));
    assert_null(policy_rotation(policy, "ana"));
    on_call(rotation, "2026-03-23T09:00:00Z", "ana");
    on_call(rotation, "2026-03-30T07:59:59Z", "ana");
    on_call(rotation, "2026-03-30T08:00:00Z", "bo"); /* 09:00 in summer time */
}

static void layers_take_what_they_leave_out_from_the_rotation(void **state)
{
    (void)state;
    const struct policy *policy = load("rotation { " PAYMENTS ", ends = '2026-05-04', layers = {\n"
                                       "  { people = 'cy', days = { 'sat', 'sun' } },\n"
                                       "  { people = { 'dee', 'eve' }, length = '1d', hours = '22:00-06:00', "
                                       "days = 'mon-wed', skip = true } } }");
    const struct rotation *rotation = policy_rotation(policy, "payments");
    on_call(rotation, "2026-03-28T12:00:00Z", "cy");
    on_call(rotation, "2026-03-28T23:00:00Z", "cy");
    on_call(rotation, "2026-03-23T23:00:00Z", "dee");
    on_call(rotation, "2026-03-24T23:00:00Z", "eve");
    on_call(rotation, "2026-03-25T23:00:00Z", "dee");
    on_call(rotation, "2026-03-27T23:00:00Z", "ana");
    on_call(rotation, "2026-03-30T22:00:00Z", "eve");
    on_call(rotation, "2026-05-04T07:59:59Z", "bo");
    on_call(rotation, "2026-05-04T08:00:00Z", "nobody");
}

static void what_is_wrong_is_said(void **state)
{
    (void)state;
    refused("start = '2026-03-24'",
            "start = \"2026-03-24\" is a tuesday, but the handover is on monday; write start = "
            "\"2026-03-30\"");
    refused("start = '2026-02-30'",
            "start must be a date that exists, such as start = \"2026-03-23\"; '2026-02-30' is not");
    refused("start = 'soon'", "'soon' is not");
    refused("ends = '2026-03-23'", "ends = \"2026-03-23\" is not after start");
    refused("handover = 'noon'",
            "handover must be a time of day, such as handover = \"09:00\", or with its day, \"monday 09:00\"");
    refused("handover = 'monday 24:00'", "handover must be");
    refused("handover = 'monday 9:60'", "handover must be");
    refused("length = '1d'", "handover = \"monday 09:00\" names a day, but turns are not whole weeks");
    refused("length = '5h', handover = '09:00'",
            "length must be whole days or weeks up to 26 weeks, or 4h, 6h, 8h or 12h");
    refused("length = '27w'", "length must be");
    refused("zone = 'CET/Nowhere'", "unknown time zone 'CET/Nowhere'; use a name such as Europe/London");
    refused("people = {}", "people is missing");
    refused("people = { 'ana', 'ANA' }", "people lists ANA twice");
    refused("people = { 'ana lee' }", "must be one word, such as ana; 'ana lee' is not");
    refused("at_once = 2, people = { 'ana' }", "at_once = 2 needs at least two people");
    refused("at_once = 3", "at_once must be a whole number from 1 to 2");
    refused("hours = '9-17'", "hours must be two times of day, such as hours = \"09:00-17:00\"");
    refused("hours = '09:00-09:00'", "hours must be");
    refused("days = 'weekend'", "'weekend' is not");
    refused("skip = true, length = '12h', handover = '09:00'", "skip = true needs turns of whole days");
    refused("layers = { { people = 'cy', peeple = 1 } }",
            "a layer has no field 'peeple'; did you mean 'people'?");
    refused("name = 'pay ments'", "the name of a rotation must be one word");
}

static void gaps_are_refused_or_meant(void **state)
{
    (void)state;
    refused("hours = '09:00-17:00'",
            "rotation 'payments': nobody is on call from mon 2026-03-23 17:00 to tue 2026-03-24 09:00 "
            "(Europe/London)");
    refused("days = 'mon-fri'", "gaps = true");
    load("rotation { " PAYMENTS ", days = 'mon-fri', gaps = true }");
    load("rotation { name = 'sun', zone = 'Europe/London', start = '2026-03-23', layers = {\n"
         "  { people = 'ana', hours = '09:00-21:00' }, { people = 'bo', hours = '21:00-09:00' } }, gaps = true "
         "}");
    refused(
        "people = {}, layers = { { people = 'ana', hours = '09:00-21:00' }, { people = 'bo', zone = "
        "'Asia/Tokyo', hours = "
        "'06:00-18:00' } }",
        "nobody is on call from sun 2026-03-29"); /* the day on which London's clock goes forward, and Tokyo's does not */
}

static void names_are_of_one_thing(void **state)
{
    (void)state;
    struct error err = {0};
    policy_dir_write(&dir, "team.lua", "people { payments = {} } rotation { " PAYMENTS " }");
    assert_int_not_equal(policy_dir_load(&dir, &err), 0);
    assert_non_null(strstr(err.text, "rotation 'payments' has the name of a person"));
    policy_dir_write(&dir, "team.lua", "team { name = 'pay', rotation = 'payments' }");
    assert_int_not_equal(policy_dir_load(&dir, &err), 0);
    assert_non_null(
        strstr(err.text, "team 'pay': no rotation is called 'payments'; declare it with rotation {"));
}

static void add_fault(void *ctx, const char *fault)
{
    str_addf(ctx, "%s\n", fault);
}

static void a_rotation_is_somebody_to_page(void **state)
{
    (void)state;
    CLEANUP_STR struct str faults = {0};
    load("people { ana = {}, bo = {} } rotation { name = 'product-responder', people = { 'ana', 'bo', 'zed' }, "
         "start = "
         "'2026-03-23', zone = 'UTC' }");
    policy_pages_nobody(dir.policy, add_fault, &faults);
    assert_string_equal(
        faults.p,
        "team.lua:1: rotation product-responder: people{} does not declare zed, so a page reaches zed "
        "only if Tocsin knows them from chat\n");
}

#define CALENDAR(date)                                                                                         \
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nSUMMARY:X\r\nDTSTART;VALUE=DATE:" date                  \
    "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"

/* A layer and the rotation itself may have different holidays. */
static void holidays_come_from_a_calendar_in_the_folder(void **state)
{
    (void)state;
    policy_dir_write(&dir, "england.ics", CALENDAR("20260403"));
    policy_dir_write(&dir, "spain.ics", CALENDAR("20260402"));
    const struct policy *policy =
        load("rotation { " PAYMENTS ", holidays = 'england', layers = {\n"
             "  { people = 'cy', days = 'holidays' }, { people = 'dee', days = { 'Not Holidays' }, hours = "
             "'09:00-10:00', holidays = 'spain' } } }\n"
             "holidays { name = 'england', file = 'england.ics' }\n"
             "holidays { name = 'spain', file = 'spain.ics' }\n");
    const struct rotation *rotation = policy_rotation(policy, "payments");
    on_call(rotation, "2026-04-01T08:30:00Z", "dee");
    on_call(rotation, "2026-04-02T08:30:00Z", "bo"); /* a holiday in Spain */
    on_call(rotation, "2026-04-03T08:30:00Z", "cy");
    on_call(rotation, "2026-04-03T22:59:59Z", "cy");
    on_call(rotation, "2026-04-03T23:00:00Z", "bo");
    policy_dir_write(&dir, "england.ics", CALENDAR("20260404"));
    assert_true(policy_changed(policy));
}

static void what_is_wrong_with_holidays_is_said(void **state)
{
    (void)state;
    policy_dir_write(&dir, "bad.ics", CALENDAR("20260403T120000"));
    refused("days = 'holidays'", "days names holidays, but not whose: holidays = \"england\"");
    refused("holidays = 'england', days = { 'holidays', 'not holidays' }", "leave one out");
    refused("holidays = 'england', days = 'not holidays'", "give the rotation itself people without hours");
    policy_dir_refuses(
        &dir, "rotation { " PAYMENTS ", holidays = 'england' }", "no such",
        "no holidays are called 'england'; declare them with holidays { name = \"england\", file = "
        "\"england.ics\" }");
    policy_dir_refuses(&dir, "holidays { name = 'x', file = 'none.ics' }", "no file",
                       "file = \"none.ics\" is not in the policy's folder");
    policy_dir_refuses(&dir, "holidays { name = 'x', file = '../x.ics' }", "no file",
                       "is not in the policy's folder");
    policy_dir_refuses(&dir, "holidays { name = 'x', file = 'bad.ics' }", "not a day",
                       "bad.ics cannot be read as holidays: the event 'X' does not begin with a whole day");
}

/* As a host has them: none at first. */
static int64_t given;

static bool give(void *ctx, const char *url, struct holidays *ret)
{
    (void)ctx;
    assert_string_equal(url, "https://calendars.example/secret.ics");
    *ret = (struct holidays){0};
    if (given)
        holidays_add(ret, given);
    return given;
}

/* Days that come later hold without another load. */
static void holidays_come_from_an_address(void **state)
{
    struct policy_feed feed;
    (void)state;
    given = 0;
    policy_dir_write(&dir, "spain.ics", CALENDAR("20260402"));
    struct policy *policy = (struct policy *)(uintptr_t)load(
        "rotation { " PAYMENTS ", holidays = 'england', layers = {\n"
        "  { people = 'cy', days = 'holidays' } } }\n"
        "rotation { name = 'other', people = { 'ana' }, start = '2026-03-02', zone = 'UTC' }\n"
        "holidays { name = 'spain', file = 'spain.ics' }\n"
        "holidays { name = 'england', url = 'https://calendars.example/secret.ics' }\n");
    const struct rotation *rotation = policy_rotation(policy, "payments");
    uint64_t generation = policy_generation(policy);
    assert_true(policy_feed_at(policy, 0, &feed) && !feed.read && text_equal(feed.name, "england"));
    assert_true(policy_feed_is_of(&feed, rotation));
    assert_false(policy_feed_is_of(&feed, policy_rotation(policy, "other")));
    assert_false(policy_feed_at(policy, 1, &feed));
    policy->host.holidays = give;
    assert_false(policy_feeds_renew(policy));
    on_call(rotation, "2026-04-03T12:00:00Z", "bo");
    given = 20546; /* 3 April 2026 */
    assert_true(policy_feeds_renew(policy));
    assert_true(policy_generation(policy) > generation);
    on_call(rotation, "2026-04-03T12:00:00Z", "cy");
    assert_true(policy_feed_at(policy, 0, &feed) && feed.read && feed.days->days.n == 1);
    assert_false(policy_feeds_renew(policy));
}

static void what_is_wrong_with_an_address_is_said(void **state)
{
    (void)state;
    policy_dir_refuses(&dir, "holidays { name = 'x' }", "neither", "file = \"england.ics\", or url = ");
    policy_dir_refuses(&dir, "holidays { name = 'x', file = 'x.ics', url = 'https://a.example' }", "both",
                       "holidays are read from a file or from an address");
    policy_dir_refuses(&dir, "holidays { name = 'x', url = 'http://a.example/x' }", "plain",
                       "url must begin with https://");
    policy_dir_refuses(&dir, "holidays { name = 'x', url = 'england.ics' }", "no address",
                       "url must be the address of an iCalendar");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_rotation_is_found_by_its_name_or_its_team, set_up, tear_down),
        cmocka_unit_test_setup_teardown(layers_take_what_they_leave_out_from_the_rotation, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_wrong_is_said, set_up, tear_down),
        cmocka_unit_test_setup_teardown(gaps_are_refused_or_meant, set_up, tear_down),
        cmocka_unit_test_setup_teardown(names_are_of_one_thing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_rotation_is_somebody_to_page, set_up, tear_down),
        cmocka_unit_test_setup_teardown(holidays_come_from_a_calendar_in_the_folder, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_wrong_with_holidays_is_said, set_up, tear_down),
        cmocka_unit_test_setup_teardown(holidays_come_from_an_address, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_wrong_with_an_address_is_said, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
