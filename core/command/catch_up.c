/* The catch-up for somebody who joins an incident. */
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
    struct request request = request_begin(turn, asker, ret);
    event_list recent = {0};
    int rc = request_incident(&request, id, &request.incident, &err);
    if (!rc)
        rc = query_timeline(request.core, id, asker->person, 0, RECENT_EVENTS, take_recent, &recent, &err);
    if (rc) {
        answer_refusal(ret, &err, NULL, 0, &request);
    } else {
        struct card_context card = request_card_context(&request);
        card_catch_up(request.incident, recent.v, recent.n, &card, &ret->card);
        describe_incident(&request, request.incident, &ret->text);
        ret->incident = id;
        ret->alone = true;
    }
    event_list_finish(&recent);
    return rc;
}
