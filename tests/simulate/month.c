/* What happens is planned first, then done in the order of time. */
#include "month.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/month.h"
#include "people/people.h"
#include "turn/live.h"
#include "turn/part.h"

#include "../support/policy_dir.h"

#define MONTHS    4
#define INCIDENTS 160
#define PEOPLE    10
#define LATEST    (3 * HOUR) /* before the end: nothing begins later */

static const char *const zones[] = {"Europe/London", "America/New_York", "Asia/Kolkata", "Australia/Sydney",
                                    "America/Los_Angeles"};
static const char *const teams[] = {"payments", "checkout", "search"};
static const char *const services[] = {"cards", "invoices", "basket", "index", "ranking"};

enum outcome { RESOLVED, DECLINED, MERGED, REOPENED };

struct plan { /* of an incident */
    uint64_t id, other;
    const char *team, *service;
    bool drill, private, by_rule;
    enum outcome outcome;
};

struct step {
    instant at;
    size_t order, plan;
    void (*act)(struct plan *plan, instant at);
};

static struct {
    struct rng rng;
    struct policy_dir policy;
    struct journal *journal;
    struct core *core;
    char *people[PEOPLE];
    uint64_t open; /* the latest one that others are merged into; 0: none */
    struct plan plans[INCIDENTS];
    ARRAY(struct step) steps;
} self;

static uint64_t any(uint64_t n)
{
    return rng_below(&self.rng, n);
}

static const char *somebody(void)
{
    return self.people[any(PEOPLE)];
}

/* ---- what is done ---- */

static void does(struct plan *plan, instant at, struct command command)
{
    struct turn *turn = turn_begin(self.core, at);
    struct error err;
    command.by = command.by ? command.by : somebody();
    int rc = turn_do(turn, plan->id, &command, plan->id ? NULL : &plan->id, &err);
    if (rc && rc != ERR_REFUSED && rc != ERR_CONFLICT) {
        fprintf(stderr, "month: %s: %s\n", command.verb, err.text);
        abort();
    }
    turn_commit(turn, NULL, NULL);
    journal_step(self.journal);
}

static void declare(struct plan *plan, instant at)
{
    CLEANUP_FREE char *rule = plan->by_rule ? xasprintf("team.lua:%" PRIu64, 1 + any(4)) : NULL;
    does(plan, at,
         (struct command){.verb = "declare",
                          .text = "it is slow",
                          .by = rule ? "rule" : NULL,
                          .rule = rule,
                          .automatic = rule});
    does(plan, at, (struct command){.verb = "team", .name = plan->team});
    does(plan, at, (struct command){.verb = "service", .name = plan->service});
    if (plan->drill)
        does(plan, at, (struct command){.verb = "drill", .flag = true});
    if (plan->private)
        does(plan, at, (struct command){.verb = "private", .flag = true});
    else if (!plan->drill && plan->outcome == RESOLVED)
        self.open = plan->id;
}

static void call(struct plan *plan, instant at)
{
    const struct incident *incident = live_incident(self.core, plan->id);
    int64_t page = incident->people.pages.last + 1;
    does(plan, at,
         (struct command){.verb = "page_begun", .count = page, .name = plan->team, .automatic = true});
    does(plan, at,
         (struct command){.verb = "page_called",
                          .count = page,
                          .value = somebody(),
                          .name = "sms",
                          .text = "+44",
                          .automatic = true});
}

static void accept(struct plan *plan, instant at)
{
    does(plan, at, (struct command){.verb = "accept"});
}

static void join(struct plan *plan, instant at)
{
    does(plan, at,
         (struct command){.verb = "member", .value = somebody(), .name = "incident", .flag = any(4) > 0});
}

static void affect(struct plan *plan, instant at)
{
    CLEANUP_FREE char *customer = xasprintf("acme%" PRIu64, any(12));
    does(plan, at, (struct command){.verb = "customer", .name = customer});
}

/* The first of its customers. */
static void tell(struct plan *plan, instant at)
{
    const struct incident *incident = live_incident(self.core, plan->id);
    if (!incident->affected.customers.n)
        return;
    CLEANUP_FREE char *name = xstrdup(incident->affected.customers.v[0].key);
    instant since = MAX(incident->activity.told_at, incident->affected.customers.v[0].since);
    does(plan, at,
         (struct command){.verb = "told",
                          .name = name,
                          .value = "email",
                          .count = 1,
                          .until = since,
                          .flag = true,
                          .automatic = true});
}

static void fix(struct plan *plan, instant at)
{
    does(plan, at, (struct command){.verb = "monitor", .text = "rolled back"});
}

static void end(struct plan *plan, instant at)
{
    const struct incident *into = self.open ? live_incident(self.core, self.open) : NULL;
    bool merges = plan->outcome == MERGED && into && into->id != plan->id && status_is_open(into->status);
    if (merges)
        does(plan, at, (struct command){.verb = "merge", .other = into});
    else
        does(plan, at,
             (struct command){.verb = plan->outcome == DECLINED ? "decline" : "resolve", .text = "done"});
}

