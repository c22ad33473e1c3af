/* How a group came and went lately, and the times that are its own. */
#include "base/mem.h"
#include "intake/group_edit.h"

void group_flap(struct group *group, instant recovered, instant now)
{
    struct group_flap *flap = &group->flap;
    if (!recovered || now - recovered >= FLAP_WITHIN)
        return;
    if (!flap->until && now - flap->at >= FLAP_WITHIN) {
        flap->n = 0;
        flap->since = recovered;
    }
    flap->n++;
    flap->at = now;
    group->upkeep.changed = true;
}

bool group_flaps(const struct group *group, instant now)
{
    return (group->flap.until || group->flap.n >= FLAP_RETURNS) && now - group->flap.at < FLAP_WITHIN;
}

instant group_due(const struct group *group)
{
    instant due = instant_earlier(group->times.ends, group->flap.until);
    for (size_t i = 0; i < group->firing.n; i++)
        due = instant_earlier(due, group->firing.about[i].ends);
    return due;
}
