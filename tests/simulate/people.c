/* People who work on incidents in random order, and systems that raise alerts. */
#include "people.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "comms/comms.h"
#include "links.h"
#include "people/people.h"
#include "posts.h"
#include "sight/query.h"
#include "sight/sight.h"
#include "triage/triage.h"

struct waiting { /* a message that is not answered yet */
    struct world *world;
    char token[32];
};

/* The message was acknowledged: from now on it must not be missing. */
static void acknowledged(void *ctx, int rc, const struct error *err, uint64_t last_seq)
{
    struct waiting *waiting = ctx;
    (void)err;
    (void)last_seq;
    if (rc == 0 && waiting->token[0])
        map_put(&waiting->world->acknowledged, waiting->token, waiting->world);
    free(waiting);
}

static struct waiting *expect(struct world *world)
{
    struct waiting *waiting = xcalloc(1, sizeof(*waiting));
    waiting->world = world;
    return waiting;
}

static const char *const names[] = {"ana", "bob", "cem", "dee"};

const char *people_pick(struct world *world, struct turn *turn)
{
    const char *user = names[rng_below(&world->rng, ARRAY_SIZE(names))];
    const char *connector = world->platforms[rng_below(&world->rng, world->platform_count)].name;
    CLEANUP_FREE char *email = xasprintf("%s@example.com", user);
    struct identity identity = {connector, user, user, email, "America/New_York"};
    if (rng_below(&world->rng, 8) == 0)
        identity = links_user(world);
    return people_identify(turn, &identity)->id;
}

struct picking {
    struct world *world;
    uint64_t id;
    size_t seen;
};

static bool pick_one(void *ctx, const struct incident *incident)
{
    struct picking *picking = ctx;
    if (rng_below(&picking->world->rng, ++picking->seen) == 0)
        picking->id = incident->id;
    return true;
}

uint64_t people_pick_incident(struct world *world, const char *viewer)
{
    struct picking picking = {world, 0, 0};
    struct query query = {.viewer = viewer, .all = rng_below(&world->rng, 5) == 0, .limit = 50};
    query_list(world->core, &query, pick_one, &picking, NULL);
    return picking.id;
}

static void declare(struct world *world, struct turn *turn, const char *person)
{
    CLEANUP_FREE char *title = xasprintf("trouble number %zu", world->step);
    struct command command = {
        .verb = "declare", .by = person, .text = title, .flag = rng_below(&world->rng, 8) == 0};
    if (turn_do(turn, 0, &command, NULL, NULL))
        world->refusals++;
}

/* A note that must be found once it was acknowledged. */
static void note(struct world *world, struct turn *turn, uint64_t id, const char *person,
                 struct waiting *waiting)
{
    snprintf(waiting->token, sizeof(waiting->token), "token-%" PRIu64, ++world->tokens);
    struct command command = {.verb = "note", .by = person, .text = waiting->token};
    if (turn_do(turn, id, &command, NULL, NULL)) {
        waiting->token[0] = '\0';
        world->refusals++;
    }
}

static void anything(struct world *world, struct turn *turn, uint64_t id, const char *person)
{
    static const char *const verbs[] = {
        "accept",  "decline", "fix",      "monitor", "resolve", "pause",   "resume", "ticket",
        "merge",   "reopen",  "close",    "sev",     "role",    "title",   "update", "said",
        "private", "drill",   "link",     "member",  "dissent", "summary", "team",   "tell",
        "approve", "discard", "customer", "redraft", "reject",  "endorse", "stop",   "offer"};
    static const char *const words[] = {
        "minor", "major", "critical", "lead", "comms", "ana", "https://example.com/x"};
    uint64_t other = people_pick_incident(world, person);
    struct command command = {
        .verb = verbs[rng_below(&world->rng, ARRAY_SIZE(verbs))],
        .by = person,
        .text = "some words",
        .name = words[rng_below(&world->rng, ARRAY_SIZE(words))],
        .value = words[rng_below(&world->rng, ARRAY_SIZE(words))],
        .until = world->now + MINUTE + (instant)rng_below(&world->rng, 20 * HOUR),
        .other = other ? sight_incident(world->core, other, person) : NULL,
        .flag = rng_below(&world->rng, 2),
        .count = (int64_t)rng_below(&world->rng, 4),
    };
    const struct incident *incident = turn_incident(turn, id);
    const struct state_draft *draft = incident ? incident_draft(incident, command.count) : NULL;
    CLEANUP_FREE char *post = draft && draft->post ? xstrdup(draft->text) : NULL;
    if (turn_do(turn, id, &command, NULL, NULL))
        world->refusals++;
    else if (post && strcmp(command.verb, "approve") == 0)
        posts_approved(world, post);
}

