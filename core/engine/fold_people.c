/* Who works on an incident, and as what. */
#include "engine/fold.h"

#include <string.h>

void fold_role(struct incident *incident, const struct event *event)
{
    for (size_t i = 0; i < incident->people.roles.n; i++) {
        if (strcmp(incident->people.roles.v[i].role, event->name) != 0)
            continue;
        if (event->value) {
            replace_text(&incident->people.roles.v[i].person, event->value);
        } else {
            free(incident->people.roles.v[i].role);
            free(incident->people.roles.v[i].person);
            array_remove(&incident->people.roles, i);
        }
        return;
    }
    if (event->value)
        *array_add(&incident->people.roles) = (struct state_role){xstrdup(event->name), xstrdup(event->value)};
}

void fold_member(struct incident *incident, const struct event *event)
{
    for (size_t i = 0; i < incident->people.members.n; i++) {
        if (strcmp(incident->people.members.v[i], event->value) != 0)
            continue;
        if (!event->flag) {
            free(incident->people.members.v[i]);
            array_remove(&incident->people.members, i);
        }
        return;
    }
    if (event->flag && incident->people.members.n < STATE_MEMBERS)
        *array_add(&incident->people.members) = xstrdup(event->value);
}
