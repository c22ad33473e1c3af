/* The catch-up for somebody who joins an incident. */
#include "access/access.h"
#include "command/handlers.h"
#include "sight/query.h"
#include "sight/sight.h"

#define RECENT_EVENTS 12

static bool take_recent(void *ctx, const struct event *event)
{
    event_list *recent = ctx;
    event_copy(array_add(recent), event);
    return true;
}

struct catching { /* what all its readers may see */
    struct core *core;
    const struct incident *incident;
    event_list recent;
};

static bool take_shared(void *ctx, const struct event *event)
{
    struct catching *c = ctx;
    if (event->type != EVENT_SAID && event->type != EVENT_SAID_EDITED && event->type != EVENT_SAID_DELETED &&
        (!event->other || sight_readers_see(c->core, c->incident, event->other)))
        event_copy(array_add(&c->recent), event);
    return true;
}

void command_catch_up_all(struct turn *turn, const struct incident *incident, struct answer *ret)
{
    struct asker nobody = {
        .person = incident->private && incident->people.members.n ? incident->people.members.v[0] : NULL};
    struct request request = request_begin(turn, &nobody, ret);
    struct catching catching = {request.core, incident, {0}};
    query_timeline(request.core, incident->id, nobody.person, 0, RECENT_EVENTS, take_shared, &catching, NULL);
    struct card_context card = request_card_context(&request);
    card_catch_up(incident, catching.recent.v, catching.recent.n, &card, &ret->card);
    describe_incident(&request, incident, &ret->text);
    ret->incident = incident->id;
    event_list_finish(&catching.recent);
}

int command_catch_up(struct turn *turn, const struct asker *asker, uint64_t id, struct answer *ret)
{
    struct error err = {0};
    struct request request = request_begin(turn, asker, ret);
    event_list recent = {0};
    int rc = access_check_person(request.core, asker->person, ACCESS_SEE, "join", request.now, &err);
    rc = rc ? rc : request_incident(&request, id, &request.incident, &err);
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
