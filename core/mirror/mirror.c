#include "mirror/mirror.h"

#include "mirror/inside.h"

static void unload(struct core *core)
{
    written_finish(&mirror_of(core)->copies);
    recent_finish(&mirror_of(core)->recent);
}

static void follow(struct turn *turn, const struct event *event, const struct incident *incident)
{
    struct room room = {event->name, event->value};
    if (event->type == EVENT_CHANNEL && event->flag)
        catch_up_opened(turn, incident, &room);
    else
        copy_follow(turn, event, incident);
}

static void outcome(struct turn *turn, const struct action *action, const struct outbox_outcome *reported,
                    const cJSON *body)
{
    (void)reported;
    copy_outcome(turn, action, body);
}

static void connector(struct turn *turn, const char *name, bool up, const char *reason)
{
    (void)reason;
    if (up)
        catch_up_back(turn, name);
}

const struct part mirror_part = {
    .name = "mirror",
    .state_size = sizeof(struct mirror),
    .unload = unload,
    .follow = follow,
    .delivery.outcome = outcome,
    .delivery.connector = connector,
};
