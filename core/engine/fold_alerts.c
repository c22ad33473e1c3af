/* The alert groups of an incident. */
#include "engine/fold.h"

#include <string.h>

static struct state_alert *find_alert(struct incident *incident, const char *fingerprint)
{
    for (size_t i = 0; i < incident->affected.alerts.n; i++) {
        if (strcmp(incident->affected.alerts.v[i].fingerprint, fingerprint) == 0)
            return &incident->affected.alerts.v[i];
    }
    return NULL;
}

void fold_alert(struct incident *incident, const struct event *event)
{
    struct state_alert *alert = find_alert(incident, event->value);
    if (!event->flag) {
        if (!alert)
            return;
        free(alert->fingerprint);
        free(alert->title);
        array_remove(&incident->affected.alerts, (size_t)(alert - incident->affected.alerts.v));
    } else if (alert) {
        alert->count = MAX(alert->count, event->count);
        alert->resolved = false;
    } else if (incident->affected.alerts.n < STATE_ALERTS) {
        *array_add(&incident->affected.alerts) =
            (struct state_alert){xstrdup(event->value), xstrdup(event->text), event->count, false};
    }
}

void fold_alert_state(struct incident *incident, const struct event *event)
{
    struct state_alert *alert = find_alert(incident, event->value);
    if (!alert)
        return;
    alert->resolved = strcmp(event->name, "resolved") == 0;
    alert->count = MAX(alert->count, event->count);
}

void fold_alert_flapped(struct incident *incident, const struct event *event)
{
    struct state_alert *alert = find_alert(incident, event->value);
    if (alert)
        alert->resolved = !event->flag;
}
