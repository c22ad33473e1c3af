#include "paging.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "escalation/escalation.h"
#include "paging/paging.h"
#include "people.h"
#include "sight/sight.h"
#include "turn/live.h"

static const char *const people[] = {"ana", "bob"};

/* ---- what happens ---- */

/* Any page that a platform has taken; NULL: it has none. */
static const char *any_page(struct world *world, const struct platform *platform)
{
    struct map_slot *slot;
    const char *found = NULL;
    size_t n = 0;
    for (size_t i = 0; (slot = map_next((struct map *)(uintptr_t)&platform->remote, &i));) {
        if (text_starts(slot->key, PAGE_KEY) && rng_below(&world->rng, ++n) == 0)
            found = slot->value;
    }
    return found;
}

static void report(struct world *world, struct turn *turn)
{
    static const char *const states[] = {"delivered", "seen", "failed", "acknowledged", "nonsense"};
    const struct platform *platform = &world->platforms[rng_below(&world->rng, world->platform_count)];
    const char *message = any_page(world, platform);
    CLEANUP_JSON cJSON *event = cJSON_CreateObject();
    if (!message)
        return;
    cJSON_AddStringToObject(event, "message", message);
    cJSON_AddStringToObject(event, "state", states[rng_below(&world->rng, ARRAY_SIZE(states))]);
    cJSON_AddStringToObject(event, "how", "a key");
    paging_event(turn, platform->name, event);
}

static void by_hand(struct world *world, struct turn *turn)
{
    const char *person = people[rng_below(&world->rng, ARRAY_SIZE(people))];
    uint64_t id = people_pick_incident(world, person);
    const struct incident *incident = id ? sight_incident(world->core, id, person) : NULL;
    CLEANUP_STR struct str said = {0};
    struct error err;
    if (!incident)
        return;
    struct paging_wish wish = {.whom = rng_below(&world->rng, 4) ? "shop" : "nobody-at-all",
                               .by = person,
                               .everybody = rng_below(&world->rng, 4) == 0};
    switch (rng_below(&world->rng, 4)) {
    case 0:
        paging_acknowledge(turn, rng_below(&world->rng, 2) ? incident : NULL, person, NULL, &said, &err);
        break;
    case 1:
        paging_escalate(turn, incident, person, "more hands", &said, &err);
        break;
    default:
        if (status_is_open(incident->status))
            paging_ask(turn, id, &wish, &said, &err);
    }
}

void pages_act(struct world *world)
{
    struct turn *turn = turn_begin(world->core, world->now);
    (rng_below(&world->rng, 2) ? report : by_hand)(world, turn);
    turn_commit(turn, NULL, NULL);
}

/* ---- what must hold ---- */

/* "page:INC-42:3/2:alpha:ana" */
static const struct state_page *page_of(struct world *world, const struct action *action)
{
    int64_t number;
    int round;
    const struct incident *incident = live_incident(world->core, action->incident);
    bool read = sscanf(action->key, PAGE_KEY "INC-%*[0-9]:%" SCNd64 "/%d:", &number, &round) == 2;
    return incident && read ? incident_page(incident, number) : NULL;
}

void pages_check_action(struct world *world, const struct action *action)
{
    const struct state_page *page = strcmp(action->kind, "page") == 0 ? page_of(world, action) : NULL;
    if (page && page->accepted_by)
        world_broken(world, "%s calls somebody, though %s has the page", action->key, page->accepted_by);
    if (page && page->going.over)
        world_broken(world, "%s calls somebody, though the page is over", action->key);
}

/* Of two people, twice, five minutes each; then the channel every five minutes. */
static void check_page(struct world *world, const struct incident *incident, const struct state_page *page)
{
    bool late = world->now > page->at + HOUR && world->now > page->going.since + CHANNEL_EVERY + MINUTE;
    if (page->escalates && page_is_open(page) && late)
        world_broken(world,
                     "page %" PRId64 " of INC-%" PRIu64 " is stuck at level %d, round %d, since %" PRId64,
                     page->number, incident->id, page->going.level, page->going.round, page->going.since);
    if (page->calls.n > STATE_CALLS)
        world_broken(world, "page %" PRId64 " of INC-%" PRIu64 " has %zu calls", page->number, incident->id,
                     page->calls.n);
}

static bool check_incident(void *ctx, const struct incident *incident)
{
    for (size_t i = 0; i < incident->people.pages.all.n; i++)
        check_page(ctx, incident, &incident->people.pages.all.v[i]);
    return true;
}

void pages_check(struct world *world)
{
    live_each_open(world->core, check_incident, world);
}
