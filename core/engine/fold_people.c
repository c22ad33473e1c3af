/* Who works on an incident, and as what. */
#include "engine/fold.h"

#include <string.h>

static struct state_offer *offer_of(struct incident *incident, const char *role)
{
    return (struct state_offer *)(uintptr_t)incident_offer(incident, role);
}

static void end_offer(struct incident *incident, const char *role)
{
    struct state_offer *offer = offer_of(incident, role);
    if (!offer)
        return;
    free(offer->role);
    free(offer->person);
    free(offer->by);
    array_remove(&incident->people.offers, (size_t)(offer - incident->people.offers.v));
}

/* Until it is taken, whoever has the role keeps it. */
void fold_offered(struct incident *incident, const struct event *event)
{
    end_offer(incident, event->name);
    *array_add(&incident->people.offers) = (struct state_offer){
        xstrdup(event->name), xstrdup(event->value), xstrdup(event->by), event->at, event->until, false};
}

void fold_offer_reminded(struct incident *incident, const struct event *event)
{
    struct state_offer *offer = offer_of(incident, event->name);
    if (offer)
        offer->reminded = true;
}

void fold_offer_ended(struct incident *incident, const struct event *event)
{
    end_offer(incident, event->name);
}

/* Whoever takes a role answers its offer, in the same event. */
void fold_role(struct incident *incident, const struct event *event)
{
    if (event->value)
        end_offer(incident, event->name);
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
