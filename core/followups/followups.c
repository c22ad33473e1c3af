/* The part. */
#include <inttypes.h>

#include "followups/inside.h"

/* ---- tickets of follow-ups ---- */

static void take_ticket(struct turn *turn, const struct event *event)
{
    struct followup followup;
    if (!event->count || !followup_get(turn_core(turn), event->count, &followup))
        return;
    replace_text(&followup.connector, event->name);
    replace_text(&followup.ticket, event->value);
    followup_keep(turn, &followup);
    followup_finish(&followup);
}

struct finding {
    const struct event *event;
    int64_t number; /* of the open one that has this ticket; 0: none */
};

static bool has_ticket(void *ctx, const struct followup *followup)
{
    struct finding *finding = ctx;
    const struct event *event = finding->event;
    if (text_equal(followup->connector, event->name) && text_equal(followup->ticket, event->value))
        finding->number = followup->number;
    return !finding->number;
}

/* Its ticket is done, and so is the follow-up. */
static void follow_ticket(struct turn *turn, const struct event *event, const struct incident *incident)
{
    struct finding finding = {event, 0};
    if (!event->flag || !incident_ticket(incident, event->name, event->value))
        return;
    followups_each_open(turn_core(turn), incident->id, has_ticket, &finding);
    if (!finding.number)
        return;
    CLEANUP_FREE char *why = xasprintf("%s %s is done", event->name, event->value);
    followup_end(turn, finding.number, FOLLOWUP_DONE, event->by, why, NULL);
}

static void follow(struct turn *turn, const struct event *event, const struct incident *incident)
{
    if (event->type == EVENT_TICKET_MADE)
        take_ticket(turn, event);
    else if (event->type == EVENT_TICKET_CHANGED)
        follow_ticket(turn, event, incident);
}

const struct part followups_part = {.name = "followups",
                                    .state_size = sizeof(struct followups),
                                    .load = followups_load,
                                    .unload = followups_unload,
                                    .follow = follow,
                                    .tick = followups_tick};
