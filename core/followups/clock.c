/*
 * The clock of a follow-up: its owner is reminded when it is due, the team's channel a working day later, and then each week. Each
 * reminder is an event, in one turn with what is sent, so it comes once.
 */
#include <inttypes.h>

#include "base/markup.h"
#include "base/moment.h"
#include "followups/inside.h"
#include "people/people.h"
#include "rooms/rooms.h"
#include "sight/sight.h"
#include "turn/live.h"

#define EVERY (7 * DAY)

/* The same time a day later or, over a weekend, on Monday. */
static instant next_working_day(instant t, const char *zone)
{
    struct wall wall = zone_to_wall(t, zone);
    do {
        wall.day++;
        wall.weekday = (wall.weekday + 1) % 7;
    } while (wall.weekday == 0 || wall.weekday == 6);
    return zone_from_wall(&wall, zone);
}

/* "Follow-up 3 was due Fri 27 Nov 09:00 UTC, and is Ana's: fix the retry. `followup 3 done` ends it, …" */
static void write_reminder(const struct core *core, const struct followup *followup, bool to_owner, instant now,
                           struct str *out)
{
    const char *name = people_name((void *)(uintptr_t)core, followup->owner);
    str_addf(out, "Follow-up %" PRId64 " %s", followup->number, to_owner ? "is due: " : "was due ");
    if (!to_owner) {
        moment_format(followup->due, now, NULL, out);
        str_markup(out, ", and %s has it: ", name ? name : followup->owner);
    }
    str_markup(out, "%s.", followup->text);
    str_addf(out,
             " `followup %" PRId64 " done` ends it, `followup %" PRId64
             " to friday` moves it, `followup %" PRId64 " drop` and why drops it.",
             followup->number, followup->number, followup->number);
}

/* Whoever may not see its incident any more hears nothing of it; its members do. */
static void remind(struct turn *turn, const struct followup *followup)
{
    struct core *core = turn_core(turn);
    const struct incident *incident = live_incident(core, followup->incident);
    CLEANUP_FREE char *key = turn_key(turn);
    CLEANUP_STR struct str text = {0};
    struct roster_team team = {0};
    bool first = followup->reminded == 0, sees = sight_sees(core, incident, followup->owner);
    write_reminder(core, followup, first && sees, turn_now(turn), &text);
    if (!first && followup->team)
        policy_find_team(core_policy(core), followup->team, &team);
    if (first && sees)
        rooms_nudge(turn, followup->incident, followup->owner, key, text.p);
    else if (team.channel && !incident->private)
        rooms_say_channel(turn, team.channel, followup->incident, key, NULL, text.p);
    else
        rooms_say_incident(turn, followup->incident, key, NULL, text.p);
}

static void come(struct turn *turn, int64_t number, instant now)
{
    struct followup followup;
    if (!followup_get(turn_core(turn), number, &followup))
        return;
    struct command command = {.verb = "followup_due",
                              .by = BY_CLOCK,
                              .automatic = true,
                              .text = followup.text,
                              .value = followup.owner,
                              .until = followup.due,
                              .count = number,
                              .flag = followup.reminded > 0};
    bool known = turn_do(turn, followup.incident, &command, NULL, NULL) == 0;
    if (known)
        remind(turn, &followup);
    followup.looks = followup.reminded || !known
                         ? now + EVERY
                         : next_working_day(now, people_zone(turn_core(turn), followup.owner));
    followup.reminded++;
    followup_keep(turn, &followup);
    followup_finish(&followup);
}

instant followups_tick(struct core *core, instant now)
{
    uint64_t number;
    char *name;
    instant at;
    while (!core_trouble(core) && deadline_take(followups_of(core)->clocks, now, &number, &name, &at)) {
        struct turn *turn = turn_begin(core, now);
        free(name);
        come(turn, (int64_t)number, now);
        turn_commit(turn, NULL, NULL);
    }
    return core_trouble(core) ? 0 : deadlines_next(followups_of(core)->clocks);
}
