/* What was done against what was owed: by hand, and for random courses of incidents. */
#include "../../support/check.h"

#include <string.h>

#include "base/id.h"
#include "drills/debrief.h"

#define T0 ((instant)1000000)

static struct debrief debrief;

static void add(enum event_type type, duration at, struct event event)
{
    event.type = type;
    event.at = T0 + at;
    debrief_add(&debrief, &event);
}

#define TEXT(text) ((char *)(uintptr_t)(text))

static void owed(duration at, const char *name, duration until)
{
    add(EVENT_OWED, at,
        (struct event){.by = TEXT("rule"), .name = TEXT(name), .until = T0 + until, .text = TEXT("do it")});
}

static void met(duration at, const char *name)
{
    add(EVENT_MET, at, (struct event){.by = TEXT("rule"), .name = TEXT(name)});
}

static void missed(duration at, const char *name)
{
    add(EVENT_MISSED, at, (struct event){.by = TEXT("clock"), .name = TEXT(name), .until = T0 + at});
}

static const struct debrief_row *row_at(size_t i)
{
    assert_true(i < debrief.rows.n);
    return &debrief.rows.v[i];
}

static int begin(void **state)
{
    (void)state;
    debrief_begin(&debrief);
    add(EVENT_DECLARED, 0, (struct event){.by = TEXT("ana"), .text = TEXT("it fails")});
    return 0;
}

static int finish(void **state)
{
    (void)state;
    debrief_finish(&debrief);
    return 0;
}

static void what_is_met_in_time_names_who_did_it(void **state)
{
    (void)state;
    owed(0, "triage", 15 * MINUTE);
    add(EVENT_STATUS, 2 * MINUTE,
        (struct event){.by = TEXT("ben"), .name = TEXT("accept"), .status = STATUS_INVESTIGATING});
    met(2 * MINUTE, "triage");
    debrief_end(&debrief, T0 + HOUR);
    assert_int_equal(debrief.rows.n, 1);
    assert_int_equal(row_at(0)->end, DEBRIEF_DONE);
    assert_string_equal(row_at(0)->by, "ben");
    assert_int_equal(debrief_took(&debrief, row_at(0)), 2 * MINUTE);
    assert_false(debrief_is_missed(&debrief, row_at(0)));
}

static void what_was_missed_stays_owed_until_it_is_done(void **state)
{
    (void)state;
    owed(0, "first-contact", 10 * MINUTE);
    missed(10 * MINUTE, "first-contact");
    owed(10 * MINUTE, "first-contact", 15 * MINUTE); /* a reminder */
    missed(15 * MINUTE, "first-contact");
    met(18 * MINUTE, "first-contact");
    debrief_end(&debrief, T0 + HOUR);
    assert_int_equal(debrief.rows.n, 1);
    assert_int_equal(row_at(0)->missed, 2);
    assert_int_equal(debrief_took(&debrief, row_at(0)), 18 * MINUTE);
    assert_true(debrief_is_missed(&debrief, row_at(0)));
    assert_null(row_at(0)->by);
}

static void a_clock_that_begins_again_was_done(void **state)
{
    (void)state;
    owed(0, "update", 30 * MINUTE);
    add(EVENT_UPDATED, 20 * MINUTE, (struct event){.by = TEXT("ana"), .text = TEXT("we look")});
    owed(20 * MINUTE, "update", 50 * MINUTE);
    add(EVENT_SEVERITY, 25 * MINUTE, (struct event){.by = TEXT("ana"), .name = TEXT("minor")});
    owed(25 * MINUTE, "update", 4 * HOUR); /* less severe: nothing was done */
    debrief_end(&debrief, T0 + HOUR);
    assert_int_equal(debrief.rows.n, 2);
    assert_int_equal(row_at(0)->end, DEBRIEF_DONE);
    assert_string_equal(row_at(0)->by, "ana");
    assert_int_equal(row_at(1)->end, DEBRIEF_OPEN);
    assert_int_equal(row_at(1)->due, T0 + 4 * HOUR);
    assert_false(debrief_is_missed(&debrief, row_at(1)));
}

