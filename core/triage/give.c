/* A person declares an incident from a group that opened none: what is known of the group is the incident's from then on. */
#include <string.h>

#include "triage/affects.h"
#include "triage/firing.h"
#include "triage/inside.h"
#include "triage/triage.h"

struct giving {
    struct turn *turn;
    uint64_t incident;
    const char *by;
};

static void run(const struct giving *g, struct command command)
{
    command.by = g->by;
    turn_do(g->turn, g->incident, &command, NULL, NULL);
}

static void describe(const struct giving *g, const struct group *group, const char *fingerprint)
{
    CLEANUP_FREE char *summary = judge_summary(group);
    const struct incident *incident = turn_incident(g->turn, g->incident);
    if (*group->about.service && text_empty(incident->service))
        run(g, (struct command){.verb = "service", .name = group->about.service});
    run(g, (struct command){.verb = "summary", .text = summary});
    run(g, (struct command){.verb = "alert",
                            .value = fingerprint,
                            .text = group->about.title,
                            .flag = true,
                            .count = group->tally.count});
    facts_link(g->turn, group, g->incident, g->by, NULL);
    affects_name(g->turn, group, g->incident, g->by);
}

/* As when it comes back by itself: whoever saw the private incident before sees this one. */
static void add_former_members(const struct giving *g, uint64_t before)
{
    const struct incident *former = turn_incident(g->turn, before);
    if (!former)
        return;
    for (size_t i = 0; former->private && i < former->people.members.n; i++)
        run(g, (struct command){.verb = "member", .value = former->people.members.v[i], .flag = true});
    rule_relate(g->turn, g->incident, before, NULL);
}

static void tell(const struct giving *g, const char *fingerprint, int64_t count)
{
    struct event event = {.type = EVENT_GROUP_JUDGED,
                          .at = turn_now(g->turn),
                          .by = xstrdup(g->by),
                          .subject = xstrdup(fingerprint),
                          .name = xstrdup("declare"),
                          .text = xstrdup("a person declared it"),
                          .other = g->incident,
                          .count = count};
    turn_tell(g->turn, &event);
}

void incoming_give(struct turn *turn, const char *fingerprint, uint64_t incident, const char *by)
{
    const struct giving g = {turn, incident, by};
    struct group *group = triage_group(turn_core(turn), fingerprint, turn_now(turn));
    if (!group)
        return;
    uint64_t before = group->care.incident;
    describe(&g, group, fingerprint);
    add_former_members(&g, before);
    group =
        triage_group(turn_core(turn), fingerprint, turn_now(turn)); /* reactions may have asked for others */
    if (!group)
        return;
    group->care.judged_at = turn_now(turn);
    group->care.incident = incident;
    group_members_told(group, false);
    if (instances_have_news(turn, group))
        instances_tell(turn, group);
    groups_give(turn, group, incident);
    tell(&g, fingerprint, group->tally.count);
}
