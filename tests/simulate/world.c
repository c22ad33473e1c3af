/* The simulated surroundings: platforms, people, faults, restarts. */
#include "world.h"

#include "base/json.h"
#include "command/chat.h"
#include "delivery/delivery.h"
#include "people/people.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <tocsin/connector.h>

#include "../support/memory_store.h"
#include "alerts.h"
#include "customers.h"
#include "drills.h"
#include "desk.h"
#include "links.h"
#include "paging.h"
#include "people.h"
#include "posts.h"
#include "rooms.h"
#include "talk.h"

#define START ((instant)1764000000000)

static void perform(void *ctx, const struct action *action);

static struct platform *platform_of(struct world *world, const char *connector)
{
    for (size_t i = 0; i < world->platform_count; i++) {
        if (strcmp(world->platforms[i].name, connector) == 0)
            return &world->platforms[i];
    }
    world_broken(world, "an action for '%s', which is not a connector", connector);
}

static bool can_take(void *ctx, const char *connector, uint64_t *ret_can)
{
    struct platform *platform = platform_of(ctx, connector);
    *ret_can = platform->can;
    return platform->up && platform->hands.n < 4;
}

static void wake(void *ctx)
{
    (void)ctx;
}

static duration keep(void *ctx, const char *setting)
{
    (void)ctx, (void)setting;
    return 30 * DAY;
}

static void open_core(struct world *world)
{
    struct error err;
    struct core_ops ops = {.ctx = world, .perform = perform, .can_take = can_take, .wake = wake, .keep = keep};
    struct core_settings settings = {.parts = core_parts,
                                     .zone = "Europe/London",
                                     .announce = "incidents",
                                     .announce_fallback = world->seed % 2 ? world->platforms[1].name : NULL};
    if (journal_open_store(world->store, NULL, &world->journal, &err))
        world_broken(world, "the journal does not open: %s", err.text);
    if (core_create(&settings, &ops, world->journal, world->policy, &world->core_rng, world->now, &world->core,
                    &err))
        world_broken(world, "the core does not start: %s", err.text);
    for (size_t i = 0; i < world->platform_count; i++)
        delivery_connector(world->core, world->platforms[i].name, world->platforms[i].can,
                           world->platforms[i].up, NULL, world->now);
    CLEANUP_JSON cJSON *pages = cJSON_CreateArray();
    cJSON_AddItemToArray(pages, cJSON_CreateString("https://desk.example"));
    link_set_pages(world->core, DESK, pages);
    world->chat = chat_create(world->core, NULL, 0);
}

static void sent_finish(struct sent *sent)
{
    free(sent->connector);
    free(sent->kind);
    free(sent->channel);
    free(sent->key);
    free(sent->body);
}

static void drop_hands(struct platform *platform)
{
    for (size_t i = 0; i < platform->hands.n; i++)
        sent_finish(&platform->hands.v[i]);
    platform->hands.n = 0;
}

/* The process dies: uncommitted changes are lost, what the platforms did stays done. */
static void crash_core(struct world *world)
{
    world->restarts++;
    memory_store_crash(world->store);
    journal_close(world->journal); /* answers pending batches: they are not kept */
    chat_destroy(world->chat);
    core_destroy(world->core);
    world->core = NULL;
    for (size_t i = 0; i < world->platform_count; i++)
        drop_hands(&world->platforms[i]);
    open_core(world);
}

/* An action is handed out only when its cause is durable. */
static void check_durable(struct world *world, const struct action *action)
{
    char key[24];
    struct journal_doc doc;
    snprintf(key, sizeof(key), "%020" PRIu64, action->id);
    if (journal_doc(world->journal, DOC_ACTION, key, &doc, NULL))
        world_broken(world, "action %" PRIu64 " (%s) is handed out but not durable", action->id, action->key);
    journal_doc_finish(&doc);
}

/* A key and an id always mean the same action; a newer body may replace a waiting one. */
static void check_name(struct world *world, const struct action *action)
{
    CLEANUP_FREE char *id = xasprintf("%" PRIu64, action->id),
                      *key = xasprintf("%s\x1f%s", action->connector, action->key);
    CLEANUP_FREE char *what =
        xasprintf("%s %s", action->kind, action->coalesce ? action->coalesce : action->key);
    const char *named = map_get(&world->ids, id), *before = map_get(&world->keys, key);
    if (named && strcmp(named, what) != 0)
        world_broken(world, "action %s is %s, and was %s", id, what, named);
    if (before && strcmp(before, id) != 0)
        world_broken(world, "the key %s of action %s was that of action %s", action->key, id, before);
    if (!named)
        map_put(&world->ids, id, xstrdup(what));
    if (!before)
        map_put(&world->keys, key, xstrdup(id));
}