static void pages_roles_and_customers_are_owed_an_answer(void **state)
{
    (void)state;
    add(EVENT_PAGE_BEGUN, 0, (struct event){.by = TEXT("rule"), .count = 1, .name = TEXT("payments")});
    add(EVENT_PAGE_BEGUN, 0, (struct event){.by = TEXT("rule"), .count = 2, .name = TEXT("payments")});
    add(EVENT_PAGE_ESCALATED, 5 * MINUTE,
        (struct event){.by = TEXT("system"), .count = 1, .name = TEXT("payments")});
    add(EVENT_PAGE_ACCEPTED, 6 * MINUTE, (struct event){.by = TEXT("cy"), .count = 1, .name = TEXT("ack")});
    add(EVENT_OFFERED, 7 * MINUTE,
        (struct event){
            .by = TEXT("cy"), .name = TEXT("lead"), .value = TEXT("ana"), .until = T0 + 17 * MINUTE});
    add(EVENT_ROLE, 9 * MINUTE, (struct event){.by = TEXT("ana"), .name = TEXT("lead"), .value = TEXT("ana")});
    add(EVENT_REPLIED, 10 * MINUTE,
        (struct event){.by = TEXT("customer/Acme"), .name = TEXT("Acme"), .text = TEXT("hello?")});
    add(EVENT_REPLIED, 11 * MINUTE,
        (struct event){.by = TEXT("customer/Acme"), .name = TEXT("Acme"), .text = TEXT("hello??")});
    add(EVENT_TOLD, 14 * MINUTE,
        (struct event){.by = TEXT("system"), .name = TEXT("Acme"), .value = TEXT("desk")});
    add(EVENT_REPLIED, 20 * MINUTE,
        (struct event){.by = TEXT("customer/Globex"), .name = TEXT("Globex"), .text = TEXT("you?")});
    debrief_end(&debrief, T0 + HOUR);
    assert_int_equal(debrief.rows.n, 5);
    assert_int_equal(row_at(0)->end, DEBRIEF_DONE);
    assert_int_equal(row_at(0)->missed, 1);
    assert_int_equal(row_at(1)->end, DEBRIEF_OPEN);
    assert_int_equal(row_at(2)->kind, DEBRIEF_HANDOVER);
    assert_int_equal(debrief_took(&debrief, row_at(2)), 2 * MINUTE);
    assert_int_equal(debrief_took(&debrief, row_at(3)), 4 * MINUTE); /* since they first wrote */
    assert_int_equal(row_at(4)->end, DEBRIEF_OPEN);
    assert_int_equal(debrief_took(&debrief, row_at(4)), 40 * MINUTE);
}

static void a_connector_that_fails_shows_who_went_on_and_how(void **state)
{
    (void)state;
    add(EVENT_CONNECTOR, MINUTE, (struct event){.by = TEXT("drill/x"), .name = TEXT("slack")});
    add(EVENT_PAGE_DELIVERED, 2 * MINUTE,
        (struct event){.by = TEXT("system"), .count = 1, .name = TEXT("slack")});
    add(EVENT_PAGE_DELIVERED, 3 * MINUTE,
        (struct event){.by = TEXT("system"), .count = 1, .name = TEXT("sms call")});
    add(EVENT_NOTED, 4 * MINUTE, (struct event){.by = TEXT("ben"), .text = TEXT("by phone")});
    add(EVENT_CONNECTOR, 5 * MINUTE,
        (struct event){.by = TEXT("drill/x"), .name = TEXT("slack"), .flag = true});
    add(EVENT_CONNECTOR, 6 * MINUTE, (struct event){.by = TEXT("drill/x"), .name = TEXT("irc")});
    add(EVENT_CONNECTOR, 7 * MINUTE, (struct event){.by = TEXT("drill/x"), .name = TEXT("irc"), .flag = true});
    debrief_end(&debrief, T0 + HOUR);
    assert_int_equal(debrief.rows.n, 2);
    assert_int_equal(row_at(0)->end, DEBRIEF_DONE);
    assert_string_equal(row_at(0)->how, "sms call");
    assert_string_equal(row_at(0)->by, "ben");
    assert_int_equal(row_at(0)->noticed, T0 + 4 * MINUTE);
    assert_int_equal(row_at(1)->end, DEBRIEF_OVER);
    assert_int_equal(row_at(1)->noticed, 0);
}

static void what_the_script_ends_itself_was_not_done(void **state)
{
    (void)state;
    add(EVENT_DRILL, 0, (struct event){.by = TEXT("ana"), .name = TEXT("gateway"), .flag = true});
    owed(0, "triage", 15 * MINUTE);
    add(EVENT_DRILL_OVER, 30 * MINUTE,
        (struct event){.by = TEXT("drill/gateway"), .text = TEXT("its time is over")});
    add(EVENT_STATUS, 30 * MINUTE,
        (struct event){.by = TEXT("drill/gateway"), .name = TEXT("decline"), .status = STATUS_DECLINED});
    met(30 * MINUTE, "triage");
    debrief_end(&debrief, T0 + HOUR);
    assert_string_equal(debrief.script, "gateway");
    assert_int_equal(row_at(0)->end, DEBRIEF_OPEN);
    assert_true(debrief_is_missed(&debrief, row_at(0)));
    assert_int_equal(debrief_took(&debrief, row_at(0)), 30 * MINUTE);
    assert_int_equal(debrief.ended, T0 + 30 * MINUTE);
}

