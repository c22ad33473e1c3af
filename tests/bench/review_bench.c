/*
 * review_bench - what the insights cost beside their sums: an event on its way, all of them rebuilt from a journal, and a start. The peer is the limit
 * that is promised, and for a start one without insights. Lines are: name, ours, peer, ratio, goal, unit.
 *
 *     review_bench [INCIDENTS]
 */
#include <stdio.h>
#include <stdlib.h>

#include "../support/file_core.h"
#include "../support/stopwatch.h"
#include "base/mem.h"
#include "review/review.h"
#include "turn/part.h"

#define NOW            INT64_C(1800000000000)
#define NOTES          20 /* of each incident */
#define AT_ONCE        100
#define ROUNDS         9
#define LIMIT_US       2.0
#define LIMIT_A_SECOND 200000.0

static struct file_core file;

static void do_one(struct turn *turn, uint64_t *incident, const char *verb, const char *text)
{
    struct command command = {.verb = verb, .by = "ana", .text = text};
    struct error err = {0};
    if (turn_do(turn, *incident, &command, incident, &err)) {
        fprintf(stderr, "review_bench: %s: %s\n", verb, err.text);
        exit(1);
    }
}

static void one_incident(instant at)
{
    struct turn *turn = turn_begin(file.core, at);
    uint64_t incident = 0;
    do_one(turn, &incident, "declare", "checkout is slow for the customers of a shop");
    for (int i = 0; i < NOTES; i++)
        do_one(turn, &incident, "note",
               "the card gateway answers with 503; rolled back to 1.4, and looking at the queue");
    do_one(turn, &incident, "resolve", "rolled back to 1.4");
    do_one(turn, &incident, "close", "nothing is left");
    turn_commit(turn, NULL, NULL);
}

static void settle(instant *now)
{
    journal_step(file.journal);
    while (review_waiting(file.core)) {
        core_tick(file.core, *now += 20);
        journal_step(file.journal);
    }
}

static void fill(size_t incidents, instant *now)
{
    for (size_t i = 0; i < incidents; i++) {
        one_incident(*now += 10 * MINUTE);
        if (i % AT_ONCE == 0)
            journal_step(file.journal);
    }
    settle(now);
}

static void show(const char *name, double ours, double peer, double ratio, const char *goal, const char *unit)
{
    printf("%s\t%.2f\t%.2f\t%.2f\t%s\t%s\n", name, ours, peer, ratio, goal, unit);
}

/* ---- on the way of an event ---- */

/* Those of an incident's life: a declaration, notes, its end. */
static void measure_event(instant now)
{
    static const enum event_type types[] = {EVENT_DECLARED, EVENT_NOTED,  EVENT_SAID,   EVENT_ROLE,
                                            EVENT_OWED,     EVENT_STATUS, EVENT_MEMBER, EVENT_CARD};
    enum { MANY = 1000000 };
    struct turn *turn = turn_begin(file.core, now);
    const struct incident *incident = turn_incident(turn, 1);
    double start = stopwatch_cpu_micros();
    for (size_t i = 0; i < MANY; i++) {
        struct event event = {.type = types[i % ARRAY_SIZE(types)], .incident = 1, .at = now};
        review_part.follow(turn, &event, incident);
    }
    double each = (stopwatch_cpu_micros() - start) / MANY;
    turn_commit(turn, NULL, NULL);
    settle(&now);
    show("insights, an event on its way", each, LIMIT_US, LIMIT_US / each, "1", "us");
}

/* ---- all of it anew ---- */

static void measure_rebuild(instant now)
{
    double events = (double)journal_last_seq(file.journal);
    struct turn *turn = turn_begin(file.core, now);
    review_rebuild(turn);
    turn_commit(turn, NULL, NULL);
    journal_step(file.journal);
    double start = stopwatch_cpu_micros();
    require(review_waiting(file.core) > 0);
    settle(&now);
    double rate = events / (stopwatch_cpu_micros() - start) * 1e6;
    show("insights, rebuilt from the journal", rate, LIMIT_A_SECOND, rate / LIMIT_A_SECOND, "1",
         "events/CPU-s");
}

/* ---- a start ---- */

static double start_once(const struct part *const *parts, instant now)
{
    struct core_settings settings = {.parts = parts, .zone = "UTC", .announce = "incidents"};
    struct error err = {0};
    core_destroy(file.core);
    double start = stopwatch_cpu_micros();
    require(core_create(&settings, &file_core_alone, file.journal, file.policy.policy, &file.rng, now,
                        &file.core, &err) == 0);
    return stopwatch_cpu_micros() - start;
}

static void measure_start(instant now)
{
    double with[ROUNDS], without[ROUNDS];
    ARRAY(const struct part *) others = {0};
    for (const struct part *const *part = core_parts; *part; part++) {
        if (*part != &review_part)
            *array_add(&others) = *part;
    }
    *array_add(&others) = NULL;
    for (size_t i = 0; i < ROUNDS; i++) {
        without[i] = start_once(others.v, now);
        with[i] = start_once(core_parts, now);
    }
    double ours = stopwatch_percentile(with, ROUNDS, 50), peer = stopwatch_percentile(without, ROUNDS, 50);
    show("insights, a start against one without them", ours, peer, ours / peer, "at most 1.1", "us");
    array_free(&others);
}

int main(int argc, char **argv)
{
    size_t incidents = argc > 1 ? strtoul(argv[1], NULL, 10) : 10000;
    instant now = NOW;
    file_core_open(&file, &file_core_alone, now);
    fill(incidents, &now);
    measure_event(now);
    measure_rebuild(now);
    measure_start(now);
    file_core_close(&file);
    return 0;
}
