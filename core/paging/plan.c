#include "paging/plan.h"

#include <string.h>

#include <tocsin/connector.h>

#include "paging/paging.h"
#include "paging/spare.h"
#include "policy/escalations.h"

#define SMS_AFTER      MINUTE /* the usual ways: chats, mail and whatever pushes at once, then what costs */
#define CALL_AFTER     (3 * MINUTE)
#define PEOPLE_AT_ONCE 50

/* ---- the escalation ---- */

static void use_levels(struct plan *plan, const struct level *levels, size_t n)
{
    plan->escalation = (struct escalation){.name = plan->page->target,
                                           .levels = levels,
                                           .n = n,
                                           .rounds = ESCALATION_ROUNDS,
                                           .asks_again = ESCALATION_ASKS};
}

/* Its conditions are those of the moment when the page began, so that it does not change its way half way. */
static void find_escalation(struct plan *plan)
{
    const struct state_page *page = plan->page;
    struct escalation_about about = {.severity = page->going.severity,
                                     .service = plan->incident->service,
                                     .at = page->at,
                                     .zone = core_settings(plan->core)->zone};
    const struct escalation *declared = policy_escalation(core_policy(plan->core), page->going.name, &about);
    if (page->going.everybody) {
        bool alone = whom_levels(plan->core, page->target, plan->levels) == 1;
        plan->levels[0] =
            (struct level){alone ? plan->levels[0].kind : LEVEL_TEAM, page->target, false, ESCALATION_AFTER};
        use_levels(plan, plan->levels, 1);
    } else if (declared) {
        plan->escalation = *declared;
    } else {
        use_levels(plan, plan->levels, whom_levels(plan->core, page->target, plan->levels));
    }
}

/* ---- whom a level calls ---- */

static void add_way(struct somebody *somebody, const struct address *at, bool rings, duration after)
{
    size_t i = somebody->n;
    if (i == WAYS_MOST)
        return;
    for (; i && somebody->ways[i - 1].after > after; i--) {
        somebody->ways[i] = somebody->ways[i - 1];
        somebody->at[i] = somebody->at[i - 1];
    }
    somebody->ways[i] =
        (struct way){.name = rings ? xasprintf("%s" RINGS, at->link->name) : xstrdup(at->link->name),
                     .after = after,
                     .works = !link_trouble(at->link)};
    somebody->at[i] = *at;
    somebody->n++;
}

static void add_usual(struct somebody *somebody, const address_list *addresses)
{
    for (size_t i = 0; i < addresses->n; i++) {
        const struct address *at = &addresses->v[i];
        bool calls = at->link->can & TOCSIN_CAN_CALL;
        add_way(somebody, at, false, calls ? SMS_AFTER : 0);
        if (calls)
            add_way(somebody, at, true, CALL_AFTER);
    }
}

static void add_declared(struct somebody *somebody, const struct roster_way *ways, size_t n,
                         const address_list *addresses)
{
    for (size_t i = 0; i < n; i++) {
        bool rings = strcmp(ways[i].name, WAY_CALL) == 0;
        for (size_t k = 0; k < addresses->n; k++) {
            const struct address *at = &addresses->v[k];
            if (rings ? (at->link->can & TOCSIN_CAN_CALL) != 0 : text_equal(at->link->name, ways[i].name))
                add_way(somebody, at, rings, ways[i].after);
        }
    }
}

static void find_ways(const struct plan *plan, struct somebody *somebody)
{
    struct roster_way ways[WAYS_MOST];
    address_list addresses = {0};
    size_t n = policy_ways(core_policy(plan->core), somebody->name, plan->incident->severity, ways, WAYS_MOST);
    whom_addresses(plan->core, plan->incident, somebody->name, &addresses);
    if (n)
        add_declared(somebody, ways, n, &addresses);
    else
        add_usual(somebody, &addresses);
    array_free(&addresses);
}

static const char *why_unreached(const struct somebody *somebody)
{
    if (somebody->unknown)
        return "nobody has that name";
    for (size_t i = 0; i < somebody->n; i++) {
        const char *trouble = link_trouble(somebody->at[i].link);
        if (trouble)
            return trouble;
    }
    return somebody->n ? "nothing was delivered within a minute" : "no connector can page them";
}

static instant quiet_until(const struct plan *plan, const struct somebody *somebody)
{
    struct escalation_about about = {.severity = plan->incident->severity,
                                     .service = plan->incident->service,
                                     .at = plan->now,
                                     .zone = people_zone(plan->core, somebody->id)};
    return policy_quiet_until(core_policy(plan->core), somebody->name, plan->page->going.name, &about);
}

