#include "comms/comms.h"

#include <stdlib.h>

#include "comms/alone.h"
#include "comms/conversations.h"
#include "comms/progress.h"

static void folded(struct turn *turn, const struct event *event, const struct incident *incident)
{
    conversations_folded(turn, event, incident);
    affected_folded(turn, event, incident);
    silence_folded(turn, event, incident);
    touched_folded(turn, event, incident);
}

static void unload(struct core *core)
{
    conversations_unload(comms_of(core));
    senders_finish(comms_of(core));
    affected_finish(comms_of(core));
    progress_finish(comms_of(core));
    written_finish(&comms_of(core)->standings);
    alone_finish(comms_of(core));
}

/* It leaves, and its card says so. */
static void approved(struct turn *turn, const struct event *event, const struct incident *incident)
{
    if (!is_status_page(event->name)) /* that is up to statuspage/ */
        sending_approved(turn, incident, event);
    drafts_follow(turn, event, incident);
}

static void (*const followers[EVENT_TYPE_COUNT])(struct turn *turn, const struct event *event,
                                                 const struct incident *incident) = {
    [EVENT_DRAFTED] = drafts_follow,      [EVENT_DRAFT_CARD] = drafts_follow,
    [EVENT_APPROVED] = approved,          [EVENT_DISCARDED] = drafts_follow,
    [EVENT_DRAFT_EDITED] = drafts_follow, [EVENT_ENDORSED] = drafts_follow,
    [EVENT_REJECTED] = drafts_follow,     [EVENT_CUSTOMER] = replies_follow,
    [EVENT_REPLIED] = waiting_follow,     [EVENT_STOPPED] = drafts_follow,
    [EVENT_OFFERED] = handover_follow,    [EVENT_OFFER_ENDED] = handover_follow,
};

static void follow(struct turn *turn, const struct event *event, const struct incident *incident)
{
    if (followers[event->type])
        followers[event->type](turn, event, incident);
    crowded_follow(turn, event, incident);
    progress_follow(turn, event, incident);
}

static void outcome(struct turn *turn, const struct action *action, const struct outbox_outcome *reported,
                    const cJSON *body)
{
    (void)reported;
    drafts_outcome(turn, action, body);
    alone_outcome(turn, action, body);
    telling_outcome(turn, action, body);
    answers_outcome(turn, action, body);
}

static int load(struct core *core, struct error *err)
{
    int rc = affected_load(core, err);
    rc = rc ? rc : alone_load(core, err);
    rc = rc ? rc : senders_load(core, err);
    return rc ? rc : progress_load(core, err);
}

const struct part comms_part = {
    .name = "comms",
    .state_size = sizeof(struct comms),
    .load = load,
    .unload = unload,
    .forget = conversations_forget,
    .folded = folded,
    .card.fields = crowded_card,
    .follow = follow,
    .deadlines = handover_deadlines,
    .passed = handover_passed,
    .tick = sending_tick,
    .delivery.pointless = sending_pointless,
    .delivery.outcome = outcome,
    .delivery.withheld = replies_withheld,
};
