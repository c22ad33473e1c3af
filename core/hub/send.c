/* The one way out: whatever is said, shown or opened becomes an action here, unless sight.c says that it may not go there. */
#include <inttypes.h>
#include <string.h>

#include <tocsin/connector.h>

#include "base/json.h"
#include "base/log.h"
#include "hub/internal.h"

struct link *link_find(struct hub *hub, const char *connector)
{
    for (size_t i = 0; i < hub->links.n; i++) {
        if (text_equal(hub->links.v[i].name, connector))
            return &hub->links.v[i];
    }
    return NULL;
}

static bool told(void *hub, const struct incident *incident, uint64_t other)
{
    return readers_see(hub, incident, other);
}

struct card_context card_context(struct hub *hub, instant now)
{
    return (struct card_context){.now = now,
                                 .zone = hub->settings.zone,
                                 .name_of = hub_person_name,
                                 .ctx = hub,
                                 .public_url = hub->settings.public_url,
                                 .told = told};
}

struct card_context hub_card_context(struct hub *hub, instant now, const char *zone)
{
    struct card_context context = card_context(hub, now);
    context.zone = zone ? zone : context.zone;
    context.whole = true;
    return context;
}

static bool is_own_channel(const struct incident *incident, const struct place *place)
{
    if (!place->channel)
        return true; /* the one being opened for it */
    return incident_has_channel(incident, place->connector, place->channel);
}

/* Queues an action about an incident (or none) for a place, unless the place may not see it. */
void send_to(struct turn *turn, struct action *action, const struct incident *incident,
             const struct place *place)
{
    if (incident && !place_sees(turn->hub, incident, place)) {
        log_info("kept in: %s for a channel that may not see INC-%" PRIu64, action->kind, incident->id);
        return;
    }
    CLEANUP_STR struct str cause = {0};
    if (turn->events.n) {
        const struct event *last = &turn->events.v[turn->events.n - 1];
        event_stream(last, &cause);
        str_addf(&cause, "/%" PRIu64, last->version);
    }
    action->connector = (char *)(uintptr_t)place->connector;
    action->cause = cause.p;
    action->rule = (char *)(uintptr_t)turn->rule;
    action->incident = incident ? incident->id : 0;
    action->made_at = turn->now;
    uint64_t change = outbox_add(turn->hub->outbox, action, turn->batch);
    turn->last_action = MAX(turn->last_action, change);
}

int hub_action_again(struct turn *turn, uint64_t id, struct error *err)
{
    int rc = outbox_again(turn->hub->outbox, id, turn->now, turn->batch, err);
    if (rc == 0)
        turn->last_action = outbox_last_id(turn->hub->outbox);
    return rc;
}

int hub_action_drop(struct turn *turn, uint64_t id, struct error *err)
{
    return outbox_drop(turn->hub->outbox, id, turn->batch, err);
}

/* Everything in an incident's own channel goes in order, before and after that channel has an id; what one person sees there
   keeps only them waiting. */
char *send_order(const struct incident *incident, const struct place *place)
{
    char name[INCIDENT_NAME];
    const char *of = place->channel ? place->channel : "";
    if (incident && is_own_channel(incident, place))
        of = incident_name(incident->id, name);
    return place->to ? xasprintf("%s/%s", of, place->to) : xstrdup(of);
}

char *send_open_key(const struct incident *incident, const char *connector)
{
    return xasprintf("open:INC-%" PRIu64 ":%s%s", incident->id, connector, incident->private ? ":private" : "");
}

