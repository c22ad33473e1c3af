/*
 * Fills a journal through the core, as years of work would: fill FILE INCIDENTS OPEN NOTES HOURS. Each incident is declared and
 * gets NOTES notes; all but OPEN of them are resolved and closed. The open ones were declared HOURS ago: 0, and nothing is overdue;
 * 24, and all of them are. The others were declared before, one every ten minutes.
 */
#include <stdio.h>
#include <sys/stat.h>
#include <uv.h>

#include "base/clock.h"
#include "base/map.h"
#include "turn/part.h"

#define AT_ONCE 500 /* turns in progress */
#define SPAN    (10 * MINUTE)

static int waiting;

static void committed(void *ctx, int rc, const struct error *err, uint64_t last_seq)
{
    (void)ctx, (void)last_seq;
    waiting--;
    if (rc) {
        fprintf(stderr, "fill: %s\n", err->text);
        exit(1);
    }
}

static void do_one(struct turn *turn, uint64_t id, const char *verb, const char *text)
{
    struct error err;
    struct command command = {.verb = verb, .by = "ana", .text = text};
    if (turn_do(turn, id, &command, NULL, &err)) {
        fprintf(stderr, "fill: %s: %s\n", verb, err.text);
        exit(1);
    }
}

static void one_incident(struct core *core, uint64_t number, instant at, bool open, int notes)
{
    struct turn *turn = turn_begin(core, at);
    uint64_t id = 0;
    CLEANUP_FREE char *title =
        xasprintf("checkout is slow for the customers of shop %llu", (unsigned long long)number);
    struct command declare = {.verb = "declare", .by = "ana", .text = title};
    turn_do(turn, 0, &declare, &id, NULL);
    for (int i = 0; i < notes; i++)
        do_one(turn, id, "note",
               "the card gateway answers with 503; rolled back to 1.4, and looking at the queue");
    if (!open) {
        do_one(turn, id, "resolve", "rolled back to 1.4");
        do_one(turn, id, "close", "nothing is left");
    }
    waiting++;
    turn_commit(turn, committed, NULL);
}

static void no_wake(void *ctx)
{
    (void)ctx;
}

static bool no_connector(void *ctx, const char *connector, uint64_t *ret_can)
{
    (void)ctx, (void)connector;
    *ret_can = 0;
    return false;
}

static int fill(uv_loop_t *loop, struct core *core, uint64_t incidents, uint64_t open, int notes,
                instant newest)
{
    uint64_t ended = incidents - open;
    for (uint64_t i = 1; i <= incidents; i++) {
        instant at = i > ended ? newest : newest - (instant)(ended - i + 1) * SPAN;
        one_incident(core, i, at, i > ended, notes);
        while (waiting > AT_ONCE)
            uv_run(loop, UV_RUN_ONCE);
    }
    while (waiting)
        uv_run(loop, UV_RUN_ONCE);
    return 0;
}

int main(int argc, char **argv)
{
    static const struct policy_host policy_host = {0};
    struct core_settings settings = {.parts = core_parts, .zone = "UTC", .announce = "incidents"};
    struct core_ops ops = {.can_take = no_connector, .wake = no_wake};
    struct journal *journal;
    struct core *core;
    struct error err = {0};
    struct rng rng;
    uv_loop_t loop;
    if (argc != 6)
        return fputs("usage: fill FILE INCIDENTS OPEN NOTES HOURS\n", stderr), 2;
    instant newest = clock_now() - atoi(argv[5]) * HOUR;
    uv_loop_init(&loop);
    rng_init(&rng, 7);
    struct policy *policy = policy_create(&policy_host);
    int rc = policy_load(policy, NULL, &err);
    rc = rc ? rc : journal_open(argv[1], &loop, &journal, &err);
    rc = rc ? rc : core_create(&settings, &ops, journal, policy, &rng, newest, &core, &err);
    if (rc)
        return fprintf(stderr, "fill: %s\n", err.text), 1;
    fill(&loop, core, strtoull(argv[2], NULL, 10), strtoull(argv[3], NULL, 10), atoi(argv[4]), newest);
    journal_close(journal);
    core_destroy(core);
    policy_destroy(policy);
    uv_run(&loop, UV_RUN_DEFAULT);
    return 0;
}
