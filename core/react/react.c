#include "react/react.h"

#include "react/inside.h"

static void follow(struct turn *turn, const struct event *event, const struct incident *incident)
{
    reaction_list reactions = {0};
    policy_react(core_policy(turn_core(turn)), event, incident, turn_now(turn), &reactions);
    react_to_event(turn, &reactions);
    reaction_list_finish(&reactions);
}

/* ---- the part ---- */

static instant tick(struct core *core, instant now)
{
    loaded_tell(core, now);
    return complaints_tell(core, now);
}

static void finish(void *state)
{
    struct react *react = state;
    array_free(&react->chains);
    complaints_finish(state);
    loaded_finish(state);
}

const struct part react_part = {
    .name = "react",
    .state_size = sizeof(struct react),
    .finish = finish,
    .load = loaded_load,
    .follow = follow,
    .owe = owed_follow,
    .deadlines = owed_deadlines,
    .passed = owed_passed,
    .tick = tick,
    .swept = loaded_swept,
};
