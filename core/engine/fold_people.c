/* Who works on an incident, and as what. */
#include "engine/fold.h"

#include <string.h>

void fold_role(struct incident *incident, const struct event *event)
{
    for (size_t i = 0; i < incident->roles.n; i++) {
        if (strcmp(incident->roles.v[i].role, event->name) != 0)
            continue;
        if (event->value) {
            replace_text(&incident->roles.v[i].person, event->value);
        } else {
            free(incident->roles.v[i].role);
            free(incident->roles.v[i].person);
            array_remove(&incident->roles, i);
        }
        return;
    }
    if (event->value)
        *array_add(&incident->roles) = (struct state_role){xstrdup(event->name), xstrdup(event->value)};
}

void fold_member(struct incident *incident, const struct event *event)
{
    for (size_t i = 0; i < incident->members.n; i++) {
        if (strcmp(incident->members.v[i], event->value) != 0)
            continue;
        if (!event->flag) {
            free(incident->members.v[i]);
            array_remove(&incident->members, i);
        }
        return;
    }
    if (event->flag && incident->members.n < STATE_MEMBERS)
        *array_add(&incident->members) = xstrdup(event->value);
}
