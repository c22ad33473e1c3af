#include "alerts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "sight/sight.h"
#include "triage/incoming.h"
#include "triage/triage.h"
#include "turn/live.h"

#define FIRST_PROBLEM UINT64_C(0xabc000)
#define IMPORTANT     "checkout"

static char directory[] = "/tmp/tocsin-simulate-XXXXXX";

static void remove_policy(void)
{
    CLEANUP_FREE char *file = xasprintf("%s/team.lua", directory);
    unlink(file);
    rmdir(directory);
}

const char *alerts_policy(void)
{
    static bool made;
    if (made)
        return directory;
    require(mkdtemp(directory) != NULL);
    CLEANUP_FREE char *path = xasprintf("%s/team.lua", directory);
    FILE *file = fopen(path, "w");
    require(file != NULL);
    fputs("team { name = 'shop', people = { 'ana', 'bob' } }\n"
          "service { name = 'Checkout', team = 'shop', tier = 1, runbook = 'https://wiki.example', depends_on "
          "= { 'api' } }\n"
          "service { name = 'api', depends_on = { 'checkout' } }\n"
          "component { name = 'Checkout' } component { name = 'API' } status_page { name = 'main' }\n"
          "tickets { tracker = 'desk', parents = { 'desk' }, solve = true }\n",
          file);
    fclose(file);
    atexit(remove_policy);
    made = true;
    return directory;
}

/* ---- raising alerts ---- */

struct request { /* one request of a sender, which is not answered yet */
    struct world *world;
    instant at;
    bool serious[PROBLEMS];
};

static void answered(void *ctx, int rc, const struct error *err, uint64_t last_seq)
{
    struct request *request = ctx;
    (void)err, (void)last_seq;
    for (size_t i = 0; rc == 0 && i < PROBLEMS; i++) {
        if (request->serious[i])
            request->world->problems[i].serious_at = request->at;
    }
    free(request);
}

static bool is_serious(const struct alert *alert)
{
    return alert->status == ALERT_FIRING && alert->level >= LEVEL_ERROR &&
           strcmp(alert->about.service, IMPORTANT) == 0 && strcmp(alert->about.environment, "production") == 0;
}

/* One of so many that an incident does not name them all. */
static const char *stranger(struct world *world)
{
    char key[16];
    int n = snprintf(key, sizeof(key), "c%d", (int)rng_below(&world->rng, 300));
    return arena_copy(&world->arena, key, (size_t)n);
}

/* A problem has a service and an environment of its own, and is seen elsewhere now and then. Its level goes up and down by steps. */
static void fill(struct world *world, size_t problem, struct alert *alert)
{
    static const char *const services[] = {IMPORTANT, "billing", "search", ""};
    static const char *const environments[] = {"production", "staging", "production", ""};
    static const char *const customers[] = {"ana", "bob", "cem", "dee"};
    struct problem_seen *seen = &world->problems[problem];
    bool elsewhere = rng_below(&world->rng, 8) == 0;
    size_t home = elsewhere ? rng_below(&world->rng, 16) : problem;
    int step = (int)rng_below(&world->rng, 6);
    seen->level = seen->level ? seen->level : LEVEL_WARNING + (int)(problem % 2);
    seen->level = step == 0   ? MIN(seen->level + 1, LEVEL_FATAL)
                  : step == 1 ? MAX(seen->level - 1, LEVEL_INFO)
                              : seen->level;
    alert->about.origin = "simulator";
    alert->fingerprint = FIRST_PROBLEM + problem;
    alert->about.title = "it broke";
    alert->about.service = services[home % 4];
    alert->about.environment = environments[home / 4 % 4];
    alert->level = (enum alert_level)seen->level;
    alert->who.customer =
        problem % 3 ? customers[rng_below(&world->rng, ARRAY_SIZE(customers))] : stranger(world);
    alert->count = 1 + (int64_t)rng_below(&world->rng, 40);
    alert->status = rng_below(&world->rng, 12) ? ALERT_FIRING : ALERT_RESOLVED;
}

/* One problem fires in several places, some of which have a name, and an alert may end unless it is sent again. */
static void fill_member(struct world *world, struct alert *alert)
{
    static const char *const instances[] = {"", "web-1", "web-2", "web-2", ""};
    alert->member = rng_below(&world->rng, ARRAY_SIZE(instances));
    alert->instance = instances[alert->member];
    if (rng_below(&world->rng, 4) == 0)
        alert->ends = world->now + (instant)rng_below(&world->rng, 2 * HOUR);
}

static struct alert *add(struct world *world, struct alert_list *list, struct request *request, size_t problem)
{
    struct alert *alert = alert_add(list, &world->arena, "generic", world->now);
    fill(world, problem, alert);
    fill_member(world, alert);
    request->serious[problem] |= is_serious(alert);
    return alert;
}

static struct request *begin(struct world *world)
{
    struct request *request = xcalloc(1, sizeof(*request));
    request->world = world;
    request->at = world->now;
    arena_reset(&world->arena);
    return request;
}

