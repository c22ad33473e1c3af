/* The cost of the shipped policy for an alert and for an event: nanoseconds for each call. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "policy/load.h"

#define NOW ((instant)1764151200000)

static const char team[] = "services { important = { 'checkout', 'pay*' } }\n"
                           "rule { name = 'asks', match = { service = 'lua' }, when = function(group) return "
                           "group.title == 'x' end, quiet = true }\n";

static struct policy *policy;
static struct group group;
static struct incident *incident;
static struct event event;
static volatile size_t sink; /* keeps results from being optimised away */

static void judge(const char *service, enum group_change change)
{
    struct verdict verdict;
    group.about.service = service;
    policy_judge(policy, &group, change, NOW, &verdict);
    sink += verdict.kind;
    verdict_finish(&verdict);
}

static void judge_new(void)
{
    judge("blog", GROUP_NEW);
}

static void judge_moved(void)
{
    judge("blog", GROUP_MOVED);
}

static void judge_declared(void)
{
    judge("checkout", GROUP_NEW);
}

static void judge_asking(void)
{
    judge("lua", GROUP_MOVED);
}

static void react(enum event_type type)
{
    reaction_list list = {0};
    event.type = type;
    policy_react(policy, &event, incident, NOW, &list);
    sink += list.n;
    reaction_list_finish(&list);
}

static void react_unheard(void)
{
    react(EVENT_NOTED);
}

static void react_declared(void)
{
    react(EVENT_DECLARED);
}

static void owe(void)
{
    obligation_list list = {0};
    policy_obligations(policy, incident, NOW, &list);
    sink += list.n;
    obligation_list_finish(&list);
}

static void load(void)
{
    struct policy_file file = {.name = "team.lua", .text = (char *)(uintptr_t)team, .n = sizeof(team) - 1};
    struct policy_files files = {.files = {.v = &file, .n = 1}};
    struct policy_set *set;
    struct error err;
    require(load_set(policy, &files, &set, &err) == 0);
    set_destroy(policy->set);
    policy->set = set;
}

static void measure(const char *what, void (*function)(void), int times)
{
    int64_t best = INT64_MAX;
    for (int round = 0; round < 20; round++) {
        int64_t start = clock_mono_ns();
        for (int i = 0; i < times; i++)
            function();
        int64_t spent = (clock_mono_ns() - start) / times;
        best = MIN(best, spent);
    }
    printf("%8lld ns  %s\n", (long long)best, what);
}

int main(void)
{
    struct policy_host host = {0};
    policy = policy_create(&host);
    group = (struct group){.about.title = "TimeoutError: the bank took 3000 ms",
                           .about.environment = "production",
                           .about.release = "1.4.2",
                           .about.type = "TimeoutError",
                           .about.culprit = "charge in pay",
                           .about.source = "sentry",
                           .about.origin = "shop",
                           .about.stream = "1",
                           .about.url = "",
                           .tally.count = 1,
                           .level = LEVEL_ERROR,
                           .times.first_seen = NOW,
                           .times.last_seen = NOW,
                           .tally.minute = NOW / MINUTE};
    incident = incident_create(42);
    incident->status = STATUS_INVESTIGATING;
    incident->severity = xstrdup("minor");
    *array_add(&incident->entries) = (struct state_entry){STATUS_INVESTIGATING, NOW};
    event = (struct event){.incident = 42, .by = "ana", .text = "x", .at = NOW, .status = STATUS_TRIAGE};
    load();
    measure("judge: a new group, no rule fits", judge_new, 2000);
    measure("judge: counts moved, no rule fits", judge_moved, 2000);
    measure("judge: a rule declares", judge_declared, 2000);
    measure("judge: a rule's `when` is asked", judge_asking, 2000);
    measure("react: an event nobody listens to", react_unheard, 2000);
    measure("react: declared (two functions)", react_declared, 2000);
    measure("obligations of an incident", owe, 2000);
    measure("loading the defaults and one file", load, 20);
    policy_destroy(policy);
    incident_destroy(incident);
    return 0;
}
