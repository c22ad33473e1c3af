/* Levels of other tools as those of escalation{}, of which each calls one target: those of one level follow at once. */
#include "moving/fit.h"
#include "moving/reading.h"
#include "moving/sources.h"

#define CALLS_MOST  10 /* levels of one escalation{} */
#define ROUNDS_SAID 10
#define AT_ONCE     (1 * SECOND)
#define LAST        (5 * MINUTE) /* of a level whose tool says nothing of how long it lasts */

static void add_call(struct moving_escalation *escalation, enum moving_kind kind, const char *word)
{
    *array_add(&escalation->calls) = (struct moving_call){kind, word, AT_ONCE};
}

static void add_target(struct moving *m, struct moving_escalation *escalation,
                       const struct moving_target *target)
{
    size_t before = escalation->calls.n;
    if (target->kind == MOVING_PERSON) {
        const struct moving_person *person = person_of(m, target->key);
        if (!person->missing)
            add_call(escalation, MOVING_PERSON, person->word);
    } else if (target->kind == MOVING_TEAM) {
        const struct moving_team *team = team_known(m, target->key);
        if (team)
            add_call(escalation, MOVING_TEAM, team->word);
    } else {
        const struct moving_schedule *schedule = schedule_known(m, target->key);
        for (size_t i = 0; schedule && i < schedule->n_lanes; i++)
            add_call(escalation, MOVING_SCHEDULE, schedule->lanes[i].word);
    }
    if (escalation->calls.n == before)
        unsaid(m, "nobody is behind this target", "escalation '%s', %s", escalation->name, target->key);
}

static void add_level(struct moving *m, struct moving_escalation *escalation, const struct moving_level *level)
{
    size_t before = escalation->calls.n;
    for (size_t i = 0; i < level->targets.n; i++)
        add_target(m, escalation, &level->targets.v[i]);
    if (escalation->calls.n > before)
        escalation->calls.v[escalation->calls.n - 1].after = level->after ? MIN(level->after, DAY) : LAST;
    if (level->after > DAY)
        unsaid(m, "it would last for more than a day: it lasts a day here", "escalation '%s', a level",
               escalation->name);
}

static void call_levels(struct moving *m, struct moving_escalation *escalation)
{
    if (!escalation->name)
        escalation->name = escalation->key;
    for (size_t i = 0; i < escalation->levels.n; i++)
        add_level(m, escalation, &escalation->levels.v[i]);
    if (escalation->calls.n > CALLS_MOST) {
        unsaid(m,
               keepf(m, "it calls %zu targets: those after the first %d are left out", escalation->calls.n,
                     CALLS_MOST),
               "escalation '%s'", escalation->name);
        escalation->calls.n = CALLS_MOST;
    }
    if (escalation->rounds > ROUNDS_SAID) {
        unsaid(m, keepf(m, "%d rounds: it has %d here", escalation->rounds, ROUNDS_SAID), "escalation '%s'",
               escalation->name);
        escalation->rounds = ROUNDS_SAID;
    }
    if (!escalation->calls.n)
        unsaid(m, "nobody is left in it", "escalation '%s'", escalation->name);
}

void moving_call_levels(struct moving *m)
{
    for (size_t i = 0; i < m->escalations.n; i++)
        call_levels(m, &m->escalations.v[i]);
}
