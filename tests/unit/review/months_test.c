/*
 * Insights of many incidents: 12 teams, people in five zones, months in which clocks change. MONTHS_OUT names a folder that gets the
 * journal's export and the sums, which tests/e2e/insights.test.mjs compares with those of tests/e2e/insights/sums.py. INCIDENTS: how many. MONTHS_FROM: when the first
 * of them may be declared, if not on 1 October 2026.
 */
#include "../../support/check.h"
#include "../../support/file_core.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/map.h"
#include "insights/packed.h"
#include "journal/export.h"
#include "people/people.h"
#include "review/review.h"
#include "turn/live.h"

#define TEAMS    12
#define PEOPLE   24
#define SERVICES 20
#define PROBLEMS 60

static const char *const zones[] = {"Europe/London", "America/New_York", "Asia/Kolkata", "Australia/Sydney",
                                    "America/Los_Angeles"};
static struct file_core file;
static instant first, last; /* of the simulated time */
static char *people[PEOPLE];

/* ---- the world ---- */

static uint64_t any(uint64_t n)
{
    return rng_next(&file.rng) % n;
}

static bool one_in(uint64_t n)
{
    return any(n) == 0;
}

static void make_people(void)
{
    struct turn *turn = turn_begin(file.core, first);
    for (size_t i = 0; i < PEOPLE; i++) {
        CLEANUP_FREE char *user = xasprintf("person%zu", i);
        struct identity identity = {"console", user, user, NULL, zones[i % ARRAY_SIZE(zones)]};
        people[i] = xstrdup(people_identify(turn, &identity)->id);
    }
    turn_commit(turn, NULL, NULL);
    journal_step(file.journal);
}

static uint64_t does(uint64_t id, instant at, struct command command)
{
    struct turn *turn = turn_begin(file.core, at);
    struct error err;
    uint64_t made = id;
    command.by = command.by ? command.by : people[any(PEOPLE)];
    int rc = turn_do(turn, id, &command, id ? NULL : &made, &err);
    if (rc && rc != ERR_REFUSED && rc != ERR_CONFLICT)
        fail_msg("%s: %s", command.verb, err.text);
    turn_commit(turn, NULL, NULL);
    return made;
}

static void calls(uint64_t id, instant at)
{
    int64_t page = live_incident(file.core, id)->people.pages.last + 1;
    does(id, at, (struct command){.verb = "page_begun", .count = page, .name = "team", .automatic = true});
    for (uint64_t n = 1 + any(3); n > 0; n--)
        does(id, at + (instant)any((uint64_t)HOUR),
             (struct command){.verb = "page_called",
                              .count = page,
                              .value = people[any(PEOPLE)],
                              .name = "sms",
                              .text = "+44",
                              .automatic = true});
}

static void happens(uint64_t id, instant at)
{
    char text[32];
    switch (any(8)) {
    case 0:
    case 1:
        does(id, at, (struct command){.verb = "member", .value = people[any(PEOPLE)], .flag = !one_in(3)});
        break;
    case 2:
        does(id, at, (struct command){.verb = "role", .name = "lead", .value = people[any(PEOPLE)]});
        break;
    case 3:
        calls(id, at);
        break;
    case 4:
        does(id, at, (struct command){.verb = "pause", .text = "waits", .until = at + 80 * DAY});
        break;
    case 5:
        does(id, at, (struct command){.verb = "resume"});
        break;
    case 6:
        snprintf(text, sizeof(text), "acme%" PRIu64, any(30));
        does(id, at, (struct command){.verb = "customer", .name = text});
        break;
    default:
        snprintf(text, sizeof(text), "%016" PRIx64, any(PROBLEMS));
        does(id, at, (struct command){.verb = "alert", .value = text, .text = "problem", .flag = true});
    }
}

static void ends(uint64_t id, uint64_t other, instant at)
{
    static const char *const verbs[] = {"resolve", "resolve", "resolve", "resolve",
                                        "resolve", "resolve", "decline", "close"};
    const struct incident *into = other && one_in(12) ? live_incident(file.core, other) : NULL;
    does(id, at, (struct command){.verb = "accept"});
    if (into && status_is_open(into->status))
        does(id, at, (struct command){.verb = "merge", .other = into});
    else
        does(id, at, (struct command){.verb = verbs[any(ARRAY_SIZE(verbs))], .text = "done"});
    if (!one_in(10))
        return;
    does(id, at + HOUR, (struct command){.verb = "reopen", .text = "it is back"});
    does(id, at + 5 * HOUR, (struct command){.verb = "resolve", .text = "again"});
}

