#include "clocks.h"

#include <inttypes.h>

#include "comms/comms.h"
#include "customers/customers.h"
#include "impact/impact.h"
#include "policy/policy.h"
#include "turn/live.h"

#define LATE MINUTE /* a clock is looked at more often than that */

/* ---- in each event ---- */

static void check_missed(const struct world *world, const struct incident *incident, const struct event *event)
{
    const struct state_owed *owed = incident_owes(incident, event->name);
    if (!owed)
        world_broken(world, "INC-%" PRIu64 ": %s was missed, but not owed", incident->id, event->name);
    if (owed->due != event->until || owed->given_up)
        world_broken(world, "INC-%" PRIu64 ": people are reminded again of %s, which was due at %" PRId64,
                     incident->id, event->name, event->until);
}

static void check_offer(const struct world *world, const struct incident *incident, const struct event *event)
{
    const struct state_offer *offer = incident_offer(incident, event->name);
    if (!offer || offer->reminded)
        world_broken(world, "INC-%" PRIu64 ": the offer of %s is reminded of twice", incident->id, event->name);
}

/* Messages that reached them, less those that came back. */
static void count_told(struct clocks *clocks, const char *customer, int by)
{
    intptr_t n = (intptr_t)map_get(&clocks->told, customer);
    map_put(&clocks->told, customer, (void *)(n + by));
}

void clocks_event(struct world *world, struct clocks *clocks, const struct incident *incident,
                  const struct event *event)
{
    if (event->type == EVENT_MISSED)
        check_missed(world, incident, event);
    else if (event->type == EVENT_OFFER_REMINDED)
        check_offer(world, incident, event);
    else if (event->type == EVENT_TOLD)
        count_told(clocks, event->name, 1);
    else if (event->type == EVENT_BOUNCED)
        count_told(clocks, event->name, -1);
    else if (event->type == EVENT_MERGED_IN)
        clocks->merged = true;
}

/* ---- when all is settled ---- */

static void check_passed(const struct world *world, const struct incident *incident, const char *what,
                         instant due)
{
    if (due < world->now - LATE)
        world_broken(world, "INC-%" PRIu64 ": the clock of %s has passed, and nothing happened", incident->id,
                     what);
}

static void check_times(const struct world *world, const struct incident *incident)
{
    for (size_t i = 0; i < incident->owed.n; i++) {
        if (!incident->owed.v[i].given_up)
            check_passed(world, incident, incident->owed.v[i].name, incident->owed.v[i].due);
    }
    if (incident->status == STATUS_PAUSED)
        check_passed(world, incident, "its pause", incident->pause.until);
    for (size_t i = 0; status_is_open(incident->status) && i < incident->people.offers.n; i++)
        check_passed(world, incident, "an offer", incident->people.offers.v[i].until);
}

/* What is owed to a crowd that alerts bring is noticed with the incident's next event: no event says who is new in it. */
static bool is_noticed_later(const struct incident *incident, const char *name)
{
    return !impact_is_named(incident) &&
           (text_starts(name, "first-contact") || text_starts(name, "customer-update"));
}

/* What the policy demands in this state is owed, and nothing else. */
static void check_owed(const struct world *world, const struct incident *incident)
{
    obligation_list list = {0};
    size_t later = 0;
    policy_obligations(world->policy, incident, world->now, &list);
    for (size_t i = 0; i < list.n; i++) {
        bool owed = incident_owes(incident, list.v[i].name);
        later += !owed && is_noticed_later(incident, list.v[i].name);
        if (!owed && !is_noticed_later(incident, list.v[i].name))
            world_broken(world, "INC-%" PRIu64 ": %s is lost", incident->id, list.v[i].name);
    }
    if (list.n - later != incident->owed.n)
        world_broken(world, "INC-%" PRIu64 ": %zu things are owed, not %zu", incident->id, incident->owed.n,
                     list.n);
    obligation_list_finish(&list);
}

/* Whoever is affected and was not told waits, as the events say, unless they wish no contact. The directory of this world has no
   aliases. */
static void check_silence(const struct world *world, const struct clocks *clocks,
                          const struct incident *incident)
{
    instant untold = 0;
    for (size_t i = 0; i < incident->affected.customers.n; i++) {
        const struct state_customer *c = &incident->affected.customers.v[i];
        const struct customer *record = customers_get(world->core, c->key);
        if (!map_get(&clocks->told, c->key) && (!record || record->wish == WISH_NONE))
            untold = instant_earlier(untold, c->since);
    }
    instant found = comms_silence(world->core, incident, NULL, -1).untold_since;
    if (found != untold)
        world_broken(world, "INC-%" PRIu64 ": customers wait since %" PRId64 ", not since %" PRId64,
                     incident->id, untold, found);
}

void clocks_check(struct world *world, struct clocks *clocks, const struct incident *incident)
{
    if (incident) {
        check_times(world, incident);
        check_owed(world, incident);
    }
    if (incident && impact_is_named(incident) && !clocks->merged)
        check_silence(world, clocks, incident);
    map_finish(&clocks->told);
}
