/* Looks when somebody else may be on call, journals each change, and tells whoever comes on. */
#include <string.h>

#include "base/json.h"
#include "base/markup.h"
#include "people/people.h"
#include "rooms/rooms.h"
#include "shifts/inside.h"
#include "sight/sight.h"

#define LOOK_EVERY   HOUR       /* at the latest */
#define MADE_UP_MOST (92 * DAY) /* how much is made up for after tocsind did not run */

/* ---- the event ---- */

static void put_people(struct json_out *j, const char *name, const struct on_call *on)
{
    json_key(j, name);
    json_begin_array(j);
    for (size_t i = 0; i < on->n; i++)
        json_text(j, on->people[i]);
    json_end_array(j);
}

/* Who was on call until `at`, and who is from then on. */
static void tell_change(struct turn *turn, const struct standing *standing, const struct on_call *on,
                        instant at)
{
    struct str data = {0};
    struct json_out j = {&data, false};
    char since[INSTANT_TEXT];
    struct on_call off = standing_on(standing);
    json_begin_object(&j);
    json_put_text(&j, "from", instant_format(standing->since, since));
    put_people(&j, "off", &off);
    put_people(&j, "on", on);
    json_end_object(&j);
    struct event event = {.type = EVENT_HANDED_OVER,
                          .at = turn_now(turn),
                          .by = xstrdup(BY_CLOCK),
                          .name = xstrdup(standing->rotation),
                          .count = standing->paged,
                          .until = at,
                          .data = str_take(&data)};
    turn_tell(turn, &event);
}

/* ---- the note ---- */

/* Whoever cannot be written to is named where everybody reads. */
static void tell_person(struct turn *turn, struct note *note, const char *name)
{
    struct core *core = turn_core(turn);
    const char *person = oncall_person(core, name);
    CLEANUP_FREE char *key = turn_key_as(turn, SHIFT_KEY);
    CLEANUP_STR struct str text = {0};
    note->reader = person;
    note->zone = people_zone(core, person);
    note_add(turn, note, &text);
    if (rooms_tell_person(turn, person, NULL, key, text.p))
        return;
    CLEANUP_FREE char *unknown =
        markup("%s is on call for %s now, but I can't write to them: I know them from no "
               "chat. Add their user ids to `people {}`.",
               oncall_name(core, name), note->rotation->name);
    rooms_say_incident(turn, 0, key, NULL, unknown);
}

static void tell_channel(struct turn *turn, struct note *note, const char *channel)
{
    struct core *core = turn_core(turn);
    CLEANUP_FREE char *key = turn_key_as(turn, SHIFT_KEY);
    CLEANUP_STR struct str text = {0};
    note->reader = NULL;
    note->zone = note->rotation->zone;
    note_add(turn, note, &text);
    for (size_t i = 0; i < links(core)->n; i++) {
        struct place place = {.connector = links(core)->v[i].name, .channel = channel};
        if (rooms_announces(core, &links(core)->v[i]))
            rooms_say(turn, &place, 0, key, NULL, text.p);
    }
}

/* Whoever was not in that place before. */
static void tell_people(struct turn *turn, const struct rotation *rotation, const struct standing *ended,
                        const struct on_call *on)
{
    const struct policy *policy = core_policy(turn_core(turn));
    struct note note = {.rotation = rotation, .before = standing_on(ended), .shift = ended, .ended = true};
    struct roster_team team;
    for (size_t i = 0; i < on->n; i++) {
        if (i >= note.before.n || !text_equal_nocase(note.before.people[i], on->people[i]))
            tell_person(turn, &note, on->people[i]);
    }
    for (size_t i = 0; on->n && policy_team_of_rotation(policy, rotation, i, &team); i++) {
        if (team.channel)
            tell_channel(turn, &note, team.channel);
    }
}

/* ---- what has changed ---- */

struct walk { /* through the shifts since it was last looked */
    struct turn *turn;
    const struct rotation *rotation;
    struct standing *standing;
    instant now;
};

/* `last`: they are on call now. */
static void change(const struct walk *walk, const struct on_call *on, instant at, bool last)
{
    tell_change(walk->turn, walk->standing, on, at);
    carry_shift(walk->turn, walk->standing, at);
    if (last)
        tell_people(walk->turn, walk->rotation, walk->standing, on);
    standing_set(walk->turn, walk->standing, on, at);
    shifts_of(turn_core(walk->turn))->groups.due = true;
}

