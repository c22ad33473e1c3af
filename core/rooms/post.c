#include "rooms/post.h"

#include <string.h>

#include "base/json.h"
#include "rooms/rooms.h"

const char *post_room(const struct incident *incident, const struct place *place)
{
    const struct state_channel *room = incident ? place_own(incident, place->connector) : NULL;
    return !room || text_equal(room->channel, place->channel) ? NULL : room->channel;
}

/* `card` is a JSON object with a title. */
static void put_card(struct json_out *j, const char *card, const char *room)
{
    CLEANUP_STR struct str with = {0};
    struct json_out tail = {&with, true};
    str_addn(&with, card, strlen(card) - 1);
    json_put_text_if(&tail, "room", room);
    str_addc(&with, '}');
    json_key(j, "card");
    json_raw(j, with.p);
}

char *post_body(const struct place *place, const char *message, const struct incident *incident,
                const char *card, const char *text)
{
    struct str body = {0};
    struct json_out j = {&body, false};
    json_begin_object(&j);
    json_put_text_if(&j, "channel", place->channel);
    json_put_text_if(&j, "to", place->to);
    if (place->direct)
        json_put_bool(&j, "direct", true);
    json_put_text_if(&j, "asker", place->to ? NULL : place->asker);
    json_put_text_if(&j, "thread", place->thread);
    json_put_text_if(&j, "message", message);
    if (card)
        put_card(&j, card, post_room(incident, place));
    else
        json_put_text(&j, "text", text);
    json_end_object(&j);
    return str_take(&body);
}

void post(struct turn *turn, const struct place *place, const struct incident *incident, const char *key,
          const char *coalesce, const char *card, const char *text)
{
    CLEANUP_FREE char *body = post_body(place, NULL, incident, card, text);
    CLEANUP_FREE char *order = place_order(incident, place);
    CLEANUP_FREE char *whole_key = xasprintf("%s:%s", key, place->connector);
    CLEANUP_FREE char *opened = incident && !place->channel ? place_open_key(incident, place->connector) : NULL;
    struct action action = {.key = whole_key,
                            .kind = "post",
                            .channel = order,
                            .body = body,
                            .lane = LANE_ROOM,
                            .coalesce = (char *)(uintptr_t)coalesce,
                            .reference.key = opened,
                            .reference.as = opened ? "channel" : NULL};
    sight_send(turn, &action, incident, place);
}

bool rooms_opening(const struct core *core, const struct incident *incident, const char *connector)
{
    CLEANUP_FREE char *opened = place_open_key(incident, connector);
    return outbox_knows(core_outbox(core), opened) && !outbox_remote_id(core_outbox(core), opened);
}
