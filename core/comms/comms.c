#include "comms/comms.h"

#include <stdlib.h>

#include "comms/inside.h"

static void folded(struct turn *turn, const struct event *event, const struct incident *incident)
{
    affected_folded(turn, event, incident);
    conversations_folded(turn, event, incident);
}

static void unload(struct core *core)
{
    conversations_unload(comms_of(core));
    replies_finish(comms_of(core));
    affected_finish(comms_of(core));
}

static void (*const followers[EVENT_TYPE_COUNT])(struct turn *turn, const struct event *event,
                                                 const struct incident *incident) = {
    [EVENT_DRAFTED] = drafts_follow,   [EVENT_DRAFT_CARD] = drafts_follow,   [EVENT_APPROVED] = drafts_follow,
    [EVENT_DISCARDED] = drafts_follow, [EVENT_DRAFT_EDITED] = drafts_follow, [EVENT_ENDORSED] = drafts_follow,
    [EVENT_REJECTED] = drafts_follow,  [EVENT_CUSTOMER] = replies_follow,    [EVENT_REPLIED] = waiting_follow,
};

static void follow(struct turn *turn, const struct event *event, const struct incident *incident)
{
    if (followers[event->type])
        followers[event->type](turn, event, incident);
}

static void outcome(struct turn *turn, const struct action *action, const char *remote_id, const cJSON *body)
{
    drafts_outcome(turn, action, remote_id, body);
    telling_outcome(turn, action, body);
    answers_outcome(turn, action, body);
}

const struct part comms_part = {
    .name = "comms",
    .state_size = sizeof(struct comms),
    .load = affected_load,
    .unload = unload,
    .forget = conversations_forget,
    .folded = folded,
    .follow = follow,
    .delivery.outcome = outcome,
};