static void perform(void *ctx, const struct action *action)
{
    struct world *world = ctx;
    struct platform *platform = platform_of(world, action->connector);
    customers_check_action(world, action);
    drills_check_action(world, action);
    desk_check_action(world, action);
    pages_check_action(world, action);
    check_durable(world, action);
    check_name(world, action);
    rooms_leaves(world, action);
    if (world->verbose)
        printf("%zu %s <- %" PRIu64 " %s %s %s attempt %d\n", world->step, action->connector, action->id,
               lanes[action->lane].name, action->channel, action->key, action->attempts);
    for (size_t i = 0; i < platform->hands.n; i++) {
        if (*action->channel && strcmp(platform->hands.v[i].channel, action->channel) == 0 &&
            platform->hands.v[i].lane == (int)action->lane)
            world_broken(world, "two actions of channel %s at once", action->channel);
    }
    *array_add(&platform->hands) = (struct sent){action->id,
                                                 xstrdup(action->connector),
                                                 xstrdup(action->kind),
                                                 xstrdup(action->channel),
                                                 xstrdup(action->key),
                                                 xstrdup(action->body),
                                                 action->attempts,
                                                 (int)action->lane,
                                                 world->now + (instant)rng_below(&world->rng, 3 * SECOND)};
}

/* The id of what the action made. One that is sent again makes a second one, if the platform can't look up the first. */
static const char *remember_remote(struct platform *platform, const struct sent *sent, size_t times)
{
    const char *what = strcmp(sent->kind, "channel.open") == 0 ? "room" : "m";
    char *remote = times ? xasprintf("%s-%" PRIu64 "-%zu", what, sent->id, times)
                         : xasprintf("%s-%" PRIu64, what, sent->id);
    free(map_put(&platform->remote, sent->key, remote));
    return remote;
}

/* The action happens on the platform: once for each key if the platform can look up earlier attempts. Returns the id of what it made. */
static const char *happen(struct world *world, struct platform *platform, const struct sent *sent)
{
    size_t times = (size_t)(uintptr_t)map_get(&platform->by_key, sent->key);
    if (times && sent->lane == LANE_CUSTOMER && (!(platform->can & TOCSIN_CAN_FIND) || sent->attempt < 2))
        world_broken(world, "a customer is told twice on %s: %s, attempt %d", platform->name, sent->key,
                     sent->attempt);
    if (times && platform->can & TOCSIN_CAN_FIND) {
        if (sent->attempt < 2)
            platform->doubled++;
        return map_get(&platform->remote, sent->key); /* found by its key, so not sent again */
    }
    customers_check_arrival(world, sent);
    const char *remote = remember_remote(platform, sent, times);
    rooms_happen(world, platform, sent, remote);
    desk_happens(world, sent, remote);
    map_put(&platform->by_key, sent->key, (void *)(uintptr_t)(times + 1));
    platform->done++;
    if (strcmp(sent->kind, "edit") == 0)
        return remote; /* one that waits for its second comes after later ones */
    CLEANUP_FREE char *lane = xasprintf("%s\x1f%d", sent->channel, sent->lane);
    uint64_t last = (uint64_t)(uintptr_t)map_get(&platform->last_in_channel, lane);
    if (*sent->channel && !times && sent->id < last)
        world_broken(world, "%s: action %" PRIu64 " (%s %s, attempt %d) comes after %" PRIu64 " in %s",
                     platform->name, sent->id, sent->kind, sent->key, sent->attempt, last, sent->channel);
    map_put(&platform->last_in_channel, lane, (void *)(uintptr_t)MAX(last, sent->id));
    return remote;
}

/* An earlier attempt arrived, and the connector finds it. */
static bool is_found(const struct platform *platform, const struct sent *sent)
{
    return platform->can & TOCSIN_CAN_FIND && map_get(&platform->by_key, sent->key);
}

