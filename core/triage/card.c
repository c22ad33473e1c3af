/* What the card of an incident says of its alerts: how often they have happened by now. */
#include <inttypes.h>

#include "rooms/card.h"
#include "triage/firing.h"
#include "triage/inside.h"
#include "triage/triage.h"

/* Large numbers are rounded down, so that a card is not edited for every single alert. */
static void add_count(int64_t count, struct str *out)
{
    int64_t unit = 1;
    while (count / unit >= 100)
        unit *= 10;
    str_addf(out, "%s%" PRId64, count % unit ? "over " : "", count / unit * unit);
}

/* "12 in 3 groups, 1 resolved: disk is full; no route to host". A single group is named by the incident's title already. */
void triage_card(struct core *core, const struct incident *incident, const struct card_context *context,
                 struct json_out *fields)
{
    int64_t count = 0, flaps = 0;
    size_t resolved = 0;
    (void)context;
    for (size_t i = 0; i < incident->affected.alerts.n; i++) {
        const struct state_alert *alert = &incident->affected.alerts.v[i];
        const struct group *group = groups_held(core, alert->fingerprint); /* runs ahead of the incident */
        count += MAX(alert->count, group ? group->tally.count : 0);
        flaps += group && group->flap.until ? group->flap.n : 0;
        resolved += alert->resolved;
    }
    if (incident->affected.alerts.n == 0)
        return;
    CLEANUP_STR struct str text = {0};
    add_count(count, &text);
    str_addf(&text, " in %zu group%s%s", incident->affected.alerts.n,
             incident->affected.alerts.n == 1 ? "" : "s",
             incident->affected.alerts.n < STATE_ALERTS ? "" : " and more");
    if (resolved)
        str_addf(&text, resolved == incident->affected.alerts.n ? ", resolved" : ", %zu resolved", resolved);
    if (incident->affected.alerts.n > 1) {
        str_add(&text, ": ");
        card_problems(incident, &text);
    }
    if (flaps)
        str_addf(&text, ", flapping (%" PRId64 " times so far)", flaps);
    card_field(fields, "alerts", text.p);
    CLEANUP_STR struct str firing = {0};
    instances_list(core, incident, &firing);
    card_field(fields, "firing", firing.p);
}