static uint64_t incident(uint64_t other)
{
    char name[32];
    instant at = first + (instant)any((uint64_t)(last - first)), span = one_in(30) ? 40 * DAY : 2 * DAY,
            step = 0;
    bool rule = one_in(3);
    CLEANUP_FREE char *line = rule ? xasprintf("team.lua:%" PRIu64, any(9)) : NULL;
    uint64_t id = does(0, at,
                       (struct command){.verb = "declare",
                                        .text = "it is slow",
                                        .by = rule ? "rule" : NULL,
                                        .rule = line,
                                        .automatic = rule});
    snprintf(name, sizeof(name), "team%" PRIu64, any(TEAMS));
    does(id, at, (struct command){.verb = "team", .name = name});
    snprintf(name, sizeof(name), "service%" PRIu64, any(SERVICES));
    does(id, at, (struct command){.verb = "service", .name = name});
    if (one_in(15))
        does(id, at, (struct command){.verb = "drill", .flag = true});
    if (one_in(20))
        does(id, at, (struct command){.verb = "private", .flag = true});
    for (uint64_t n = any(9); n > 0; n--)
        happens(id, at + (step += (instant)any((uint64_t)span / 9)));
    if (!one_in(20))
        ends(id, other, at + step + (instant)any((uint64_t)HOUR));
    journal_step(file.journal);
    return id;
}

/* ---- sums, as text ---- */

static void print_times(FILE *out, const insight_times *times)
{
    fputc('|', out);
    for (size_t i = 0; i < times->n; i++)
        fprintf(out, "%s%" PRId64, i ? "," : "", times->v[i]);
}

static void print_one(FILE *out, const char *month, enum insight_kind kind, const struct insight *sum)
{
    fprintf(out, "%s|%s|%s|%" PRId64 "|%" PRId64 "|%" PRId64 "|%" PRId64 "|%" PRId64 "|%" PRId64, month,
            insight_kind_name(kind), sum->name ? sum->name : "", sum->incidents, sum->declined, sum->merged,
            sum->drills, sum->active, sum->work);
    fprintf(out, "|%" PRId64 "|%" PRId64 "|%" PRId64 "|%" PRId64 "|%" PRId64 "|%" PRId64 "|%" PRId64,
            sum->calls.all, sum->calls.nights, sum->calls.weekends, sum->in_vain.all, sum->in_vain.nights,
            sum->in_vain.weekends, sum->repeats);
    for (size_t i = 0; i < PIECE_TIMES; i++)
        print_times(out, &sum->times[i]);
    fputc('\n', out);
}

static void print_sums(FILE *out, instant from, int months)
{
    struct insights sums;
    struct error err;
    char month[MONTH_TEXT];
    struct review_query query = {.from = from, .months = months, .viewer = people[0]};
    assert_int_equal(review_sum(file.core, &query, &sums, &err), 0);
    month_name(from, month);
    print_one(out, month, INSIGHT_ALL, &sums.all);
    for (size_t kind = INSIGHT_TEAM; kind < INSIGHT_KINDS; kind++) {
        insight_list list = {0};
        insights_list(&sums, (enum insight_kind)kind, &list);
        for (size_t i = 0; i < list.n; i++)
            print_one(out, month, (enum insight_kind)kind, list.v[i]);
        array_free(&list);
    }
    insights_finish(&sums);
}

static void write_out(const char *folder)
{
    CLEANUP_FREE char *journal = xasprintf("%s/journal.db", file.folder),
                      *sums = xasprintf("%s/sums.txt", folder), *lines = xasprintf("%s/journal.jsonl", folder);
    struct export_counts counts;
    struct error err;
    FILE *out = fopen(lines, "w");
    assert_int_equal(journal_export(journal, out, &counts, &err), 0);
    fclose(out);
    out = fopen(sums, "w");
    for (instant month = first; month <= last; month = month_begins(month, 1))
        print_sums(out, month, 1);
    fclose(out);
}

/* ---- tests ---- */

static int64_t number(const char *name, int64_t otherwise)
{
    return getenv(name) ? strtoll(getenv(name), NULL, 10) : otherwise;
}

static void read_all(instant now)
{
    for (int i = 0; i < 1000000 && (i < 10 || review_waiting(file.core)); i++) {
        core_tick(file.core, now);
        journal_step(file.journal);
    }
    assert_int_equal(review_waiting(file.core), 0);
}

