#include "react/react.h"

#include <stdlib.h>

#include "base/markup.h"
#include "react/inside.h"
#include "rooms/rooms.h"
#include "turn/live.h"

static void follow(struct turn *turn, const struct event *event, const struct incident *incident)
{
    reaction_list reactions = {0};
    policy_react(core_policy(turn_core(turn)), event, incident, turn_now(turn), &reactions);
    react_carry_out(turn, &reactions, NULL);
    reaction_list_finish(&reactions);
}

static bool touch_open(void *ctx, const struct incident *incident)
{
    turn_incident(ctx, incident->id);
    return true;
}

void react_policy_loaded(struct core *core, bool ok, const char *text, instant now)
{
    if (!core_ready(core, NULL))
        return;
    struct turn *turn = turn_begin(core, now);
    struct event event = {
        .type = EVENT_POLICY, .at = now, .by = xstrdup(BY_SYSTEM), .flag = ok, .text = xstrdup(text)};
    turn_tell(turn, &event);
    if (ok) {
        live_each_open(core, touch_open, turn);
    } else {
        CLEANUP_FREE char *key = turn_key(turn);
        CLEANUP_FREE char *said =
            markup("The new policy has an error, so the previous one stays active: %s", text);
        rooms_say_incident(turn, 0, key, NULL, said);
    }
    turn_commit(turn, NULL, NULL);
}

static void finish(void *state)
{
    complaints_finish(state);
}

const struct part react_part = {
    .name = "react",
    .state_size = sizeof(struct react),
    .finish = finish,
    .follow = follow,
    .owe = owed_follow,
    .deadlines = owed_deadlines,
    .passed = owed_passed,
    .tick = complaints_tell,
};