/* ---- random courses ---- */

static const char *const some[] = {"triage", "update", "ana", "slack", "Acme"};

static struct event any_event(struct rng *rng, instant at)
{
    static const enum event_type types[] = {
        EVENT_OWED,           EVENT_MISSED,    EVENT_MET,           EVENT_PAGE_BEGUN,
        EVENT_PAGE_ACCEPTED,  EVENT_OFFERED,   EVENT_ROLE,          EVENT_OFFER_ENDED,
        EVENT_REPLIED,        EVENT_TOLD,      EVENT_NOTED,         EVENT_PAGE_EXPIRED,
        EVENT_PAGE_ESCALATED, EVENT_CONNECTOR, EVENT_SAID,          EVENT_STATUS,
        EVENT_PAGE_CANCELLED, EVENT_SEVERITY,  EVENT_PAGE_DELIVERED};
    static const char *const who[] = {"ana", "ben", "rule", "clock", "system", "customer/Acme"};
    return (struct event){.type = types[rng_below(rng, ARRAY_SIZE(types))],
                          .at = at,
                          .by = TEXT(who[rng_below(rng, ARRAY_SIZE(who))]),
                          .name = TEXT(some[rng_below(rng, ARRAY_SIZE(some))]),
                          .value = TEXT(some[rng_below(rng, ARRAY_SIZE(some))]),
                          .text = TEXT("words"),
                          .until = at + (instant)rng_below(rng, HOUR),
                          .count = (int64_t)rng_below(rng, 3),
                          .status = rng_below(rng, 2) ? STATUS_FIXING : STATUS_RESOLVED,
                          .flag = rng_below(rng, 2)};
}

/* Every obligation that was owed is told, none twice at a time, and no time is negative. */
static void check(const struct debrief *d, instant now)
{
    for (size_t i = 0; i < d->rows.n; i++) {
        const struct debrief_row *row = &d->rows.v[i];
        assert_true(debrief_took(d, row) >= 0);
        assert_true((row->end == DEBRIEF_OPEN) == (row->until == 0));
        assert_true(row->until <= now && row->since >= d->began);
        assert_true(row->end != DEBRIEF_OVER || row->kind == DEBRIEF_DUTY || row->kind == DEBRIEF_FAILURE ||
                    !debrief_is_missed(d, row));
        assert_true(!row->noticed || (row->noticed >= row->since && row->by));
        for (size_t k = 0; k < i && row->end == DEBRIEF_OPEN && row->kind != DEBRIEF_PAGE; k++) {
            const struct debrief_row *other = &d->rows.v[k];
            assert_false(other->end == DEBRIEF_OPEN && other->kind == row->kind &&
                         text_equal(other->name, row->name));
        }
    }
}

static void any_course_is_told_without_contradiction(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 300; seed++) {
        struct rng rng;
        struct debrief one, other;
        instant now = T0;
        rng_init(&rng, seed);
        debrief_begin(&one);
        debrief_begin(&other);
        for (int i = 0; i < 200; i++) {
            now += (instant)rng_below(&rng, 3) * MINUTE;
            struct event event = any_event(&rng, now);
            debrief_add(&one, &event);
            debrief_add(&other, &event);
            if (rng_below(&rng, 4) == 0) { /* what nobody owes anything for changes nothing */
                struct event card = {.type = EVENT_CARD,
                                     .at = now,
                                     .by = TEXT("system"),
                                     .name = TEXT("slack"),
                                     .value = TEXT("c"),
                                     .text = TEXT("m")};
                debrief_add(&other, &card);
            }
            check(&one, now);
        }
        debrief_end(&one, now + MINUTE);
        debrief_end(&other, now + MINUTE);
        check(&one, now + MINUTE);
        assert_int_equal(one.rows.n, other.rows.n);
        for (size_t i = 0; i < one.rows.n; i++) {
            assert_int_equal(one.rows.v[i].until, other.rows.v[i].until);
            assert_int_equal(one.rows.v[i].end, other.rows.v[i].end);
            assert_true(text_equal(one.rows.v[i].by, other.rows.v[i].by));
        }
        debrief_finish(&one);
        debrief_finish(&other);
    }
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, begin, finish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(what_is_met_in_time_names_who_did_it),
        CASE(what_was_missed_stays_owed_until_it_is_done),
        CASE(a_clock_that_begins_again_was_done),
        CASE(pages_roles_and_customers_are_owed_an_answer),
        CASE(a_connector_that_fails_shows_who_went_on_and_how),
        CASE(what_the_script_ends_itself_was_not_done),
        cmocka_unit_test(any_course_is_told_without_contradiction),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