static void answer(struct world *world, struct platform *platform, size_t index, bool well)
{
    struct sent sent = platform->hands.v[index];
    array_remove(&platform->hands, index);
    uint64_t luck = well || is_found(platform, &sent) ? 0 : rng_below(&world->rng, 100);
    struct outbox_outcome outcome = {.code = TOCSIN_DONE};
    CLEANUP_FREE char *answer = NULL;
    if (luck < 80) {
        outcome.remote_id = happen(world, platform, &sent);
        outcome.answer = answer = desk_answer(world, &sent, outcome.remote_id);
    } else if (luck < 90) {
        outcome = (struct outbox_outcome){.code = TOCSIN_RETRY,
                                          .retry_after = (duration)rng_below(&world->rng, MINUTE)};
    } else if (luck < 93) {
        outcome = (struct outbox_outcome){.code = TOCSIN_REFUSED, .detail = "no such channel"};
        rooms_lost(world, platform->name, sent.key, sent.body);
        desk_lost(world, &sent);
    } else if (luck < 97) {
        happen(world, platform, &sent);
        outcome = (struct outbox_outcome){.code = TOCSIN_UNKNOWN, .detail = "cut"};
    } else {
        outcome = (struct outbox_outcome){.code = TOCSIN_UNKNOWN, .detail = "cut before"};
    }
    if (world->verbose)
        printf("%zu %s -> %" PRIu64 " code %d\n", world->step, platform->name, sent.id, outcome.code);
    delivery_outcome(world->core, sent.id, &outcome, world->now);
    sent_finish(&sent);
}

static void answer_due(struct world *world, bool well)
{
    for (size_t p = 0; p < world->platform_count; p++) {
        struct platform *platform = &world->platforms[p];
        for (size_t i = 0; i < platform->hands.n; i++) {
            if (platform->hands.v[i].answer_at <= world->now || well)
                answer(world, platform, i--, well);
        }
    }
}

/* A runner dies: each action in flight may or may not have happened. */
static void crash_platform(struct world *world, struct platform *platform, duration longest)
{
    if (!platform->up)
        return;
    platform->up = false;
    platform->back_at = world->now + (instant)rng_below(&world->rng, (uint64_t)longest);
    while (platform->hands.n) {
        struct sent sent = platform->hands.v[0];
        array_remove(&platform->hands, 0);
        if (rng_below(&world->rng, 2))
            happen(world, platform, &sent);
        delivery_outcome(world->core, sent.id,
                         &(struct outbox_outcome){.code = TOCSIN_UNKNOWN, .detail = "the runner died"},
                         world->now);
        sent_finish(&sent);
    }
    delivery_connector(world->core, platform->name, platform->can, false, "killed", world->now);
}

static void revive(struct world *world, bool all)
{
    for (size_t i = 0; i < world->platform_count; i++) {
        struct platform *platform = &world->platforms[i];
        if (platform->up || (!all && world->now < platform->back_at))
            continue;
        platform->up = true;
        delivery_connector(world->core, platform->name, platform->can, true, NULL, world->now);
    }
}

/* Two and the desk at first. The others are configured later, in some worlds. */
static void init_platforms(struct world *world)
{
    uint64_t all = TOCSIN_CAN_POST | TOCSIN_CAN_CHANNELS | TOCSIN_CAN_PAGE | TOCSIN_CAN_DESK | TOCSIN_CAN_PIN |
                   TOCSIN_CAN_BOOKMARK | TOCSIN_CAN_EMAILS;
    uint64_t changes = TOCSIN_CAN_EDIT | TOCSIN_CAN_DELETE;
    world->platforms[0] =
        (struct platform){.name = "alpha",
                          .can = all | changes | TOCSIN_CAN_THREAD | TOCSIN_CAN_FIND | TOCSIN_CAN_RECEIPTS,
                          .up = true};
    world->platforms[1] = (struct platform){
        .name = "beta", .can = all | TOCSIN_CAN_EDIT | TOCSIN_CAN_CALL | TOCSIN_CAN_RECEIPTS, .up = true};
    world->platforms[2] =
        (struct platform){.name = DESK,
                          .can = TOCSIN_CAN_DESK | TOCSIN_CAN_TICKETS | TOCSIN_CAN_POST | TOCSIN_CAN_FIND,
                          .up = true};
    world->platforms[3] =
        (struct platform){.name = "gamma", .can = all | changes | TOCSIN_CAN_THREAD, .up = true};
    world->platforms[4] = (struct platform){.name = "delta", .can = all | TOCSIN_CAN_FIND, .up = true};
    world->platform_count = 3;
}

static void add_platform(struct world *world)
{
    if (world->platform_count == 3 + world->seed % (PLATFORMS - 2))
        return;
    const struct platform *platform = &world->platforms[world->platform_count++];
    delivery_connector(world->core, platform->name, platform->can, true, NULL, world->now);
}

void world_init(struct world *world, uint64_t seed, bool verbose)
{
    *world = (struct world){.seed = seed, .now = START, .verbose = verbose};
    rng_init(&world->rng, seed);
    rng_init(&world->core_rng, seed ^ 0x5eed);
    init_platforms(world);
    world->rooms = rooms_create();
    world->store = memory_store_create();
    world->policy = policy_create(people_policy_host(world));
    struct error err;
    if (policy_load(world->policy, alerts_policy(), &err))
        world_broken(world, "the policy does not load: %s", err.text);
    open_core(world);
}