static bool follow_shift(void *ctx, const struct shift *shift)
{
    const struct walk *walk = ctx;
    struct on_call on = standing_on(walk->standing);
    if (!on_call_same(&on, &shift->on))
        change(walk, &shift->on, shift->from, shift->until > walk->now);
    return true;
}

static bool is_so(const struct core *core, const struct rotation *rotation, const struct standing *standing,
                  instant now)
{
    struct on_call then, on = standing_on(standing);
    oncall_at(core, rotation, now, &then);
    return on_call_same(&then, &on);
}

/* A change that was not foreseen when it was last looked is one of the policy or an agreement: it counts from now on. */
static void catch_up(struct walk *walk)
{
    const struct core *core = turn_core(walk->turn);
    struct standing *standing = walk->standing;
    instant from = MAX(standing->checked, walk->now - MADE_UP_MOST);
    struct on_call then, on = standing_on(standing);
    oncall_at(core, walk->rotation, from, &then);
    if (on_call_same(&then, &on))
        oncall_shifts(core, walk->rotation, from, walk->now + 1, follow_shift, walk);
    oncall_at(core, walk->rotation, walk->now, &then);
    if (!is_so(core, walk->rotation, standing, walk->now))
        change(walk, &then, walk->now, true);
}

/* When somebody else is on call there. */
static instant next_look(const struct core *core, const struct rotation *rotation, instant now)
{
    struct shift stint;
    oncall_stint(core, rotation, now, &stint);
    return stint.until ? stint.until : now + DAY;
}

static void look(struct turn *turn, const struct rotation *rotation, instant now)
{
    struct shifts *shifts = shifts_of(turn_core(turn));
    struct standing *standing = standing_find(shifts, rotation->name);
    struct on_call on;
    oncall_at(turn_core(turn), rotation, now, &on);
    if (!standing)
        standing = standing_add(turn, rotation->name, &on, now);
    else
        catch_up(&(struct walk){turn, rotation, standing, now});
    standing->checked = now;
    standing->look = next_look(turn_core(turn), rotation, now);
}

/* ---- when to look ---- */

/* A rotation that the policy no longer has: its last shift ends. */
static void drop_gone(struct core *core, instant now)
{
    struct shifts *shifts = shifts_of(core);
    for (size_t i = shifts->all.n; i-- > 0;) {
        if (policy_rotation_named(core_policy(core), shifts->all.v[i].rotation))
            continue;
        struct turn *turn = turn_begin(core, now);
        tell_change(turn, &shifts->all.v[i], &(struct on_call){0}, now);
        carry_shift(turn, &shifts->all.v[i], now);
        standing_drop(turn, &shifts->all.v[i]);
        turn_commit(turn, NULL, NULL);
    }
}

static void look_at(struct core *core, const struct rotation *rotation, bool all, instant now)
{
    struct shifts *shifts = shifts_of(core);
    struct standing *standing = standing_find(shifts, rotation->name);
    if (all && standing && now < standing->look && is_so(core, rotation, standing, now)) {
        standing->checked = now;
        standing->look = next_look(core, rotation, now);
    } else if (all || !standing || now >= standing->look) {
        struct turn *turn = turn_begin(core, now);
        look(turn, rotation, now);
        turn_commit(turn, NULL, NULL);
        standing = standing_find(shifts, rotation->name);
    }
    if (standing)
        shifts->next = MIN(shifts->next, standing->look);
}

instant change_tick(struct core *core, instant now)
{
    struct shifts *shifts = shifts_of(core);
    uint64_t generation = policy_generation(core_policy(core));
    bool all = !shifts->next || shifts->changed || shifts->generation != generation;
    const struct rotation *rotation;
    if (!core_ready(core, NULL) || (!all && now < shifts->next))
        return shifts->next;
    shifts->next = now + LOOK_EVERY;
    if (all)
        drop_gone(core, now);
    for (size_t i = 0; (rotation = policy_rotation_at(core_policy(core), i)); i++)
        look_at(core, rotation, all, now);
    shifts->groups.due |= shifts->generation != generation;
    shifts->generation = generation;
    shifts->changed = false;
    return shifts->next;
}
