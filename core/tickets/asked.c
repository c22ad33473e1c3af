/* Who asked for something whose outcome comes later. */
#include <string.h>

#include "people/people.h"
#include "rooms/rooms.h"
#include "sight/sight.h"
#include "tickets/inside.h"

void asked_put(const struct asked *asked, struct json_out *j)
{
    json_put_text_if(j, "by", asked->by);
    json_put_text_if(j, "connector", asked->connector);
    json_put_text_if(j, "place", asked->channel);
    json_put_text_if(j, "asker", asked->asker);
    json_put_text_if(j, "agent", asked->agent);
    if (asked->followup)
        json_put_int(j, "followup", asked->followup);
}

struct asked asked_of(const cJSON *body)
{
    return (struct asked){json_text_or(body, "by", NULL),    json_text_or(body, "connector", NULL),
                          json_text_or(body, "place", NULL), json_text_or(body, "asker", NULL),
                          json_int_or(body, "followup", 0),  json_text_or(body, "agent", NULL)};
}

struct asked asked_by(const struct call *call, char **ret_own)
{
    const char *slash = call->where ? strchr(call->where, '/') : NULL;
    *ret_own = slash ? xstrndup(call->where, (size_t)(slash - call->where)) : NULL;
    return (struct asked){.by = call->by,
                          .connector = *ret_own,
                          .channel = slash ? slash + 1 : NULL,
                          .agent = turn_agent(call->turn),
                          .asker = slash ? people_user(turn_core(call->turn), call->person, *ret_own) : NULL};
}

void asked_say(struct turn *turn, const struct asked *asked, uint64_t incident, const char *key,
               const char *text)
{
    CLEANUP_FREE char *inside = xasprintf("%s:room", key);
    struct place place = {.connector = asked->connector, .channel = asked->channel, .asker = asked->asker};
    bool there = place.connector && place.channel;
    if (there)
        rooms_say(turn, &place, incident, key, NULL, text);
    rooms_say_inside(turn, incident, there ? &place : NULL, inside, NULL, text);
}

void ticket_send(struct turn *turn, const struct incident *incident, const char *connector, const char *kind,
                 const char *ticket, const char *key, const char *body)
{
    struct action action = {.key = (char *)(uintptr_t)key,
                            .kind = (char *)(uintptr_t)kind,
                            .channel = (char *)(uintptr_t)ticket,
                            .body = (char *)(uintptr_t)body,
                            .lane = strcmp(kind, "ticket.create") == 0 ? LANE_CUSTOMER : LANE_ROOM};
    sight_send(turn, &action, incident, &(struct place){.connector = connector, .channel = ticket});
}
