/*
 * insights_bench - what 100,000 incidents of five years sum up to, for a month, for a year, for all of them, and for a team. The peer is the
 * limit that is promised. Lines are: name, ours, peer, ratio, goal, unit.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../support/file_core.h"
#include "../support/stopwatch.h"
#include "base/mem.h"
#include "review/review.h"

#define FIRST     INT64_C(1640995200000) /* Sat 1 Jan 2022 */
#define MONTHS    60
#define INCIDENTS 100000
#define LIMIT_MS  100.0

static struct file_core file;

static char *some(const char *what, uint64_t of)
{
    return xasprintf("%s%" PRIu64, what, rng_next(&file.rng) % of);
}

static struct piece piece_of(instant at)
{
    duration took = 20 * MINUTE + (duration)(rng_next(&file.rng) % (uint64_t)(6 * HOUR));
    struct piece piece = {.ends = true, .outcome = STATUS_RESOLVED, .ended = at + took, .active = took};
    piece.names[NAME_TEAM] = some("team", 12);
    piece.names[NAME_SERVICE] = some("service", 60);
    piece.names[NAME_RULE] = some("team.lua:", 80);
    piece.names[NAME_SEVERITY] = some("severity", 3);
    *array_add(&piece.lists[LIST_CUSTOMERS]) = some("customer", 300);
    *array_add(&piece.lists[LIST_PROBLEMS]) = some("problem", 5000);
    for (size_t i = 0; i < PIECE_TIMES; i++)
        piece.times[i] = took / (duration)(i + 1);
    for (uint64_t n = 1 + rng_next(&file.rng) % 3; n > 0; n--) {
        struct piece_person *person = array_add(&piece.people);
        person->id = some("person", 80);
        person->pages = 1;
        *array_add(&person->worked) = (struct piece_span){at, at + took};
    }
    return piece;
}

static void put(struct turn *turn, uint64_t incident, instant at)
{
    char month[MONTH_TEXT];
    CLEANUP_STR struct str body = {0};
    struct piece piece = piece_of(at);
    month_name(at, month);
    CLEANUP_FREE char *key = xasprintf("%s\x1f%010" PRIu64, month, incident);
    piece_encode(&piece, &body);
    batch_doc(turn_batch(turn), DOC_INSIGHT, key, body.p);
    piece_finish(&piece);
}

static void fill(void)
{
    instant last = month_begins(FIRST, MONTHS) - 7 * HOUR;
    for (uint64_t i = 0; i < INCIDENTS; i += 1000) {
        struct turn *turn = turn_begin(file.core, last);
        for (uint64_t k = i; k < i + 1000; k++)
            put(turn, k + 1, FIRST + (instant)((double)(last - FIRST) * (double)k / INCIDENTS));
        turn_commit(turn, NULL, NULL);
        journal_step(file.journal);
    }
    for (int i = 0; i < 2 * MONTHS; i++) { /* months that are over are summed up */
        core_tick(file.core, last + 40 * DAY + i * HOUR);
        journal_step(file.journal);
    }
}

static void measure(const char *name, int months, const char *team, enum insight_kind kind)
{
    struct insights sums;
    struct review_query query = {.from = month_begins(FIRST, MONTHS - months),
                                 .months = months,
                                 .team = team,
                                 .kind = kind,
                                 .summed = months > 1};
    double best = 1e9;
    for (int i = 0; i < 3; i++) {
        double start = stopwatch_cpu_micros();
        require(review_sum(file.core, &query, &sums, NULL) == 0);
        best = MIN(best, (stopwatch_cpu_micros() - start) / 1000);
        require(sums.all.incidents > 0);
        insights_finish(&sums);
    }
    printf("%s\t%.1f\t%.1f\t%.2f\t1\tms\n", name, best, LIMIT_MS, LIMIT_MS / best);
}

int main(void)
{
    file_core_open(&file, &file_core_alone, FIRST);
    fill();
    measure("insights of a month, of 100,000 incidents", 1, NULL, INSIGHT_ALL);
    measure("insights of a year", 12, NULL, INSIGHT_ALL);
    measure("insights of five years, by service", MONTHS, NULL, INSIGHT_SERVICE);
    measure("insights of five years, by customer", MONTHS, NULL, INSIGHT_CUSTOMER);
    measure("insights of a team in five years", MONTHS, "team7", INSIGHT_ALL);
    file_core_close(&file);
    return 0;
}