static void free_texts(struct map *map)
{
    struct map_slot *slot;
    for (size_t i = 0; (slot = map_next(map, &i));)
        free(slot->value);
    map_finish(map);
}

void world_finish(struct world *world)
{
    journal_close(world->journal);
    chat_destroy(world->chat);
    core_destroy(world->core);
    rooms_destroy(world->rooms);
    policy_destroy(world->policy);
    memory_store_destroy(world->store);
    map_finish(&world->acknowledged);
    free_texts(&world->ids);
    free_texts(&world->keys);
    free_texts(&world->told);
    map_finish(&world->bounced);
    map_finish(&world->posted);
    desk_finish(world);
    arena_finish(&world->arena);
    for (size_t i = 0; i < world->platform_count; i++) {
        drop_hands(&world->platforms[i]);
        array_free(&world->platforms[i].hands);
        map_finish(&world->platforms[i].by_key);
        free_texts(&world->platforms[i].remote);
        map_finish(&world->platforms[i].last_in_channel);
    }
}

static void pass_time(struct world *world)
{
    static const duration spans[] = {10, SECOND, 20 * SECOND, 3 * MINUTE, 40 * MINUTE, 9 * HOUR};
    world->now +=
        1 + (instant)rng_below(&world->rng, (uint64_t)spans[rng_below(&world->rng, ARRAY_SIZE(spans))]);
}

/* What can happen, each with its share of 1,000. */
static const struct happening {
    unsigned share;
    void (*happen)(struct world *world);
    const char *name; /* of the rare ones, for the trace */
} happenings[];

static void step_journal(struct world *world)
{
    journal_step(world->journal);
}

static void fail_journal(struct world *world)
{
    world->commits_failed++;
    memory_store_fail_next(world->store, 1 + (int)rng_below(&world->rng, 3));
}

static void kill_one(struct world *world)
{
    crash_platform(world, &world->platforms[rng_below(&world->rng, world->platform_count)],
                   rng_below(&world->rng, 4) ? 2 * MINUTE : 6 * HOUR);
}

static const struct happening happenings[] = {
    {110, people_act, NULL},
    {60, customers_act, NULL},
    {40, posts_act, NULL},
    {20, links_act, NULL},
    {40, desk_act, NULL},
    {110, talk, NULL},
    {10, people_reply, NULL},
    {10, people_bounce, NULL},
    {110, alerts_come, NULL},
    {40, alerts_flap, NULL},
    {10, alerts_mute, NULL},
    {30, pages_act, NULL},
    {4, drills_act, NULL},
    {160, pass_time, NULL},
    {6, add_platform, "a platform is configured"},
    {220, step_journal, NULL},
    {12, fail_journal, "the journal fails"},
    {10, kill_one, "a connector dies"},
    {8, crash_core, "the core dies"},
};

void world_step(struct world *world)
{
    uint64_t luck = rng_below(&world->rng, 1000);
    const struct happening *what = happenings;
    for (; luck >= what->share; what++)
        luck -= what->share;
    world->step++;
    if (world->verbose && what->name)
        printf("%zu %s\n", world->step, what->name);
    world->now += (instant)rng_below(&world->rng, 50);
    what->happen(world);
    revive(world, false);
    talk_pass(world);
    answer_due(world, false);
    core_tick(world->core, world->now);
    world_check(world, false);
}

static void go_well(struct world *world, int times, duration apart)
{
    memory_store_fail_next(world->store, 0);
    for (int i = 0; i < times; i++) {
        revive(world, true);
        talk_pass(world);
        core_tick(world->core, world->now);
        journal_step(world->journal);
        answer_due(world, true);
        journal_step(world->journal);
        world->now += apart;
    }
}

void world_settle(struct world *world)
{
    go_well(world, 40, SECOND / 4);
    world_check(world, journal_waiting(world->journal) == 0);
}

static bool check_sent(void *ctx, const struct action *action)
{
    struct world *world = ctx;
    if (action->state == ACTION_WAITING && action->made_at < world->now - HOUR)
        world_broken(world, "action %" PRIu64 " (%s on %s) waits forever", action->id, action->kind,
                     action->connector);
    return true;
}

void world_drain(struct world *world)
{
    go_well(world, 900, 7 * SECOND); /* one action of a channel at a time */
    world_check(world, journal_waiting(world->journal) == 0);
    outbox_each(core_outbox(world->core), check_sent, world);
    rooms_check(world);
    desk_check(world, true);
    drills_check(world, true);
    pages_check(world);
}
