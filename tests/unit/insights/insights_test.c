/* Sums of pieces. */
#include "../../support/check.h"

#include <string.h>

#include "engine/event.h"
#include "insights/facts.h"
#include "insights/insights.h"

/* A piece as its document has it, with ' for ". */
static void add(struct insights *sums, const char *month, uint64_t incident, bool named, const char *body)
{
    struct piece piece;
    CLEANUP_FREE char *json = xstrdup(body);
    for (char *p = json; *p; p++)
        *p = *p == '\'' ? '"' : *p;
    assert_true(piece_decode(json, &piece));
    CLEANUP_STR struct str again = {0};
    struct piece copy;
    piece_encode(&piece, &again);
    assert_true(piece_decode(again.p, &copy)); /* nothing is lost on the way */
    piece_finish(&piece);
    copy.incident = incident;
    memcpy(copy.month, month, strlen(month) + 1);
    insights_add(sums, &copy, named);
    piece_finish(&copy);
}

#define WORKED(spans) "'people':[{'id':'ana','pages':1,'nights':1,'weekends':0,'worked':[" spans "]}]"

static void time_in_two_incidents_at_once_counts_once(void **state)
{
    struct insights sums = {0};
    (void)state;
    add(&sums, "2026-11", 1, true,
        "{'outcome':'resolved','active':10,'team':'pay','ended':9,'fix':5," WORKED("10,20,30,40") "}");
    add(&sums, "2026-11", 2, true,
        "{'outcome':'closed','active':10,'team':'web','ended':9,'fix':7," WORKED("15,35") "}");
    add(&sums, "2026-12", 2, true, "{'outcome':'closed','active':10,'team':'web'," WORKED("50,60") "}");
    insights_settle(&sums);
    assert_int_equal(sums.all.work, 40);
    assert_int_equal(sums.all.active, 30);
    assert_int_equal(sums.all.incidents, 2);
    assert_int_equal(insights_of(&sums, INSIGHT_PERSON, "ana")->work, 40);
    assert_int_equal(insights_of(&sums, INSIGHT_TEAM, "pay")->work, 20);
    assert_int_equal(insights_of(&sums, INSIGHT_TEAM, "web")->work, 30);
    assert_int_equal(sums.all.calls.nights, 3);
    assert_int_equal(insight_quantile(&sums.all.times[TIME_FIX], 50), 5);
    assert_int_equal(insight_quantile(&sums.all.times[TIME_FIX], 90), 7);
    assert_int_equal(insight_quantile(&sums.all.times[TIME_ACCEPT], 50), -1);
    assert_null(insights_of(&sums, INSIGHT_TEAM, "gone"));
    insights_finish(&sums);
}

static void what_does_not_count_is_left_out_with_its_number(void **state)
{
    struct insights sums = {0};
    (void)state;
    add(&sums, "2026-11", 1, true,
        "{'outcome':'declined','active':10,'rule':'a.lua:7','ended':9,'fix':5," WORKED("10,20") "}");
    add(&sums, "2026-11", 2, true, "{'outcome':'merged','active':10,'ended':9," WORKED("10,20") "}");
    add(&sums, "2026-11", 3, true,
        "{'outcome':'resolved','drill':true,'active':10,'ended':9," WORKED("10,20") "}");
    insights_settle(&sums);
    assert_int_equal(sums.all.incidents, 0);
    assert_int_equal(sums.all.work + sums.all.active, 0);
    assert_int_equal(sums.all.declined, 1);
    assert_int_equal(sums.all.merged, 1);
    assert_int_equal(sums.all.drills, 1);
    assert_int_equal(sums.all.times[TIME_FIX].n, 0);
    assert_int_equal(insights_of(&sums, INSIGHT_RULE, "a.lua:7")->in_vain.nights, 1);
    assert_int_equal(sums.all.calls.all, 1); /* of the merged one: people were called, and rightly */
    insights_finish(&sums);
}

