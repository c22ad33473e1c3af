#include "oncall/oncall.h"

#include "base/markup.h"
#include "base/mem.h"
#include "oncall/inside.h"

void oncall_at(const struct core *core, const struct rotation *rotation, instant t, struct on_call *ret)
{
    CLEANUP(agreed_finish) struct agreed agreed = {0};
    struct covers covers = agreed_on(core, rotation, t, t, &agreed);
    rotation_on_call(rotation, &covers, t, ret);
}

void oncall_shifts(const struct core *core, const struct rotation *rotation, instant from, instant until,
                   bool (*on)(void *ctx, const struct shift *shift), void *ctx)
{
    CLEANUP(agreed_finish) struct agreed agreed = {0};
    struct covers covers = agreed_on(core, rotation, from, until, &agreed);
    rotation_shifts(rotation, &covers, from, until, on, ctx);
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
