/* Deadlines of the policy: obligations, and the end of a pause. */
#include <string.h>

#include "base/markup.h"
#include "people/people.h"
#include "react/inside.h"
#include "react/react.h"
#include "rooms/rooms.h"

#define DUE_RESUME "@resume" /* the deadline of a pause; obligations have names of their own */

static const struct obligation *find(const obligation_list *list, const char *name)
{
    for (size_t i = 0; i < list->n; i++) {
        if (strcmp(list->v[i].name, name) == 0)
            return &list->v[i];
    }
    return NULL;
}

static void owe(struct turn *turn, uint64_t incident, const struct obligation *o, instant due)
{
    struct command command = {.verb = "owe",
                              .by = BY_RULE,
                              .automatic = true,
                              .name = o->name,
                              .text = o->text,
                              .rule = o->rule,
                              .until = due};
    turn_do(turn, incident, &command, NULL, NULL);
}

static void meet(struct turn *turn, uint64_t incident, const char *name)
{
    CLEANUP_FREE char *copy = xstrdup(name);
    turn_do(turn, incident, &(struct command){.verb = "meet", .by = BY_RULE, .automatic = true, .name = copy},
            NULL, NULL);
}

static bool is_last(const struct obligation *o, int missed)
{
    return o->times && missed >= o->times;
}

static void follow_one(struct turn *turn, const struct incident *incident, const struct obligation *o)
{
    const struct state_owed *owed = incident_owes(incident, o->name);
    if (owed && owed->missed && o->due <= turn_now(turn)) {
        if (owed->given_up && !is_last(o, owed->missed)) /* it became more severe: people are reminded again */
            owe(turn, incident->id, o, turn_now(turn) + MAX(o->every, MINUTE));
        return;
    }
    if (owed && owed->missed)
        meet(turn, incident->id, o->name);
    owe(turn, incident->id, o, o->due);
}

/*
 * Makes the obligations match what the policy demands in this state. A missed obligation repeats (see miss) until it is
 * met; its due time is then in the future again.
 */
void owed_follow(struct turn *turn, const struct incident *incident)
{
    obligation_list list = {0};
    if (incident->version)
        policy_obligations(core_policy(turn_core(turn)), incident, turn_now(turn), &list);
    for (size_t i = incident->owed.n; i-- > 0;) {
        if (!find(&list, incident->owed.v[i].name))
            meet(turn, incident->id, incident->owed.v[i].name);
    }
    for (size_t i = 0; i < list.n; i++)
        follow_one(turn, incident, &list.v[i]);
    obligation_list_finish(&list);
}

static void miss(struct turn *turn, uint64_t id, const char *name, instant due)
{
    const struct incident *incident = turn_incident(turn, id);
    const struct state_owed *owed = incident ? incident_owes(incident, name) : NULL;
    if (!owed)
        return;
    struct policy *policy = core_policy(turn_core(turn));
    obligation_list before = {0}, after = {0};
    reaction_list reactions = {0};
    CLEANUP_FREE char *text = xstrdup(owed->text);
    policy_obligations(policy, incident, turn_now(turn), &before);
    const struct obligation *o = find(&before, name);
    struct command command = {.verb = "miss",
                              .by = BY_CLOCK,
                              .automatic = true,
                              .name = name,
                              .text = text,
                              .until = due,
                              .flag = o && is_last(o, owed->missed + 1)};
    turn_do(turn, id, &command, NULL, NULL);
    policy_missed(policy, name, incident, turn_now(turn), &reactions);
    react_carry_out(turn, &reactions, NULL);
    policy_obligations(policy, incident, turn_now(turn), &after);
    o = find(&after, name);
    owed = incident_owes(incident, name);
    if (o && !(owed && owed->given_up))
        owe(turn, id, o, turn_now(turn) + MAX(o->every, MINUTE));
    reaction_list_finish(&reactions);
    obligation_list_finish(&before);
    obligation_list_finish(&after);
}

void react_resume(struct turn *turn, uint64_t id, const char *by, const char *why)
{
    const struct incident *incident = turn_incident(turn, id);
    if (!incident || incident->status != STATUS_PAUSED)
        return;
    CLEANUP_FREE char *who = xstrdup(incident->pause.by), *reason = xstrdup(incident->pause.reason);
    struct command command = {.verb = "resume", .by = by, .automatic = true, .text = why};
    if (turn_do(turn, id, &command, NULL, NULL))
        return;
    const char *name = people_name(turn_core(turn), who);
    CLEANUP_FREE char *text =
        markup("@%s, %s (%s). Resume work, or pause it again with a reason.", name ? name : who, why, reason);
    CLEANUP_FREE char *key = turn_key(turn);
    rooms_say_incident(turn, id, key, NULL, text);
}

void owed_deadlines(struct core *core, const struct incident *incident)
{
    if (incident->status == STATUS_PAUSED)
        live_due(core, "react", incident->id, DUE_RESUME, incident->pause.until);
    for (size_t i = 0; i < incident->owed.n; i++) {
        if (!incident->owed.v[i].given_up)
            live_due(core, "react", incident->id, incident->owed.v[i].name, incident->owed.v[i].due);
    }
}

void owed_passed(struct turn *turn, uint64_t incident, const char *name, instant due)
{
    if (strcmp(name, DUE_RESUME) == 0) /* so that nothing stays paused by accident */
        react_resume(turn, incident, BY_CLOCK, "the pause is over");
    else
        miss(turn, incident, name, due);
}