static void what_a_reader_may_not_see_counts_and_is_not_named(void **state)
{
    struct insights sums = {0};
    (void)state;
    add(&sums, "2026-11", 1, false,
        "{'outcome':'resolved','private':true,'active':10,'team':'pay','service':'vault','rule':'a.lua:7','"
        "customers':['acme'],'ended':9,"
        "'problems':['f1']," WORKED("10,20") "}");
    add(&sums, "2026-11", 2, true,
        "{'outcome':'resolved','active':10,'team':'pay','problems':['f1'],'ended':9}");
    insights_settle(&sums);
    assert_int_equal(sums.all.incidents, 2);
    assert_int_equal(sums.all.hidden, 1);
    assert_int_equal(sums.all.ids.n, 1);
    assert_int_equal(sums.all.repeats, 1);
    assert_int_equal(sums.all.work, 10);
    assert_int_equal(insights_of(&sums, INSIGHT_TEAM, "pay")->work, 10);
    assert_null(insights_of(&sums, INSIGHT_SERVICE, "vault"));
    assert_null(insights_of(&sums, INSIGHT_RULE, "a.lua:7"));
    assert_null(insights_of(&sums, INSIGHT_CUSTOMER, "acme"));
    assert_null(insights_of(&sums, INSIGHT_PERSON, "ana"));
    insights_finish(&sums);
}

/* ---- facts ---- */

static const char *same(void *ctx, const char *id)
{
    (void)ctx;
    return id;
}

static const char *in_utc(void *ctx, const char *id)
{
    (void)ctx, (void)id;
    return "UTC";
}

static void add_encoded(void *ctx, const struct piece *piece)
{
    piece_encode(piece, ctx);
}

static void tell(struct facts *facts, struct event event)
{
    event.incident = 7;
    event.at = (instant)(facts->incident->version + 1) * MINUTE;
    event.by = (char *)(uintptr_t) "ana";
    facts_take(facts, &event);
}

/* The pieces of an incident in which there was such an event as well; 0: none. */
static char *pieces_with(enum event_type type)
{
    struct str pieces = {0};
    struct facts facts;
    facts_begin(&facts, 7);
    tell(&facts, (struct event){.type = EVENT_DECLARED, .text = (char *)(uintptr_t) "Checkout is slow"});
    tell(&facts,
         (struct event){.type = EVENT_STATUS, .status = STATUS_TRIAGE, .name = (char *)(uintptr_t) "declare"});
    struct event event = {.type = type ? type : EVENT_NOTED,
                          .text = (char *)(uintptr_t) "words",
                          .name = (char *)(uintptr_t) "acme",
                          .value = (char *)(uintptr_t) "https://example.com/bob",
                          .count = 3,
                          .flag = true};
    tell(&facts, event);
    tell(&facts, (struct event){
                     .type = EVENT_STATUS, .status = STATUS_RESOLVED, .name = (char *)(uintptr_t) "resolve"});
    facts_pieces(&facts, &(struct facts_people){NULL, same, in_utc}, add_encoded, &pieces);
    facts_finish(&facts);
    return str_take(&pieces);
}

static void what_is_not_wanted_makes_no_difference(void **state)
{
    (void)state;
    int unwanted = 0;
    CLEANUP_FREE char *plain = pieces_with(EVENT_NONE);
    assert_non_null(strstr(plain, "resolved"));
    for (int type = 1; type < EVENT_TYPE_COUNT; type++) {
        if (facts_want((enum event_type)type) || event_kind((enum event_type)type)->subject != OF_INCIDENT)
            continue;
        CLEANUP_FREE char *with = pieces_with((enum event_type)type);
        assert_string_equal(with, plain);
        unwanted++;
    }
    assert_true(unwanted > 10);
    assert_false(facts_want(EVENT_SAID));
    assert_true(facts_want(EVENT_NONE)); /* of a type that nobody knows */
    assert_true(facts_want(EVENT_MEMBER));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(time_in_two_incidents_at_once_counts_once),
        cmocka_unit_test(what_does_not_count_is_left_out_with_its_number),
        cmocka_unit_test(what_a_reader_may_not_see_counts_and_is_not_named),
        cmocka_unit_test(what_is_not_wanted_makes_no_difference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
