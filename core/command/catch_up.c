/* What somebody who joins an incident is told first. */
#include "command/handlers.h"
#include "sight/query.h"

#define RECENT_EVENTS 12

static bool take_recent(void *ctx, const struct event *event)
{
    event_list *recent = ctx;
    event_copy(array_add(recent), event);
    return true;
}

int command_catch_up(struct turn *turn, const struct asker *asker, uint64_t id, struct answer *ret)
{
    struct error err = {0};
    struct asking ask = asking_begin(turn, asker, ret);
    event_list recent = {0};
    int rc = ask_incident(&ask, id, &ask.incident, &err);
    if (!rc)
        rc = query_timeline(ask.core, id, asker->person, 0, RECENT_EVENTS, take_recent, &recent, &err);
    if (rc) {
        answer_refusal(ret, &err, NULL, 0);
    } else {
        struct card_context card = ask_context(&ask);
        card_catch_up(ask.incident, recent.v, recent.n, &card, &ret->card);
        describe_incident(&ask, ask.incident, &ret->text);
        ret->incident = id;
        ret->alone = true;
    }
    event_list_finish(&recent);
    return rc;
}
