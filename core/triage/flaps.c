/*
 * Damps a problem that flaps: its alert, or one of its instances, comes and goes. Beyond FLAP_RETURNS within FLAP_WITHIN of each other
 * (intake/group.h), people read one line that counts, every ten minutes, and it opens at most one incident an hour.
 */
#include <inttypes.h>

#include "base/markup.h"
#include "rooms/rooms.h"
#include "triage/firing.h"
#include "triage/inside.h"

#define OPENS_EVERY HOUR /* a new incident, while it flaps */

static void hold_until(struct turn *turn, struct group *group, instant until)
{
    group->flap.until = until;
    group_table_touch(triage_of(turn_core(turn))->groups, group);
}

static void tell(struct turn *turn, struct group *group, const char *text)
{
    char fingerprint[FINGERPRINT_TEXT];
    rule_do(turn, group->care.incident,
            (struct command){.verb = "alert_flapped",
                             .value = fingerprint_format(group->fingerprint, fingerprint),
                             .text = text,
                             .name = group->about.title,
                             .flag = group->state == GROUP_OPEN,
                             .count = group->flap.n},
            NULL, NULL);
}

static void add_times(const struct group *group, instant now, struct str *out)
{
    str_addf(out, "%" PRId64 " time%s in ", group->flap.n, group->flap.n == 1 ? "" : "s");
    duration_format(now - group->flap.since, out);
}

bool flaps_hold(struct turn *turn, struct group *group)
{
    instant now = turn_now(turn);
    if (group->flap.until)
        return true;
    if (!group_flaps(group, now))
        return false;
    CLEANUP_STR struct str text = {0};
    str_add(&text, "is flapping: it came back ");
    add_times(group, now, &text);
    tell(turn, group, text.p);
    hold_until(turn, group, now + FLAP_WITHIN);
    return true;
}

bool flaps_hold_rules(struct turn *turn, struct group *group)
{
    instant now = turn_now(turn);
    bool told = group->flap.until != 0;
    if (!group_flaps(group, now) || now - group->care.judged_at >= OPENS_EVERY)
        return false;
    hold_until(turn, group, MIN(now + FLAP_WITHIN, group->care.judged_at + OPENS_EVERY));
    if (told)
        return true;
    CLEANUP_FREE char *key = turn_key(turn);
    CLEANUP_STR struct str text = {0}, times = {0};
    add_times(group, now, &times);
    str_markup(&text, "The alert of this ended incident is flapping: it came back %s. ", times.p);
    str_markup(&text, "A new incident is opened only if it keeps firing; `reopen` goes on with this one: %s",
               group->about.title);
    rooms_say_incident(turn, group->care.incident, key, NULL, text.p);
    return true;
}

/* What is not in the last line: the state that it settled in. */
static void tell_state(struct turn *turn, struct group *group, const struct incident *incident)
{
    char fingerprint[FINGERPRINT_TEXT];
    fingerprint_format(group->fingerprint, fingerprint);
    bool resolved = group->state == GROUP_SETTLED;
    for (size_t i = 0; i < incident->affected.alerts.n; i++) {
        const struct state_alert *alert = &incident->affected.alerts.v[i];
        if (!text_equal(alert->fingerprint, fingerprint) || alert->resolved == resolved)
            continue;
        rule_do(turn, incident->id,
                (struct command){.verb = "alert_state",
                                 .value = fingerprint,
                                 .name = resolved ? "resolved" : "regressed",
                                 .count = group->tally.count,
                                 .text = group->about.title},
                NULL, NULL);
        return;
    }
}

static void tell_summary(struct turn *turn, struct group *group)
{
    bool known;
    CLEANUP_STR struct str text = {0}, instances = {0};
    str_add(&text, "flapped ");
    add_times(group, turn_now(turn), &text);
    str_add(&text, group->state == GROUP_OPEN ? ", and fires now" : ", and is resolved now");
    instances_take_news(group, &instances, &known);
    if (known && instances.len)
        str_addf(&text, " (%s)", instances.p);
    tell(turn, group, text.p);
}

bool flaps_tell(struct turn *turn, struct group *group)
{
    instant now = turn_now(turn);
    const struct incident *incident = turn_incident(turn, group->care.incident);
    bool open = incident && status_is_open(incident->status);
    bool settled = now - group->flap.at >= FLAP_WITHIN;
    if (open && group->flap.n)
        tell_summary(turn, group);
    else if (open)
        tell_state(turn, group, incident);
    if (open) {
        group->flap.n = 0;
        group->flap.since = now;
    }
    hold_until(turn, group, open && !settled ? now + FLAP_WITHIN : 0);
    return !open && group->state == GROUP_OPEN;
}