static int set_up(void **state)
{
    (void)state;
    const char *from = getenv("MONTHS_FROM");
    assert_int_equal(instant_parse(from ? from : "2026-10-01T00:00:00Z", &first, NULL), 0);
    last = first + 191 * DAY;
    file_core_open(&file, &file_core_alone, first);
    make_people();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    for (size_t i = 0; i < PEOPLE; i++)
        free(people[i]);
    file_core_close(&file);
    return 0;
}

/* What each part of the world sums up to, all of it does. */
static void months_add_up(void)
{
    struct insights all, one;
    struct error err;
    struct review_query query = {.from = first, .months = 12, .summed = true};
    int64_t incidents = 0, declined = 0;
    duration work = 0;
    assert_int_equal(review_sum(file.core, &query, &all, &err), 0);
    for (query.months = 1, query.summed = false; query.from <= last + 62 * DAY;
         query.from = month_begins(query.from, 1)) {
        assert_int_equal(review_sum(file.core, &query, &one, &err), 0);
        incidents += one.all.incidents;
        declined += one.all.declined;
        work += one.all.work;
        insights_finish(&one);
    }
    assert_true(incidents > 0 && declined > 0 && work > 0);
    assert_int_equal(all.all.incidents, incidents);
    assert_int_equal(all.all.declined, declined);
    assert_int_equal(all.all.work, work);
    assert_int_equal(all.all.incidents, (int64_t)all.all.ids.n + all.all.hidden);
    assert_true(all.all.hidden > 0);
    insights_finish(&all);
}

/* A month of pieces is what was summed up of it, for all and for a team. */
static void months_are_summed_up(const char *team, const char *viewer)
{
    struct insights pieces, summed = {0}, none;
    struct error err;
    char month[MONTH_TEXT];
    month_name(month_begins(first, 1), month);
    struct review_query query = {.from = month_begins(first, 1), .months = 1, .team = team, .viewer = viewer};
    assert_int_equal(review_sum(file.core, &query, &pieces, &err), 0);
    query.months = 4; /* and nothing follows: the world of this test has ended before the last of them */
    query.from = month_begins(last, 2);
    assert_int_equal(review_sum(file.core, &query, &none, &err), 0);
    assert_int_equal(none.all.incidents, 0);
    for (size_t kind = 0; kind < INSIGHT_KINDS; kind++) {
        CLEANUP_STR struct str packed = {0}, again = {0};
        CLEANUP_FREE char *key =
            xasprintf("%s\x1f%s\x1f%s", month, insight_kind_name((enum insight_kind)kind), team ? team : "");
        struct journal_doc doc;
        assert_int_equal(journal_doc(file.journal, DOC_INSIGHT_MONTH, key, &doc, &err), 0);
        insights_pack(&pieces, (enum insight_kind)kind, &packed);
        assert_string_equal(str_text(&packed), doc.body);
        insights_unpack(&summed, (enum insight_kind)kind, doc.body, NULL, NULL);
        insights_pack(&summed, (enum insight_kind)kind, &again);
        assert_string_equal(str_text(&again), doc.body);
        journal_doc_finish(&doc);
    }
    insights_finish(&pieces);
    insights_finish(&summed);
    insights_finish(&none);
}

static void a_rebuild_changes_nothing(instant now)
{
    struct insights before, after;
    struct error err;
    struct review_query query = {.from = first, .months = 12, .summed = true};
    assert_int_equal(review_sum(file.core, &query, &before, &err), 0);
    struct turn *turn = turn_begin(file.core, now);
    review_rebuild(turn);
    turn_commit(turn, NULL, NULL);
    read_all(now);
    assert_int_equal(review_sum(file.core, &query, &after, &err), 0);
    assert_int_equal(before.all.incidents, after.all.incidents);
    assert_int_equal(before.all.work, after.all.work);
    assert_int_equal(before.all.calls.all, after.all.calls.all);
    insights_finish(&before);
    insights_finish(&after);
}

static void the_insights_of_many_incidents_add_up(void **state)
{
    (void)state;
    uint64_t other = 0;
    for (int64_t i = number("INCIDENTS", 150); i > 0; i--)
        other = incident(other);
    instant now = last + 90 * DAY;
    read_all(now);
    for (int i = 0; i < 20; i++) {
        core_tick(file.core, now + i * HOUR);
        journal_step(file.journal);
    }
    months_add_up();
    months_are_summed_up(NULL, NULL);
    months_are_summed_up("team7", NULL);
    a_rebuild_changes_nothing(now);
    if (getenv("MONTHS_OUT"))
        write_out(getenv("MONTHS_OUT"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_insights_of_many_incidents_add_up, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
