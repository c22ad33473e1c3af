/* A merge that is undone: the incident is separate again, as it was, with the alerts and the channels that it brought. */
#include <string.h>

#include "base/markup.h"
#include "rooms/rooms.h"
#include "sight/sight.h"
#include "triage/inside.h"
#include "triage/triage.h"
#include "turn/live.h"

#define READ_MOST 5000 /* events of an incident since it was merged */

/* What the incident gave away when it was merged, as its events say. */
struct given {
    bool whole; /* the merge itself was found */
    event_list events;
};

static bool take_row(void *ctx, const struct journal_event *row)
{
    struct given *given = ctx;
    struct event event;
    if (turn_event_of_row(row, &event, NULL))
        return true;
    bool alert = event.type == EVENT_ALERT && !event.flag, channel = event.type == EVENT_CHANNEL && !event.flag;
    given->whole = event.type == EVENT_STATUS && event.status == STATUS_MERGED;
    if (alert || channel)
        *array_add(&given->events) = event;
    else
        event_finish(&event);
    return !given->whole;
}

static int read_given(struct core *core, const struct incident *incident, struct given *ret, struct error *err)
{
    char name[INCIDENT_NAME];
    int rc = journal_read_back(core_journal(core), incident_name(incident->id, name), 0, READ_MOST, take_row,
                               ret, err);
    if (!rc && !ret->whole)
        rc = error_set(err, ERR_REFUSED, "%s was merged a moment ago. Try again.", name);
    return rc;
}

/* Is a group that it brought elsewhere by now, or without an incident? Then taking it back would take it from somebody. */
static int check_groups(struct turn *turn, const struct given *given, const struct incident *incident,
                        const struct incident *survivor, const char *viewer, struct error *err)
{
    char name[INCIDENT_NAME], other[INCIDENT_NAME];
    for (size_t i = 0; i < given->events.n; i++) {
        const struct event *event = &given->events.v[i];
        const struct group *group =
            event->type == EVENT_ALERT ? triage_group(turn_core(turn), event->value, turn_now(turn)) : NULL;
        if (!group || group->care.incident == survivor->id)
            continue;
        uint64_t now = group->care.incident;
        return error_set(
            err, ERR_REFUSED, "%s cannot be taken out again: its alert %.100s belongs to %s meanwhile.",
            incident_name(incident->id, name), event->text ? event->text : event->value,
            sight_incident(turn_core(turn), now, viewer) ? incident_name(now, other) : "another incident");
    }
    return 0;
}

static void take_back(struct turn *turn, const struct event *event, const struct incident *incident,
                      const struct incident *survivor)
{
    for (size_t i = 0; event->type == EVENT_ALERT && i < survivor->affected.alerts.n; i++) {
        if (strcmp(survivor->affected.alerts.v[i].fingerprint, event->value) == 0) {
            merge_move_alert(turn, survivor->id, incident->id, &survivor->affected.alerts.v[i]);
            return;
        }
    }
    for (size_t i = 0; event->type == EVENT_CHANNEL && i < survivor->places.channels.n; i++) {
        const struct state_channel *channel = &survivor->places.channels.v[i];
        if (text_equal(channel->connector, event->name) && text_equal(channel->channel, event->value)) {
            merge_move_channel(turn, survivor->id, incident->id, channel);
            return;
        }
    }
}

static int unmerge(struct turn *turn, const struct given *given, const struct incident *incident,
                   const struct incident *survivor, const struct command *command, struct error *err)
{
    int rc = turn_do(turn, incident->id, command, NULL, err);
    if (rc)
        return rc;
    uint64_t id = incident->id, from = survivor->id;
    turn_do(turn, from, &(struct command){.verb = "unmerged", .by = command->by, .other = incident}, NULL,
            NULL);
    for (size_t i = given->events.n; i-- > 0;) /* they were read backwards */
        take_back(turn, &given->events.v[i], incident, survivor);
    if (incident->places.channels.n == 0) /* else the answer is read there */
        merge_tell(turn, id, "This incident is separate from ", from, " again");
    merge_tell(turn, from, "", id, " is separate again; what was done here stays here");
    return 0;
}

static int refuse_unseen(const struct incident *incident, struct error *err)
{
    char name[INCIDENT_NAME];
    return error_set(err, ERR_REFUSED,
                     "Only somebody who sees the incident that %s was merged into can take it out again.",
                     incident_name(incident->id, name));
}

int triage_unmerge(struct turn *turn, const struct incident *incident, const struct incident *survivor,
                   const char *by, const char *viewer, const char *reason, struct error *err)
{
    struct command command = {.verb = "unmerge", .by = by, .text = reason, .other = survivor};
    if (!survivor)
        return incident->end.merged_into ? refuse_unseen(incident, err)
                                         : turn_do(turn, incident->id, &command, NULL, err);
    if (survivor->status == STATUS_MERGED || !incident_merged(survivor, incident->id, turn_now(turn)))
        return turn_do(turn, incident->id, &command, NULL, err); /* it is refused there */

    struct given given = {0};
    int rc = read_given(turn_core(turn), incident, &given, err);
    if (!rc)
        rc = check_groups(turn, &given, incident, survivor, viewer, err);
    if (!rc)
        rc = unmerge(turn, &given, incident, survivor, &command, err);
    event_list_finish(&given.events);
    return rc;
}

/* ---- the hour ---- */

void unmerge_deadlines(struct core *core, const struct incident *incident)
{
    instant next = 0;
    for (size_t i = 0; i < incident->affected.merged.n; i++)
        next = instant_earlier(next, incident->affected.merged.v[i].until);
    if (next)
        live_due(core, "triage", incident->id, "unmerge", next);
}

void unmerge_passed(struct turn *turn, uint64_t id)
{
    const struct incident *survivor = turn_incident(turn, id);
    for (size_t i = survivor ? survivor->affected.merged.n : 0; i-- > 0;) {
        const struct state_merged *merged = &survivor->affected.merged.v[i];
        struct command command = {.verb = "merge_final",
                                  .by = BY_CLOCK,
                                  .automatic = true,
                                  .other = turn_incident(turn, merged->incident)};
        if (merged->until <= turn_now(turn) && command.other)
            turn_do(turn, id, &command, NULL, NULL);
    }
}