const char *send_room(const struct incident *incident, const struct place *place)
{
    const struct state_channel *room = incident ? own_room(incident, place->connector) : NULL;
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

static char *message_body(const struct place *place, const char *message, const struct incident *incident,
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
        put_card(&j, card, send_room(incident, place));
    else
        json_put_text(&j, "text", text);
    json_end_object(&j);
    return str_take(&body);
}

static void post(struct turn *turn, const struct place *place, const struct incident *incident, const char *key,
                 const char *coalesce, const char *card, const char *text)
{
    CLEANUP_FREE char *body = message_body(place, NULL, incident, card, text);
    CLEANUP_FREE char *order = send_order(incident, place);
    CLEANUP_FREE char *whole_key = xasprintf("%s:%s", key, place->connector);
    CLEANUP_FREE char *opened = incident && !place->channel ? send_open_key(incident, place->connector) : NULL;
    struct action action = {.key = whole_key,
                            .kind = "post",
                            .channel = order,
                            .body = body,
                            .lane = LANE_ROOM,
                            .coalesce = (char *)(uintptr_t)coalesce,
                            .refers = opened,
                            .refer_as = opened ? "channel" : NULL};
    send_to(turn, &action, incident, place);
}

#define FORM_HOLDS (3 * SECOND) /* a platform's trigger: Slack's is good for three seconds */

bool hub_can(const struct hub *hub, const char *connector, uint64_t can)
{
    const struct link *link = link_find((struct hub *)(uintptr_t)hub, connector);
    return link && (link->can & can) == can;
}

void hub_ask(struct turn *turn, const struct place *place, const char *key, const char *trigger,
             const char *form, const char *text)
{
    CLEANUP_STR struct str body = {0};
    struct json_out j = {&body, false};
    json_begin_object(&j);
    json_put_text(&j, "trigger", trigger);
    json_put_text(&j, "user", place->asker);
    json_put_text(&j, "channel", place->channel);
    json_key(&j, "form");
    json_raw(&j, form);
    json_put_text(&j, "text", text); /* for us, should it be too late */
    json_end_object(&j);
    CLEANUP_FREE char *whole_key = xasprintf("%s:%s", key, place->connector);
    struct action action = {.key = whole_key,
                            .kind = "form",
                            .channel = "",
                            .body = body.p,
                            .lane = LANE_PAGE,
                            .give_up_at = turn->now + FORM_HOLDS};
    send_to(turn, &action, NULL, place);
}

static const struct incident *incident_in(struct turn *turn, uint64_t id)
{
    struct live *live = live_find(turn->hub, id);
    return live ? live->incident : NULL;
}

void hub_say(struct turn *turn, const struct place *place, uint64_t incident, const char *key, const char *card,
             const char *text)
{
    const struct incident *about = incident_in(turn, incident);
    struct place there = *place;
    if (!place_sees(turn->hub, about, &there))
        there.to = there.asker;
    post(turn, &there, about, key, NULL, card, text);
}

static const char *announce_channel(const struct hub *hub)
{
    return hub->settings.announce;
}

bool send_opening(const struct hub *hub, const struct incident *incident, const char *connector)
{
    CLEANUP_FREE char *opened = send_open_key(incident, connector);
    return outbox_knows(hub->outbox, opened) && !outbox_remote_id(hub->outbox, opened);
}

static bool same_place(const struct place *a, const struct place *b)
{
    return a && text_equal(a->connector, b->connector) && text_equal(a->channel, b->channel);
}

/* In its rooms, those being opened too, `but` one. False: it has none. */
static bool say_in_rooms(struct turn *turn, const struct incident *about, const struct place *but,
                         const char *key, const char *card, const char *text)
{
    struct hub *hub = turn->hub;
    bool said = false;
    for (size_t i = 0; i < about->channels.n; i++) {
        struct place place = {.connector = about->channels.v[i].connector,
                              .channel = about->channels.v[i].channel};
        CLEANUP_FREE char *own = xasprintf("%s:%s", key, place.channel);
        if (!place_sees(hub, about, &place))
            continue;
        if (!same_place(but, &place))
            post(turn, &place, about, own, NULL, card, text);
        said = true;
    }
    for (size_t i = 0; i < hub->links.n; i++) {
        if (!send_opening(hub, about, hub->links.v[i].name))
            continue;
        post(turn, &(struct place){.connector = hub->links.v[i].name}, about, key, NULL, card, text);
        said = true;
    }
    return said;
}

void hub_say_rooms(struct turn *turn, uint64_t incident, const struct place *but, const char *key,
                   const char *card, const char *text)
{
    const struct incident *about = incident_in(turn, incident);
    if (about)
        say_in_rooms(turn, about, but, key, card, text);
}

/* A private incident without a room is no silent one: each member is told alone. */
static void say_to_members(struct turn *turn, const struct link *link, const struct incident *about,
                           const char *key, const char *card, const char *text)
{
    for (size_t i = 0; i < about->members.n; i++) {
        struct place place = {.connector = link->name, .channel = announce_channel(turn->hub), .direct = true};
        CLEANUP_FREE char *own = xasprintf("%s:%s", key, about->members.v[i]);
        place.to = hub_person_user(turn->hub, about->members.v[i], link->name);
        if (place.to)
            post(turn, &place, about, own, NULL, card, text);
    }
}

/* A platform where it should have a room and has none: one that could not be opened, say. */
static bool lacks_room(const struct hub *hub, const struct incident *about, const struct link *link)
{
    return link->can & TOCSIN_CAN_CHANNELS && !own_room(about, link->name) &&
           !send_opening(hub, about, link->name);
}

/* Its rooms, those being opened too; where there is none, the place where incidents are announced, to everybody or to its
   members. */
void hub_say_incident(struct turn *turn, uint64_t incident, const char *key, const char *card, const char *text)
{
    struct hub *hub = turn->hub;
    const struct incident *about = incident_in(turn, incident);
    CLEANUP_FREE char *named = about && text ? xasprintf("INC-%" PRIu64 ": %s", about->id, text) : NULL;
    bool said = about && say_in_rooms(turn, about, NULL, key, card, text);
    for (size_t i = 0; i < hub->links.n; i++) {
        const struct link *link = &hub->links.v[i];
        struct place place = {.connector = link->name, .channel = announce_channel(hub)};
        if (!(link->can & TOCSIN_CAN_POST) || (said && !lacks_room(hub, about, link)))
            continue;
        if (about && about->private)
            say_to_members(turn, link, about, key, card, named);
        else
            post(turn, &place, about, key, NULL, card, named ? named : text);
    }
}

static char *card_key(const struct incident *incident, const char *connector, const char *channel)
{
    return xasprintf("card:INC-%" PRIu64 ":%s:%s", incident->id, connector, channel);
}

void send_announcement(struct turn *turn, const struct incident *incident, const char *channel)
{
    struct card_context context = card_context(turn->hub, turn->now);
    CLEANUP_STR struct str card = {0};
    card_incident(incident, &context, &card);
    for (size_t i = 0; i < turn->hub->links.n; i++) {
        struct link *link = &turn->hub->links.v[i];
        struct place place = {.connector = link->name,
                              .channel = channel ? channel : announce_channel(turn->hub)};
        CLEANUP_FREE char *key = card_key(incident, link->name, place.channel);
        if (link->can & TOCSIN_CAN_POST)
            post(turn, &place, incident, key, key, card.p, NULL);
    }
}

/* A user of the platform, or whoever has that address there. */
static void page_user(struct turn *turn, const struct incident *incident, const struct link *link,
                      const char *person, const char *user, const char *email, const char *text)
{
    CLEANUP_STR struct str body = {0}, card = {0};
    CLEANUP_FREE char *key = turn_key(turn);
    struct card_context context = card_context(turn->hub, turn->now);
    struct json_out j = {&body, false};
    struct place place = {.connector = link->name, .to = user, .person = person};
    json_begin_object(&j);
    json_put_text(&j, user ? "user" : "email", user ? user : email);
    json_put_text_if(&j, "text", text);
    if (incident) {
        card_incident(incident, &context, &card);
        json_key(&j, "card");
        json_raw(&j, card.p);
    }
    json_end_object(&j);
    CLEANUP_FREE char *order = xasprintf("page:%s", user ? user : email);
    struct action action = {.key = key, .kind = "page", .channel = order, .body = body.p, .lane = LANE_PAGE};
    send_to(turn, &action, incident, &place);
}

/* Wherever they can be. An address that nobody here is known by is asked for on the platforms that can, but for what only
   members may see. False: nowhere. */
static bool page_everywhere(struct turn *turn, const struct incident *incident, const char *whom,
                            const char *text)
{
    struct hub *hub = turn->hub;
    const struct person *person = hub_person_find(hub, whom);
    bool open = !incident || !incident->private;
    const char *email = person ? person->email : open && strchr(whom, '@') ? whom : NULL;
    bool reached = false;
    for (size_t i = 0; (person || email) && i < hub->links.n; i++) {
        const struct link *link = &hub->links.v[i];
        const char *user = person ? hub_person_user(hub, person->id, link->name) : NULL;
        if (!(link->can & TOCSIN_CAN_PAGE) || (!user && !(email && link->can & TOCSIN_CAN_EMAILS)))
            continue;
        page_user(turn, incident, link, person ? person->id : NULL, user, email, text);
        reached = true;
    }
    return reached;
}

/* Somebody who cannot be reached, or a rotation, is called out in the open. */
void send_page(struct turn *turn, const struct incident *incident, const char *whom, const char *text)
{
    struct hub *hub = turn->hub;
    if (page_everywhere(turn, incident, whom, text))
        return;
    char name[INCIDENT_NAME] = "";
    CLEANUP_FREE char *about =
        incident ? xasprintf(" for %s %s", incident_name(incident->id, name), incident->title) : xstrdup("");
    CLEANUP_FREE char *said =
        xasprintf("@%s, you are needed%s%s%s", whom, about, text ? ": " : "", text ? text : "");
    if (incident && incident->private) {
        CLEANUP_FREE char *key = turn_key_as(turn, PAGE_KEY);
        hub_say_incident(turn, incident->id, key, NULL, said);
        return;
    }
    for (size_t i = 0; i < hub->links.n; i++) {
        struct place place = {.connector = hub->links.v[i].name, .channel = announce_channel(hub)};
        CLEANUP_FREE char *key = turn_key_as(turn, PAGE_KEY);
        if (hub->links.v[i].can & TOCSIN_CAN_POST)
            post(turn, &place, incident, key, NULL, NULL, said);
    }
}

/* The latest word on a message is all that is sent: a waiting edit is replaced, also by the one that hides it. */
static char *edit_key(const char *connector, const char *channel, const char *message)
{
    return xasprintf("edit:%s:%s:%s", connector, channel, message);
}

void send_edit(struct turn *turn, const struct incident *incident, const struct place *place,
               const char *message, const char *card)
{
    CLEANUP_FREE char *body = message_body(place, message, incident, card, NULL);
    CLEANUP_FREE char *order = send_order(incident, place), *key = turn_key(turn);
    CLEANUP_FREE char *coalesce = edit_key(place->connector, place->channel, message);
    struct action action = {.key = key,
                            .kind = "edit",
                            .channel = order,
                            .body = body,
                            .coalesce = coalesce,
                            .lane = LANE_HOUSEKEEPING};
    struct link *link = link_find(turn->hub, place->connector);
    if (!link || link->can & TOCSIN_CAN_EDIT)
        send_to(turn, &action, incident, place);
}

bool send_has_card(const struct incident *incident, const char *connector, const char *channel)
{
    for (size_t i = 0; i < incident->cards.n; i++) {
        if (text_equal(incident->cards.v[i].connector, connector) &&
            text_equal(incident->cards.v[i].channel, channel))
            return true;
    }
    return false;
}

/* An announcement of an incident that became private shows no more than that. */
static void hide_card(struct turn *turn, const struct state_card *at)
{
    CLEANUP_STR struct str hidden = {0};
    card_hidden(&hidden);
    struct place place = {.connector = at->connector, .channel = at->channel};
    CLEANUP_FREE char *body = message_body(&place, at->message, NULL, hidden.p, NULL);
    CLEANUP_FREE char *key = turn_key(turn), *coalesce = edit_key(at->connector, at->channel, at->message);
    struct action action = {.key = key,
                            .kind = "edit",
                            .channel = at->channel,
                            .body = body,
                            .coalesce = coalesce,
                            .lane = LANE_ROOM};
    send_to(turn, &action, NULL, &place);
}

/* Its own cards, then those of its drafts. False: there are no more. */
static bool card_at(const struct incident *incident, size_t i, struct state_card *ret)
{
    size_t own = incident->cards.n;
    const struct state_draft_card *draft = i < own ? NULL : &incident->draft_cards.v[i - own];
    if (i >= own + incident->draft_cards.n)
        return false;
    *ret = draft ? (struct state_card){draft->connector, draft->channel, draft->message} : incident->cards.v[i];
    return true;
}

/* Those that stand where not everybody may see it any more: once, and again when another one turns up there. */
static void hide_cards(struct turn *turn, struct live *live)
{
    const struct incident *incident = live->incident;
    CLEANUP_STR struct str hidden = {0};
    struct state_card at;
    for (size_t i = 0; card_at(incident, i, &at); i++) {
        struct place place = {.connector = at.connector, .channel = at.channel};
        if (!place_sees(turn->hub, incident, &place))
            str_addf(&hidden, "%s\x1f%s\x1f%s\x1e", at.connector, at.channel, at.message);
    }
    uint64_t hash = hidden.len ? map_hash(hidden.p, hidden.len) | 1 : 0;
    for (size_t i = 0; hash && live->hidden != hash && card_at(incident, i, &at); i++) {
        struct place place = {.connector = at.connector, .channel = at.channel};
        if (!place_sees(turn->hub, incident, &place))
            hide_card(turn, &at);
    }
    live->hidden = hash;
}

/* Cards follow the incident: posted where one is missing, edited where it stands, when what they show has changed. */
uint64_t card_hash(const struct incident *incident, const char *card)
{
    CLEANUP_STR struct str shown = {0};
    str_add(&shown, card);
    for (size_t i = 0; i < incident->channels.n; i++)
        str_addf(&shown, "%s\x1f",
                 incident->channels.v[i].channel); /* cards elsewhere show where it is worked */
    return map_hash(shown.p, shown.len) | 1;
}

void send_cards(struct turn *turn, struct live *live)
{
    const struct incident *incident = live->incident;
    struct card_context context = card_context(turn->hub, turn->now);
    CLEANUP_STR struct str card = {0};
    card_incident(incident, &context, &card);
    uint64_t hash = card_hash(incident, card.p);
    for (size_t i = 0; i < incident->channels.n; i++) {
        const struct state_channel *channel = &incident->channels.v[i];
        struct place place = {.connector = channel->connector, .channel = channel->channel};
        CLEANUP_FREE char *key = card_key(incident, channel->connector, channel->channel);
        if (!send_has_card(incident, channel->connector, channel->channel) && is_own_room(incident, channel))
            post(turn, &place, incident, key, key, card.p, NULL);
    }
    hide_cards(turn, live);
    for (size_t i = 0; i < incident->cards.n && live->shown != hash; i++) {
        const struct state_card *at = &incident->cards.v[i];
        struct place place = {.connector = at->connector, .channel = at->channel};
        if (place_sees(turn->hub, incident, &place))
            send_edit(turn, incident, &place, at->message, card.p);
    }
    live->shown = hash;
}
