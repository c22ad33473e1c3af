#include "policy/ticketing.h"

#include "policy/set.h"

static bool fits(const struct tickets_row *row, const struct incident *incident)
{
    return text_list_takes(&row->severities, incident->severity, false) &&
           text_list_takes(&row->kinds, incident->sort.kind, false) &&
           text_list_takes(&row->services, incident->service, true) &&
           text_list_takes(&row->teams, incident->team, true);
}

const char *policy_tracker(const struct policy *policy, const struct incident *incident)
{
    for (size_t i = 0; i < policy->set->rooms.tickets.n; i++) {
        const struct tickets_row *row = &policy->set->rooms.tickets.v[i];
        if (row->tracker && fits(row, incident))
            return row->tracker;
    }
    const struct team_row *team = incident->team ? find_team(policy->set, incident->team) : NULL;
    return team ? team->desk : NULL;
}

bool policy_has_parent(const struct policy *policy, const struct incident *incident, const char *connector)
{
    for (size_t i = 0; i < policy->set->rooms.tickets.n; i++) {
        const struct tickets_row *row = &policy->set->rooms.tickets.v[i];
        if (row->says_parents && fits(row, incident))
            return row->parents.n && text_list_takes(&row->parents, connector, false);
    }
    return false;
}

bool policy_solves(const struct policy *policy, const struct incident *incident, const char *connector,
                   bool desk)
{
    for (size_t i = 0; i < policy->set->rooms.tickets.n; i++) {
        const struct tickets_row *row = &policy->set->rooms.tickets.v[i];
        if (row->says_solve && fits(row, incident))
            return row->solves.n ? text_list_takes(&row->solves, connector, false) : row->solve && desk;
    }
    return false;
}
