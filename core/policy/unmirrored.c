#include "policy/unmirrored.h"

#include "policy/set.h"

bool policy_unmirrored(const struct policy *policy, const struct incident *incident, const char *connector)
{
    for (size_t i = 0; i < policy->set->rooms.unmirrored.n; i++) {
        const struct unmirrored_row *row = &policy->set->rooms.unmirrored.v[i];
        if (text_list_takes(&row->severities, incident->severity, false) &&
            text_list_takes(&row->kinds, incident->sort.kind, false) &&
            text_list_takes(&row->services, incident->service, true) &&
            text_list_takes(&row->teams, incident->team, true) &&
            text_list_takes(&row->connectors, connector, true))
            return true;
    }
    return false;
}