static void add_somebody(struct plan *plan, const char *name)
{
    const char *id = whom_id(plan->core, name);
    struct roster_person declared;
    bool exists = id || policy_person(core_policy(plan->core), name, &declared);
    if (plan->people.n == PEOPLE_AT_ONCE)
        return;
    struct somebody *somebody = array_add(&plan->people);
    *somebody = (struct somebody){.name = name,
                                  .id = id ? id : name,
                                  .unknown = !exists,
                                  .spared = id ? spare_why(plan->core, id, plan->now) : NULL};
    if (exists)
        find_ways(plan, somebody);
}

static void forget_ways(struct somebody *somebody)
{
    for (size_t i = 0; i < somebody->n; i++)
        free((char *)(uintptr_t)somebody->ways[i].name);
}

static void forget_people(struct plan *plan)
{
    for (size_t i = 0; i < plan->people.n; i++) {
        forget_ways(&plan->people.v[i]);
        free(plan->people.v[i].spared);
    }
    plan->people.n = plan->callees.n = 0;
}

static void add_callee(struct plan *plan, const struct somebody *somebody)
{
    *array_add(&plan->callees) = (struct callee){.id = somebody->id,
                                                 .ways = somebody->ways,
                                                 .n = somebody->n,
                                                 .unreached = why_unreached(somebody),
                                                 .spared = somebody->spared,
                                                 .quiet_until = quiet_until(plan, somebody)};
}

static struct callees callees_of(void *ctx, int level)
{
    struct plan *plan = ctx;
    name_list names = {0};
    forget_people(plan);
    if (level == LEVEL_AGAIN)
        *array_add(&names) = plan->page->going.asked;
    else
        whom_names(plan->core, &plan->escalation, level, plan->now, &names);
    for (size_t i = 0; i < names.n; i++)
        add_somebody(plan, names.v[i]);
    for (size_t i = 0; i < plan->people.n; i++)
        add_callee(plan, &plan->people.v[i]);
    array_free(&names);
    return (struct callees){plan->callees.v, plan->callees.n};
}

/* ---- reaching ---- */

static const char *why_out_of_reach(const struct somebody *somebody)
{
    bool waits = somebody->n > 0;
    for (size_t i = 0; i < somebody->n; i++) {
        if (somebody->at[i].link->up && somebody->ways[i].works)
            return NULL;
        waits = waits && somebody->ways[i].works;
    }
    return waits ? "no connector that can page them is up" : why_unreached(somebody);
}

const char *paging_unreached(const struct core *core, const char *person)
{
    static const struct incident any; /* of any severity */
    struct plan plan = {.core = core, .incident = &any};
    struct roster_person declared;
    struct somebody somebody = {.name = person};
    somebody.unknown = !whom_id(core, person) && !policy_person(core_policy(core), person, &declared);
    find_ways(&plan, &somebody);
    const char *why = why_out_of_reach(&somebody);
    forget_ways(&somebody);
    return why;
}

/* ---- asking ---- */

void plan_begin(struct plan *plan, const struct core *core, const struct incident *incident,
                const struct state_page *page, instant now)
{
    *plan = (struct plan){.core = core, .incident = incident, .page = page, .now = now};
    find_escalation(plan);
}

void plan_finish(struct plan *plan)
{
    forget_people(plan);
    array_free(&plan->people);
    array_free(&plan->callees);
}

struct step plan_step(struct plan *plan)
{
    return escalation_step(&plan->escalation, plan->page, &(struct resolver){plan, callees_of}, plan->now);
}

struct step plan_after(struct plan *plan)
{
    return escalation_after(&plan->escalation, plan->page, &(struct resolver){plan, callees_of});
}

void plan_look(struct plan *plan, int level)
{
    callees_of(plan, level);
}

const struct somebody *plan_somebody(const struct plan *plan, const char *id)
{
    for (size_t i = 0; i < plan->people.n; i++) {
        if (text_equal(plan->people.v[i].id, id))
            return &plan->people.v[i];
    }
    return NULL;
}

const struct address *plan_address(const struct somebody *somebody, const char *way)
{
    for (size_t i = 0; i < somebody->n; i++) {
        if (text_equal(somebody->ways[i].name, way))
            return &somebody->at[i];
    }
    return NULL;
}