static void reopen(struct plan *plan, instant at)
{
    does(plan, at, (struct command){.verb = "reopen", .text = "it is back"});
}

/* ---- the plan ---- */

static void then(size_t plan, instant at, void (*act)(struct plan *plan, instant at))
{
    *array_add(&self.steps) = (struct step){at, self.steps.n, plan, act};
}

static void plan_work(size_t i, instant at, duration span)
{
    const struct plan *plan = &self.plans[i];
    for (uint64_t n = any(3); n > 0; n--)
        then(i, at + MINUTE, affect);
    if (plan->outcome == DECLINED)
        return;
    then(i, at + span / 10, accept);
    for (uint64_t n = any(6); n > 0; n--)
        then(i, at + span / 10 + (instant)any((uint64_t)span * 7 / 10), join);
    for (uint64_t n = any(3); n > 0; n--)
        then(i, at + span / 5 + (instant)any((uint64_t)span / 2), tell);
    then(i, at + span * 9 / 10, fix);
}

static void plan_one(size_t i, instant from, instant until)
{
    static const enum outcome outcomes[] = {RESOLVED, RESOLVED, DECLINED, RESOLVED, RESOLVED, MERGED,
                                            RESOLVED, RESOLVED, REOPENED, RESOLVED, DECLINED, RESOLVED};
    instant at = from + (instant)any((uint64_t)(until - LATEST - from));
    duration span = MINUTE * 20 + (duration)any((uint64_t)MIN(12 * HOUR, (until - at) / 2));
    self.plans[i] = (struct plan){.team = teams[any(ARRAY_SIZE(teams))],
                                  .service = services[any(ARRAY_SIZE(services))],
                                  .drill = i % 17 == 3,
                                  .private = i % 13 == 5,
                                  .by_rule = any(3) == 0,
                                  .outcome = outcomes[i % ARRAY_SIZE(outcomes)]};
    then(i, at, declare);
    for (uint64_t n = any(4); n > 0; n--)
        then(i, at + (instant)any(4 * MINUTE), call);
    plan_work(i, at, span);
    then(i, at + span, end);
    if (self.plans[i].outcome != REOPENED)
        return;
    then(i, at + span + span / 4, reopen);
    then(i, at + span + span / 2, end);
}

static int by_time(const void *a, const void *b)
{
    const struct step *x = a, *y = b;
    return x->at != y->at ? (x->at > y->at) - (x->at < y->at) : (x->order > y->order) - (x->order < y->order);
}

/* ---- the core ---- */

static bool can_take(void *ctx, const char *connector, uint64_t *ret_can)
{
    (void)ctx, (void)connector;
    *ret_can = 0;
    return false;
}

static void wake(void *ctx)
{
    (void)ctx;
}

static void open_core(const char *path, instant now)
{
    struct error err = {0};
    const struct core_ops ops = {.can_take = can_take, .wake = wake};
    struct core_settings settings = {.parts = core_parts, .zone = "UTC", .announce = "incidents"};
    policy_dir_init(&self.policy);
    if (policy_dir_load(&self.policy, &err) || journal_open(path, NULL, &self.journal, &err) ||
        core_create(&settings, &ops, self.journal, self.policy.policy, &self.rng, now, &self.core, &err)) {
        fprintf(stderr, "month: %s\n", err.text);
        abort();
    }
}

static void make_people(instant now)
{
    struct turn *turn = turn_begin(self.core, now);
    for (size_t i = 0; i < PEOPLE; i++) {
        CLEANUP_FREE char *user = xasprintf("person%zu", i);
        struct identity identity = {"console", user, user, NULL, zones[i % ARRAY_SIZE(zones)]};
        self.people[i] = xstrdup(people_identify(turn, &identity)->id);
    }
    turn_commit(turn, NULL, NULL);
    journal_step(self.journal);
}

static void close_core(void)
{
    journal_step(self.journal);
    core_destroy(self.core);
    journal_close(self.journal);
    policy_dir_finish(&self.policy);
    for (size_t i = 0; i < PEOPLE; i++)
        free(self.people[i]);
    array_free(&self.steps);
}

void month_play(const char *path, uint64_t seed, instant until)
{
    instant from = month_begins(until, 1 - MONTHS);
    rng_init(&self.rng, seed);
    open_core(path, from);
    make_people(from);
    core_tick(self.core, from); /* since when digests are sent */
    for (size_t i = 0; i < INCIDENTS; i++)
        plan_one(i, from, until);
    qsort(self.steps.v, self.steps.n, sizeof(*self.steps.v), by_time);
    for (size_t i = 0; i < self.steps.n; i++)
        self.steps.v[i].act(&self.plans[self.steps.v[i].plan], self.steps.v[i].at);
    close_core();
}
