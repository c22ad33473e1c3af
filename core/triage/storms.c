/*
 * The brake on storms. One cause often shows as many problems, and each of them wants an incident; from some number on, storm{} of
 * the policy says which, they are gathered in one that is open already. What rules wanted lately is remembered here, in memory: after
 * a start it is what the open incidents tell.
 */
#include <stdlib.h>
#include <string.h>

#include "rooms/rooms.h"
#include "triage/inside.h"
#include "turn/live.h"

#define WANTS_MOST 1000 /* remembered, the latest; a storm that is quicker has its own last ones among them */

static void want_finish(struct want *want)
{
    free(want->service);
    free(want->team);
    free(want->rule);
    free(want->page);
}

void storms_finish(struct triage *triage)
{
    for (size_t i = 0; i < triage->wants.n; i++)
        want_finish(&triage->wants.v[i]);
    array_free(&triage->wants);
}

static void remember(struct triage *triage, const struct want *want)
{
    if (triage->wants.n >= WANTS_MOST ||
        (triage->wants.n && triage->wants.v[0].at <= want->at - STORM_WITHIN)) {
        want_finish(&triage->wants.v[0]);
        array_remove(&triage->wants, 0);
    }
    *array_add(&triage->wants) = (struct want){.at = want->at,
                                               .incident = want->incident,
                                               .gathered = want->gathered,
                                               .service = xstrdup(want->service),
                                               .team = xstrdup(want->team),
                                               .rule = xstrdup(want->rule),
                                               .page = xstrdup(want->page)};
}

static bool load_want(void *ctx, const struct incident *incident)
{
    if (incident->declared.rule)
        remember(ctx, &(struct want){.at = incident_first(incident, STATUS_TRIAGE),
                                     .incident = incident->id,
                                     .service = incident->service,
                                     .team = incident->team,
                                     .rule = incident->declared.rule});
    return true;
}

void storms_load(struct core *core)
{
    live_each_open(core, load_want, triage_of(core));
}

static struct want want_of(const struct group *group, const struct verdict *verdict, instant now)
{
    return (struct want){.at = now,
                         .service = verdict->service ? verdict->service : (char *)(uintptr_t)group->service,
                         .team = verdict->team,
                         .rule = verdict->rule,
                         .page = verdict->page};
}

/* Nobody's word for it is a word too: what has no service is of one storm. */
static bool same(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}

static bool alike(const struct want *a, const struct want *b, enum storm_by by)
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

static bool was_paged(const struct triage *triage, uint64_t incident, const char *whom)
{
    for (size_t i = 0; i < triage->wants.n; i++) {
        if (triage->wants.v[i].incident == incident && text_equal(triage->wants.v[i].page, whom))
            return true;
    }
    return false;
}

/* It is open for all to see, as severe as the verdict would have it, and whom the verdict would page was paged for it. */
static bool can_gather(struct core *core, uint64_t id, const struct verdict *verdict)
{
    const struct incident *incident = live_incident(core, id);
    return incident && status_is_open(incident->status) && !incident->private &&
           (!verdict->severity || live_severity_rank(core, incident->severity, SIZE_MAX) >=
                                      live_severity_rank(core, verdict->severity, SIZE_MAX)) &&
           (text_empty(verdict->page) || was_paged(triage_of(core), id, verdict->page));
}

/* The newest incident of the storm that can take one more in; 0: there is no storm, or none can. */
static uint64_t gatherer(struct core *core, const struct storm_brake *brake, const struct want *wanted,
                         const struct verdict *verdict)
{
    const struct triage *triage = triage_of(core);
    int64_t n = 0;
    uint64_t refused = 0, found = 0;
    for (size_t i = triage->wants.n; i-- > 0;) {
        const struct want *want = &triage->wants.v[i];
        if (want->at <= wanted->at - brake->within)
            break;
        if (!alike(want, wanted, brake->by))
            continue;
        n++;
        if (!found && want->incident != refused && can_gather(core, want->incident, verdict))
            found = want->incident;
        else if (!found)
            refused = want->incident;
        if (found && n >= brake->limit)
            return found;
    }
    return 0;
}

/* The incident says what becomes of it, and names the others of the storm. */
static void tell_begun(struct turn *turn, const struct storm_brake *brake, const struct want *want)
{
    struct triage *triage = triage_of(turn_core(turn));
    static const char *const whose[] = {
        [STORM_BY_SERVICE] = "service", [STORM_BY_TEAM] = "team", [STORM_BY_RULE] = "rule"};
    const char *const names[] = {want->service, want->team, want->rule};
    CLEANUP_FREE char *key = turn_key(turn);
    CLEANUP_STR struct str text = {0};
    str_addf(&text, "**Alert storm.** Rules would have declared more than %d incidents ", (int)brake->limit);
    if (text_empty(names[brake->by]))
        str_addf(&text, "without a %s", whose[brake->by]);
    else
        str_addf(&text, "of %s %s", whose[brake->by], names[brake->by]);
    str_add(&text, " within ");
    duration_format(brake->within, &text);
    str_addf(&text, ". Further ones are gathered here, and nobody is paged again for them. (storm{} at %s)",
             brake->rule);
    rooms_say_incident(turn, want->incident, key, NULL, text.p);
    for (size_t i = 0; i < triage->wants.n; i++) {
        const struct want *other = &triage->wants.v[i];
        if (other->incident != want->incident && other->at > want->at - brake->within &&
            alike(other, want, brake->by))
            relate(turn, want->incident, other->incident);
    }
}

static bool gathers_already(const struct triage *triage, uint64_t incident)
{
    for (size_t i = 0; i < triage->wants.n; i++) {
        if (triage->wants.v[i].incident == incident && triage->wants.v[i].gathered)
            return true;
    }
    return false;
}

uint64_t storms_gather(struct turn *turn, const struct group *group, const struct verdict *verdict,
                       struct storm_brake *ret_brake)
{
    struct core *core = turn_core(turn);
    struct want want = want_of(group, verdict, turn_now(turn));
    for (size_t i = 0; !want.incident && policy_storm(core_policy(core), i, ret_brake); i++)
        want.incident = gatherer(core, ret_brake, &want, verdict);
    if (!want.incident)
        return 0;
    if (!gathers_already(triage_of(core), want.incident))
        tell_begun(turn, ret_brake, &want);
    want.gathered = true;
    remember(triage_of(core), &want);
    return want.incident;
}

void storms_declared(struct turn *turn, const struct group *group, const struct verdict *verdict,
                     uint64_t incident)
{
    struct want want = want_of(group, verdict, turn_now(turn));
    want.incident = incident;
    remember(triage_of(turn_core(turn)), &want);
}
