/*
 * The brake on storms. One cause often shows up as many problems, and a rule would declare an incident for each. Beyond the limit
 * that storm{} in the policy sets, they are gathered in an open incident. Recent demands of rules are remembered in memory; after a
 * restart they are rebuilt from the open incidents.
 */
#include <stdlib.h>
#include <string.h>

#include "base/markup.h"
#include "rooms/rooms.h"
#include "triage/inside.h"
#include "turn/live.h"

#define DEMANDS_MOST 1000 /* remembered; the oldest are dropped first */

static void demand_finish(struct demand *demand)
{
    free(demand->service);
    free(demand->team);
    free(demand->rule);
    free(demand->page);
}

void storms_finish(struct triage *triage)
{
    for (size_t i = 0; i < triage->demands.n; i++)
        demand_finish(&triage->demands.v[i]);
    array_free(&triage->demands);
}

static void remember(struct triage *triage, const struct demand *demand)
{
    if (triage->demands.n >= DEMANDS_MOST ||
        (triage->demands.n && triage->demands.v[0].at <= demand->at - STORM_WITHIN)) {
        demand_finish(&triage->demands.v[0]);
        array_remove(&triage->demands, 0);
    }
    *array_add(&triage->demands) = (struct demand){.at = demand->at,
                                                   .incident = demand->incident,
                                                   .gathered = demand->gathered,
                                                   .service = xstrdup(demand->service),
                                                   .team = xstrdup(demand->team),
                                                   .rule = xstrdup(demand->rule),
                                                   .page = xstrdup(demand->page)};
}

static bool load_demand(void *ctx, const struct incident *incident)
{
    if (incident->declared.rule)
        remember(ctx, &(struct demand){.at = incident_first(incident, STATUS_TRIAGE),
                                       .incident = incident->id,
                                       .service = incident->service,
                                       .team = incident->team,
                                       .rule = incident->declared.rule});
    return true;
}

void storms_load(struct core *core)
{
    live_each_open(core, load_demand, triage_of(core));
}

static struct demand demand_of(const struct group *group, const struct verdict *verdict, instant now)
{
    return (struct demand){.at = now,
                           .service =
                               verdict->service ? verdict->service : (char *)(uintptr_t)group->about.service,
                           .team = verdict->team,
                           .rule = verdict->rule,
                           .page = verdict->page};
}

/* Equal, or both missing: problems without a service form one storm. */
static bool same(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}

static bool alike(const struct demand *a, const struct demand *b, enum storm_by by)
{
    switch (by) {
    case STORM_BY_TEAM:
        return same(a->team, b->team);
    case STORM_BY_RULE:
        return same(a->rule, b->rule);
    default:
        return same(a->service, b->service);
    }
}

bool storms_paged(const struct triage *triage, uint64_t incident, const char *whom)
{
    for (size_t i = 0; i < triage->demands.n; i++) {
        if (triage->demands.v[i].incident == incident && text_equal(triage->demands.v[i].page, whom))
            return true;
    }
    return false;
}

/* It must be open and public, at least as severe as the verdict, and whoever the verdict pages must have been paged for it. */
static bool can_gather(struct core *core, uint64_t id, const struct verdict *verdict)
{
    const struct incident *incident = live_incident(core, id);
    return incident && status_is_open(incident->status) && !incident->private &&
           (!verdict->severity || live_severity_rank(core, incident->severity, SIZE_MAX) >=
                                      live_severity_rank(core, verdict->severity, SIZE_MAX)) &&
           (text_empty(verdict->page) || storms_paged(triage_of(core), id, verdict->page));
}

/* The newest incident of the storm that can take another problem; 0: there is no storm, or none can. */
static uint64_t gatherer(struct core *core, const struct storm_brake *brake, const struct demand *latest,
                         const struct verdict *verdict)
{
    const struct triage *triage = triage_of(core);
    int64_t n = 0;
    uint64_t refused = 0, found = 0;
    for (size_t i = triage->demands.n; i-- > 0;) {
        const struct demand *demand = &triage->demands.v[i];
        if (demand->at <= latest->at - brake->within)
            break;
        if (!alike(demand, latest, brake->by))
            continue;
        n++;
        if (!found && demand->incident != refused && can_gather(core, demand->incident, verdict))
            found = demand->incident;
        else if (!found)
            refused = demand->incident;
        if (found && n >= brake->limit)
            return found;
    }
    return 0;
}

/* Announces the storm in the gathering incident, and relates it to the other incidents of the storm. */
static void tell_begun(struct turn *turn, const struct storm_brake *brake, const struct demand *demand)
{
    struct triage *triage = triage_of(turn_core(turn));
    static const char *const whose[] = {
        [STORM_BY_SERVICE] = "service", [STORM_BY_TEAM] = "team", [STORM_BY_RULE] = "rule"};
    const char *const names[] = {demand->service, demand->team, demand->rule};
    CLEANUP_FREE char *key = turn_key(turn);
    CLEANUP_STR struct str text = {0};
    str_markup(&text, "**Alert storm.** Rules would have declared more than %d incidents ", (int)brake->limit);
    if (text_empty(names[brake->by]))
        str_markup(&text, "without a %s", whose[brake->by]);
    else
        str_markup(&text, "of %s %s", whose[brake->by], names[brake->by]);
    str_add(&text, " within ");
    duration_format(brake->within, &text);
    str_markup(&text, ". Further ones are gathered here, and nobody is paged again for them. (storm{} at %s)",
               brake->rule);
    rooms_say_incident(turn, demand->incident, key, NULL, text.p);
    for (size_t i = 0; i < triage->demands.n; i++) {
        const struct demand *other = &triage->demands.v[i];
        if (other->incident != demand->incident && other->at > demand->at - brake->within &&
            alike(other, demand, brake->by))
            rule_relate(turn, demand->incident, other->incident, NULL);
    }
}

static bool gathers_already(const struct triage *triage, uint64_t incident)
{
    for (size_t i = 0; i < triage->demands.n; i++) {
        if (triage->demands.v[i].incident == incident && triage->demands.v[i].gathered)
            return true;
    }
    return false;
}

uint64_t storms_gather(struct turn *turn, const struct group *group, const struct verdict *verdict,
                       struct storm_brake *ret_brake)
{
    struct core *core = turn_core(turn);
    struct demand demand = demand_of(group, verdict, turn_now(turn));
    for (size_t i = 0; !demand.incident && policy_storm(core_policy(core), i, ret_brake); i++)
        demand.incident = gatherer(core, ret_brake, &demand, verdict);
    if (!demand.incident)
        return 0;
    if (!gathers_already(triage_of(core), demand.incident))
        tell_begun(turn, ret_brake, &demand);
    demand.gathered = true;
    remember(triage_of(core), &demand);
    return demand.incident;
}

void storms_declared(struct turn *turn, const struct group *group, const struct verdict *verdict,
                     uint64_t incident)
{
    struct demand demand = demand_of(group, verdict, turn_now(turn));
    demand.incident = incident;
    remember(triage_of(turn_core(turn)), &demand);
}