static bool is_merged(void *ctx, const struct incident *incident)
{
    *(uint64_t *)ctx = incident->id;
    return false;
}

/* Takes back the newest merge. */
static void unmerge(struct world *world, struct turn *turn, const char *person)
{
    uint64_t id = 0;
    query_list(world->core, &(struct query){.viewer = person, .status = STATUS_MERGED, .limit = 1}, is_merged,
               &id, NULL);
    const struct incident *incident = id ? sight_incident(world->core, id, person) : NULL;
    if (!incident)
        return;
    const struct incident *survivor = sight_incident(world->core, incident->end.merged_into, person);
    if (triage_unmerge(turn, incident, survivor, person, person, NULL, NULL))
        world->refusals++;
}

/* By phone: all, or one customer, who is affected then. */
static void tell_by_phone(struct world *world, struct turn *turn, uint64_t id, const char *person)
{
    const struct incident *incident = turn_incident(turn, id);
    const char *whom =
        rng_below(&world->rng, 2) ? EVERY_CUSTOMER : names[rng_below(&world->rng, ARRAY_SIZE(names))];
    struct command affect = {.verb = "customer", .by = person, .name = whom};
    if (incident && (audience_is_many(whom) || turn_do(turn, id, &affect, NULL, NULL) == 0))
        comms_told(turn, incident, person, whom, "phone");
}

void people_act(struct world *world)
{
    if (!core_ready(world->core, NULL))
        return;
    struct turn *turn = turn_begin(world->core, world->now);
    struct waiting *waiting = expect(world);
    const char *person = people_pick(world, turn);
    uint64_t id = people_pick_incident(world, person), luck = rng_below(&world->rng, 100);
    if (!id || luck < 6)
        declare(world, turn, person);
    else if (luck < 9)
        unmerge(world, turn, person);
    else if (luck < 30)
        note(world, turn, id, person, waiting);
    else if (luck < 39)
        tell_by_phone(world, turn, id, person);
    else
        anything(world, turn, id, person);
    turn_commit(turn, acknowledged, waiting);
}

/* Whom `anything` tells something. */
void people_bounce(struct world *world)
{
    static const char *const told[] = {"minor", "major", "critical", "lead", "comms", "ana"};
    if (!core_ready(world->core, NULL))
        return;
    struct turn *turn = turn_begin(world->core, world->now);
    struct bounce bounce = {.connector = world->platforms[rng_below(&world->rng, world->platform_count)].name,
                            .address = "ops@acme.example",
                            .customer = told[rng_below(&world->rng, ARRAY_SIZE(told))],
                            .incident = 1 + rng_below(&world->rng, 20),
                            .permanent = rng_below(&world->rng, 4) > 0};
    map_put(&world->bounced, bounce.customer, world);
    comms_bounced(turn, &bounce);
    turn_commit(turn, acknowledged, expect(world));
}

void people_reply(struct world *world)
{
    if (!core_ready(world->core, NULL))
        return;
    struct turn *turn = turn_begin(world->core, world->now);
    comms_replied(turn, &(struct reply){.customer = names[rng_below(&world->rng, ARRAY_SIZE(names))],
                                        .text = "it is still broken"});
    turn_commit(turn, acknowledged, expect(world));
}

static const struct incident *read_incident(void *ctx, uint64_t id)
{
    struct world *world = ctx;
    return world->core ? sight_incident(world->core, id, NULL) : NULL;
}

static void each_incident(void *ctx, bool (*on)(void *on_ctx, const struct incident *incident), void *on_ctx)
{
    struct world *world = ctx;
    if (world->core)
        query_list(world->core, &(struct query){.limit = 1000}, on, on_ctx, NULL);
}

static const char *read_person(void *ctx, const char *id)
{
    (void)ctx;
    (void)id;
    return NULL;
}

static struct policy_silence read_silence(void *ctx, const struct incident *incident, const char *tier,
                                          int cares)
{
    struct world *world = ctx;
    return world->core ? comms_silence(world->core, incident, tier, cares) : (struct policy_silence){0};
}

static void script_failed(void *ctx, const char *where, const char *text, uint64_t incident)
{
    (void)incident;
    world_broken(ctx, "the default policy failed at %s: %s", where, text);
}

const struct policy_host *people_policy_host(struct world *world)
{
    static struct policy_host host;
    host = (struct policy_host){.ctx = world,
                                .incident = read_incident,
                                .each_incident = each_incident,
                                .person = read_person,
                                .silence = read_silence,
                                .on_failure = script_failed};
    return &host;
}
