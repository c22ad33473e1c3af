/* The obligations of an incident: what is owed, and until when. */
#include "engine/fold.h"

#include <string.h>

void fold_owed(struct incident *incident, const struct event *event)
{
    struct state_owed *owed = (struct state_owed *)(uintptr_t)incident_owes(incident, event->name);
    if (!owed) {
        owed = array_add(&incident->owed);
        owed->name = xstrdup(event->name);
    }
    replace_text(&owed->text, event->text);
    owed->due = event->until;
    owed->given_up = false;
}

void fold_missed(struct incident *incident, const struct event *event)
{
    struct state_owed *owed = (struct state_owed *)(uintptr_t)incident_owes(incident, event->name);
    if (!owed)
        return;
    owed->missed++;
    owed->given_up = event->flag;
}

void fold_met(struct incident *incident, const struct event *event)
{
    for (size_t i = 0; i < incident->owed.n; i++) {
        if (strcmp(incident->owed.v[i].name, event->name) != 0)
            continue;
        free(incident->owed.v[i].name);
        free(incident->owed.v[i].text);
        array_remove(&incident->owed, i);
        return;
    }
}