void alerts_come(struct world *world)
{
    struct alert_list list = {0};
    struct request *request = begin(world);
    size_t n = 1 + rng_below(&world->rng, 20);
    uint64_t notification = rng_below(&world->rng, 3); /* 0: they came each by itself */
    for (size_t i = 0; i < n; i++)
        add(world, &list, request, rng_below(&world->rng, 1 + rng_below(&world->rng, PROBLEMS)))->notification =
            notification;
    triage_alerts(world->core, list.v, list.n, world->now, answered, request);
}

void alerts_flap(struct world *world)
{
    size_t problem = rng_below(&world->rng, PROBLEMS), n = 2 + rng_below(&world->rng, 12);
    for (size_t i = 0; i < n; i++) {
        struct alert_list list = {0};
        struct request *request = begin(world);
        struct alert *alert = add(world, &list, request, problem);
        alert->status = i % 2 ? ALERT_RESOLVED : ALERT_FIRING;
        request->serious[problem] = is_serious(alert);
        triage_alerts(world->core, list.v, list.n, world->now, answered, request);
        world->now += 1 + (instant)rng_below(&world->rng, 30 * SECOND);
    }
}

void alerts_mute(struct world *world)
{
    if (!core_ready(world->core, NULL))
        return;
    char pattern[FINGERPRINT_TEXT];
    size_t problem = rng_below(&world->rng, PROBLEMS);
    instant until = world->now + MINUTE + (instant)rng_below(&world->rng, 3 * HOUR);
    struct turn *turn = turn_begin(world->core, world->now);
    if (mutes_add(turn, fingerprint_format(FIRST_PROBLEM + problem, pattern), until, "ana", "noise", NULL) == 0)
        world->problems[problem].muted_until = MAX(until, world->problems[problem].muted_until);
    turn_commit(turn, NULL, NULL);
}

/* ---- nothing that matters is silent ---- */

/* Did people decide on it since? */
static bool is_decided(const struct incident *incident, instant serious_at)
{
    bool put_off = incident->status == STATUS_DECLINED || incident->status == STATUS_TICKETED;
    return status_is_open(incident->status) || put_off ||
           incident_last(incident, incident->status) >= serious_at; /* ended after the alert */
}

struct looking {
    uint64_t fingerprint;
    bool found;
};

/* The team's rules declare what matters, so "no rule matched" and "a rule keeps it quiet" are reasons of what it was before. */
static bool look(void *ctx, const struct incoming *row)
{
    struct looking *looking = ctx;
    bool says = row->why != INCOMING_NONE && row->why != INCOMING_QUIET && row->reason && *row->reason;
    looking->found |= row->group->fingerprint == looking->fingerprint && says;
    return !looking->found;
}

static bool is_listed(struct world *world, uint64_t fingerprint, const char *viewer)
{
    struct looking looking = {fingerprint, false};
    struct incoming_reading reading = {.viewer = viewer, .zone = "UTC", .now = world->now};
    incoming_each(world->core, &reading, look, &looking);
    return looking.found;
}

static bool is_listed_for_somebody(struct world *world, uint64_t fingerprint)
{
    static const char *const viewers[] = {NULL, "ana", "bob", "cem", "dee"};
    for (size_t i = 0; i < ARRAY_SIZE(viewers); i++) {
        if (is_listed(world, fingerprint, viewers[i]))
            return true;
    }
    return false;
}

/* What the journal tells of the group, for whoever replays the seed. */
static bool print_row(void *ctx, const struct journal_event *row)
{
    (void)ctx;
    fprintf(stderr, "  %" PRId64 " %s %s\n", row->at, row->type, row->data);
    return true;
}

static void check_problem(struct world *world, size_t problem)
{
    const struct problem_seen *seen = &world->problems[problem];
    char fingerprint[FINGERPRINT_TEXT];
    if (!seen->serious_at || seen->serious_at <= seen->muted_until)
        return;
    fingerprint_format(FIRST_PROBLEM + problem, fingerprint);
    const struct group *group = triage_group(world->core, fingerprint, world->now);
    if (!group)
        world_broken(world, "the group %s was acknowledged and is unknown", fingerprint);
    uint64_t id = group->care.incident;
    const struct incident *incident = id ? live_incident(world->core, id) : NULL;
    if ((incident && is_decided(incident, seen->serious_at)) ||
        is_listed_for_somebody(world, FIRST_PROBLEM + problem))
        return;
    CLEANUP_FREE char *stream = xasprintf("group/%s", fingerprint);
    journal_read_stream(world->journal, stream, 0, 0, print_row, NULL, NULL);
    fprintf(stderr, "  %" PRId64 " the last alert that matters\n", seen->serious_at);
    world_broken(world, "the group %s matters, and is silent: its incident is %" PRIu64 ", %s", fingerprint, id,
                 incident ? status_name(incident->status) : "none");
}

void alerts_check(struct world *world)
{
    for (size_t i = 0; i < PROBLEMS; i++)
        check_problem(world, i);
}
