#include "oncall/oncall.h"

#include "base/markup.h"
#include "base/mem.h"
#include "oncall/inside.h"
#include "people/people.h"

void oncall_at(const struct core *core, const struct rotation *rotation, instant t, struct on_call *ret)
{
    cover_list covers = {0};
    covers_of(core, rotation, &covers);
    rotation_on_call(rotation, &(struct covers){covers.v, covers.n}, t, ret);
    array_free(&covers);
}

void oncall_shifts(const struct core *core, const struct rotation *rotation, instant from, instant until,
                   bool (*on)(void *ctx, const struct shift *shift), void *ctx)
{
    cover_list covers = {0};
    covers_of(core, rotation, &covers);
    rotation_shifts(rotation, &(struct covers){covers.v, covers.n}, from, until, on, ctx);
    array_free(&covers);
}

/* ---- how long ---- */

static bool extend(void *ctx, const struct shift *shift)
{
    struct shift *stint = ctx;
    if (!stint->until)
        stint->on = shift->on;
    else if (!on_call_same(&stint->on, &shift->on))
        return false;
    stint->until = shift->until;
    return true;
}

void oncall_stint(const struct core *core, const struct rotation *rotation, instant t, struct shift *ret)
{
    instant horizon = t + 2 * rotation_turn(rotation) + 14 * DAY;
    *ret = (struct shift){.from = t};
    oncall_shifts(core, rotation, t, horizon, extend, ret);
    if (ret->until == horizon)
        ret->until = 0;
}

/* ---- names ---- */

/* NULL: nobody knows them from chat yet. */
static const struct person *person_of(const struct core *core, const char *name)
{
    struct roster_person declared;
    return policy_person(core_policy(core), name, &declared) ? people_of_declared(core, &declared)
                                                             : people_find(core, name);
}

const char *oncall_person(const struct core *core, const char *name)
{
    const struct person *known = person_of(core, name);
    return known ? known->id : NULL;
}

bool oncall_is(const struct core *core, const char *name, const char *person)
{
    const struct person *known = person_of(core, name);
    return known && people_same(core, known->id, person);
}

const char *oncall_name(const struct core *core, const char *person)
{
    struct roster_person declared;
    const struct person *known = person_of(core, person);
    if (policy_person(core_policy(core), person, &declared) && declared.name)
        return declared.name;
    return known && known->name ? known->name : person;
}

void oncall_names(const struct core *core, const struct on_call *on, struct str *out)
{
    for (size_t i = 0; i < on->n; i++)
        str_markup(out, i ? " and %s" : "%s", oncall_name(core, on->people[i]));
    if (!on->n)
        str_add(out, "nobody");
}

void oncall_nobody(const struct core *core, const struct rotation *rotation, instant now, struct str *out)
{
    struct shift gap, next;
    oncall_stint(core, rotation, now, &gap);
    str_addf(out, "nobody is on call for %s", rotation->name);
    if (!gap.until)
        return;
    oncall_at(core, rotation, gap.until, &next.on);
    str_add(out, " until ");
    when_format_plain(gap.until, now, rotation->zone, out);
    for (size_t i = 0; i < next.on.n; i++)
        str_addf(out, i ? " and %s" : ", then %s", oncall_name(core, next.on.people[i]));
}
