/*
 * simulate FIRST SEEDS [STEPS]: runs each seed, checks the invariants after every step, and prints what happened.
 * simulate month JOURNAL UNTIL [SEED]: plays months of incidents into a journal, until that time (milliseconds since 1970).
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "month.h"
#include "world.h"

#define STEPS        400
#define SETTLE_EVERY 50

static void run_seed(uint64_t seed, size_t steps, bool verbose, size_t *ret_events)
{
    struct world world;
    world_init(&world, seed, verbose);
    for (size_t i = 1; i <= steps; i++) {
        world_step(&world);
        if (i % SETTLE_EVERY == 0)
            world_settle(&world);
    }
    world_drain(&world);
    *ret_events += world.events;
    if (verbose)
        printf("seed %" PRIu64 ": %" PRIu64 " events, %zu restarts, %zu failed commits, %zu and %zu messages\n",
               seed, world.events, world.restarts, world.commits_failed, world.platforms[0].done,
               world.platforms[1].done);
    world_finish(&world);
}

/* Faults are normal here; what the core logs about them matters only when a seed is replayed. */
static void be_quiet(void *ctx, const char *line, size_t n)
{
    (void)ctx, (void)line, (void)n;
}

int main(int argc, char **argv)
{
    if (argc > 3 && strcmp(argv[1], "month") == 0) {
        month_play(argv[2], argc > 4 ? strtoull(argv[4], NULL, 10) : 1, strtoll(argv[3], NULL, 10));
        return 0;
    }
    uint64_t first = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
    uint64_t seeds = argc > 2 ? strtoull(argv[2], NULL, 10) : 100;
    size_t steps = argc > 3 ? strtoul(argv[3], NULL, 10) : STEPS, events = 0;
    bool verbose = getenv("VERBOSE") && *getenv("VERBOSE");
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (!verbose)
        log_sink(be_quiet, NULL);
    for (uint64_t seed = first; seed < first + seeds; seed++)
        run_seed(seed, steps, verbose, &events);
    printf("%" PRIu64 " seeds from %" PRIu64 " passed: %zu steps each, %zu events\n", seeds, first, steps,
           events);
    return 0;
}
