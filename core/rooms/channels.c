#include "rooms/channels.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/connector.h>

#include "base/json.h"
#include "base/map.h"
#include "base/slug.h"
#include "delivery/delivery.h"
#include "people/people.h"
#include "rooms/cards.h"
#include "rooms/post.h"
#include "rooms/rooms.h"
#include "turn/live.h"

#define NAME_BYTES  60
#define TOPIC_BYTES 240 /* Slack takes 250 characters */

/* "inc-42-checkout-is-slow": lower-case letters of any script, digits and dashes. The title of a private incident is left out. */
static char *channel_name(const struct incident *incident)
{
    CLEANUP_FREE char *slug = incident->private ? NULL : text_slug(incident->title, NAME_BYTES);
    return xasprintf("inc-%" PRIu64 "%s%s", incident->id, text_empty(slug) ? "" : "-", slug ? slug : "");
}

/* "major · Ana leads · checkout is slow". Not the status: platforms write a line into the channel whenever the topic changes, and a
   change of the status is told there already. */
static char *topic_of(const struct core *core, const struct incident *incident)
{
    struct str topic = {0};
    const char *lead = incident_role(incident, "lead");
    const char *name = lead ? people_name((struct core *)(uintptr_t)core, lead) : NULL;
    if (incident->severity)
        str_addf(&topic, "%s · ", incident->severity);
    if (lead)
        str_addf(&topic, "%s leads · ", name ? name : lead);
    str_add(&topic, incident->title);
    if (topic.len > TOPIC_BYTES)
        topic.p[topic.len = utf8_cut(topic.p, topic.len, TOPIC_BYTES)] = '\0';
    return str_take(&topic);
}

/* ---- one action ---- */

struct order { /* for a channel that exists, or is being opened (`channel` is NULL then) */
    struct turn *turn;
    const struct incident *incident;
    const char *connector, *channel;
};

static struct json_out begin(const struct order *order, struct str *body)
{
    struct json_out j = {body, false};
    json_begin_object(&j);
    json_put_text_if(&j, "channel", order->channel);
    return j;
}

/* Messages and changes of members go in one order. Topic, bookmark and pin have rate limits of their own, so each has an order
   of its own and delays no message. */
static char *order_of(const struct order *o, const char *kind)
{
    static const char *const heads[] = {"channel.topic", "channel.bookmark", "pin"};
    struct place place = {.connector = o->connector, .channel = o->channel};
    CLEANUP_FREE char *order = place_order(o->incident, &place);
    for (size_t i = 0; i < ARRAY_SIZE(heads); i++) {
        if (text_equal(heads[i], kind))
            return xasprintf("%s/%s", order, kind);
    }
    return steal(order);
}

static void send_order_of(const struct order *o, struct json_out *j, struct action *action)
{
    struct place place = {.connector = o->connector, .channel = o->channel};
    CLEANUP_FREE char *order = order_of(o, action->kind);
    CLEANUP_FREE char *opening = o->channel ? NULL : place_open_key(o->incident, o->connector);
    CLEANUP_FREE char *key = action->key ? NULL : turn_key(o->turn);
    json_end_object(j);
    action->body = j->out->p;
    action->channel = order;
    if (!action->key)
        action->key = key;
    if (opening && strcmp(opening, action->key) != 0) {
        action->reference.key = opening;
        action->reference.as = "channel";
    }
    sight_send(o->turn, action, o->incident, &place);
}

/* Calls `on` for each channel of the incident, open or being opened, on connectors with this ability. */
static void for_each(struct turn *turn, const struct incident *incident, uint64_t can,
                     void (*on)(const struct order *order, const void *ctx), const void *ctx)
{
    struct core *core = turn_core(turn);
    for (size_t i = 0; i < links(core)->n; i++) {
        const struct link *link = &links(core)->v[i];
        struct order order = {turn, incident, link->name, NULL};
        bool there = false;
        for (size_t k = 0; link->can & can && k < incident->places.channels.n; k++) {
            if (!text_equal(incident->places.channels.v[k].connector, link->name) ||
                !place_is_own(incident, &incident->places.channels.v[k]))
                continue;
            order.channel = incident->places.channels.v[k].channel;
            on(&order, ctx);
            there = true;
        }
        if (link->can & can && !there && rooms_opening(core, incident, link->name))
            on(&order, ctx);
    }
}

/* ---- people ---- */

/* By user id if known, else by e-mail address if the connector can look it up. */
static void put_people(const struct order *order, struct json_out *j, const char *users,
                       const char *const *people, size_t n)
{
    const struct core *core = turn_core(order->turn);
    struct map put = {0}; /* of a person with two ids, each is a member */
    json_key(j, users);
    json_begin_array(j);
    for (size_t i = 0; i < n; i++) {
        const char *user = people_user(core, people[i], order->connector);
        if (user && !map_put(&put, user, j))
            json_text(j, user);
    }
    json_end_array(j);
    map_finish(&put);
    if (!link_can(core, order->connector, TOCSIN_CAN_EMAILS))
        return;
    json_key(j, "emails");
    json_begin_array(j);
    for (size_t i = 0; i < n; i++) {
        const char *email = people_email(core, people[i]);
        if (email && !people_user(core, people[i], order->connector))
            json_text(j, email);
    }
    json_end_array(j);
}

static bool reachable(const struct order *order, const char *person)
{
    const struct core *core = turn_core(order->turn);
    return people_user(core, person, order->connector) ||
           (people_email(core, person) && link_can(core, order->connector, TOCSIN_CAN_EMAILS));
}

static void invite_one(const struct order *order, const void *ctx)
{
    const struct event *member = ctx;
    const char *people[] = {member->value};
    CLEANUP_STR struct str body = {0};
    if (text_equal(member->name, order->connector) || !reachable(order, member->value))
        return;
    struct json_out j = begin(order, &body);
    put_people(order, &j, "users", people, 1);
    send_order_of(order, &j, &(struct action){.kind = "channel.invite", .lane = LANE_ROOM});
}

/* Somebody who joined a channel on one platform is invited to those on the others. */
static void invite_member(struct turn *turn, const struct incident *incident, const struct event *member)
{
    for_each(turn, incident, TOCSIN_CAN_CHANNELS, invite_one, member);
}

static void remove_one(const struct order *order, const void *ctx)
{
    const struct event *member = ctx;
    const struct core *core = turn_core(order->turn);
    const char *user = people_user(core, member->value, order->connector);
    CLEANUP_STR struct str body = {0};
    if (text_equal(member->name, order->connector) || !reachable(order, member->value))
        return;
    struct json_out j = begin(order, &body);
    json_put_text(&j, "who", user ? user : people_email(core, member->value));
    send_order_of(order, &j, &(struct action){.kind = "channel.remove", .lane = LANE_ROOM});
}

static void remove_member(struct turn *turn, const struct incident *incident, const struct event *member)
{
    for_each(turn, incident, TOCSIN_CAN_CHANNELS, remove_one, member);
}

/* ---- two persons become one, or two again ---- */

struct uniting {
    struct turn *turn;
    const char *one, *other;
    bool parts;
};
struct users_of { /* a person's users, for one channel */
    const struct order *order;
    struct json_out *j; /* of an invitation; NULL: each is taken out */
    bool any;
};

static void put_or_remove(void *ctx, const char *connector, const char *user)
{
    struct users_of *users = ctx;
    CLEANUP_STR struct str body = {0};
    if (!text_equal(connector, users->order->connector))
        return;
    users->any = true;
    if (users->j) {
        json_text(users->j, user);
        return;
    }
    struct json_out j = begin(users->order, &body);
    json_put_text(&j, "who", user);
    send_order_of(users->order, &j, &(struct action){.kind = "channel.remove", .lane = LANE_ROOM});
}

static void remove_users(const struct order *order, const void *ctx)
{
    people_each_user(turn_core(order->turn), ctx, put_or_remove, &(struct users_of){.order = order});
}

static void invite_users(const struct order *order, const void *ctx)
{
    CLEANUP_STR struct str body = {0};
    struct json_out j = begin(order, &body);
    struct users_of users = {order, &j, false};
    json_key(&j, "users");
    json_begin_array(&j);
    people_each_user(turn_core(order->turn), ctx, put_or_remove, &users);
    json_end_array(&j);
    if (users.any)
        send_order_of(order, &j, &(struct action){.kind = "channel.invite", .lane = LANE_ROOM});
}

static bool unite_in(void *ctx, const struct incident *incident)
{
    const struct uniting *u = ctx;
    const struct core *core = turn_core(u->turn);
    bool one = people_member(core, incident, u->one), other = people_member(core, incident, u->other);
    if (one != other && (incident->private || !u->parts))
        for_each(u->turn, incident, TOCSIN_CAN_CHANNELS, u->parts ? remove_users : invite_users,
                 one ? u->other : u->one);
    return true;
}

void rooms_unite(struct turn *turn, const char *one, const char *other)
{
    live_each_open(turn_core(turn), unite_in, &(struct uniting){turn, one, other, false});
}

void rooms_separate(struct turn *turn, const char *one, const char *other)
{
    live_each_open(turn_core(turn), unite_in, &(struct uniting){turn, one, other, true});
}

/* ---- opening ---- */

static void open_one(const struct order *order)
{
    const struct incident *incident = order->incident;
    const struct core *core = turn_core(order->turn);
    CLEANUP_STR struct str body = {0}, purpose = {0};
    CLEANUP_FREE char *name = channel_name(incident), *key = place_open_key(incident, order->connector);
    CLEANUP_FREE char *topic = topic_of(core, incident);
    char inc[INCIDENT_NAME];
    struct json_out j = begin(order, &body);
    str_addf(&purpose, "The channel for %s", incident_name(incident->id, inc));
    if (core_settings(core)->public_url)
        str_addf(&purpose, ": %s/incidents/%s", core_settings(core)->public_url, inc);
    json_put_text(&j, "name", name);
    json_put_text(&j, "topic", topic);
    json_put_text(&j, "purpose", purpose.p);
    json_put_bool(&j, "private", incident->private);
    put_people(order, &j, "members", (const char *const *)incident->people.members.v,
               incident->people.members.n);
    send_order_of(order, &j, &(struct action){.key = key, .kind = "channel.open", .lane = LANE_ROOM});
}

void rooms_open_on(struct turn *turn, const struct incident *incident, const char *connector)
{
    CLEANUP_FREE char *key = place_open_key(incident, connector);
    const struct action *known = outbox_get(core_outbox(turn_core(turn)), key);
    if (known && known->state == ACTION_DEAD)
        delivery_again(turn, known->id, NULL);
    else
        open_one(&(struct order){turn, incident, connector, NULL});
}

void rooms_open(struct turn *turn, const struct incident *incident)
{
    for (size_t i = 0; i < links(turn_core(turn))->n; i++) {
        const struct link *link = &links(turn_core(turn))->v[i];
        if (link->can & TOCSIN_CAN_CHANNELS && !place_own(incident, link->name))
            open_one(&(struct order){turn, incident, link->name, NULL});
    }
}

/* ---- kept in step ---- */

static void set_topic(const struct order *order, const char *topic)
{
    CLEANUP_STR struct str body = {0};
    char name[INCIDENT_NAME];
    CLEANUP_FREE char *coalesce =
        xasprintf("topic:%s:%s:%s", incident_name(order->incident->id, name), order->connector, order->channel);
    struct json_out j = begin(order, &body);
    json_put_text(&j, "topic", topic);
    send_order_of(order, &j,
                  &(struct action){.kind = "channel.topic", .lane = LANE_HOUSEKEEPING, .coalesce = coalesce});
}

static void update_topics(struct turn *turn, const struct incident *incident)
{
    CLEANUP_FREE char *topic = topic_of(turn_core(turn), incident);
    for (size_t i = 0; i < incident->places.channels.n; i++) {
        const struct state_channel *channel = &incident->places.channels.v[i];
        if (link_can(turn_core(turn), channel->connector, TOCSIN_CAN_CHANNELS))
            set_topic(&(struct order){turn, incident, channel->connector, channel->channel}, topic);
    }
}

/* The topic of a public channel contains the title. */
static void hide_topic(struct turn *turn, const struct incident *incident, const struct state_channel *channel)
{
    CLEANUP_STR struct str body = {0};
    char name[INCIDENT_NAME];
    CLEANUP_FREE char *key = turn_key(turn);
    CLEANUP_FREE char *coalesce =
        xasprintf("topic:%s:%s:%s", incident_name(incident->id, name), channel->connector, channel->channel);
    struct place place = {.connector = channel->connector, .channel = channel->channel};
    struct json_out j = {&body, false};
    json_begin_object(&j);
    json_put_text(&j, "channel", channel->channel);
    json_put_text(&j, "topic", HIDDEN_TITLE);
    json_end_object(&j);
    struct action action = {.key = key,
                            .kind = "channel.topic",
                            .channel = channel->channel,
                            .body = body.p,
                            .lane = LANE_HOUSEKEEPING,
                            .coalesce = coalesce};
    sight_send(turn, &action, NULL, &place);
}

/* Does it have a public channel there, or is one being opened? */
static bool is_public_on(const struct core *core, const struct incident *incident, const char *connector)
{
    CLEANUP_FREE char *key = xasprintf("open:INC-%" PRIu64 ":%s", incident->id, connector);
    bool there = outbox_knows(core_outbox(core), key);
    for (size_t i = 0; i < incident->places.channels.n && !there; i++)
        there = text_equal(incident->places.channels.v[i].connector, connector);
    return there;
}

/* When an incident becomes private, its public channels fall silent, and its members continue in a private one there. */
static void move_to_private(struct turn *turn, const struct incident *incident)
{
    struct core *core = turn_core(turn);
    for (size_t i = 0; i < incident->places.channels.n; i++) {
        const struct state_channel *channel = &incident->places.channels.v[i];
        if (!place_is_own(incident, channel) && link_can(core, channel->connector, TOCSIN_CAN_CHANNELS))
            hide_topic(turn, incident, channel);
    }
    for (size_t i = 0; status_is_open(incident->status) && i < links(core)->n; i++) {
        const struct link *link = &links(core)->v[i];
        if (link->can & TOCSIN_CAN_CHANNELS && !place_own(incident, link->name) &&
            is_public_on(core, incident, link->name))
            rooms_open_on(turn, incident, link->name);
    }
}

static void archive(const struct order *order, const void *ctx)
{
    (void)ctx;
    CLEANUP_STR struct str body = {0};
    struct json_out j = begin(order, &body);
    send_order_of(order, &j, &(struct action){.kind = "channel.archive", .lane = LANE_HOUSEKEEPING});
}

void rooms_archive(struct turn *turn, const struct incident *incident)
{
    for_each(turn, incident, TOCSIN_CAN_CHANNELS, archive, NULL);
}

/* A public one may have been requested before the incident became private. */
static const struct state_channel *public_channel(const struct incident *incident, const char *connector,
                                                  const char *channel)
{
    for (size_t i = 0; i < incident->places.channels.n; i++) {
        const struct state_channel *known = &incident->places.channels.v[i];
        if (text_equal(known->connector, connector) && text_equal(known->channel, channel) &&
            !place_is_own(incident, known))
            return known;
    }
    return NULL;
}

void channels_opened(struct turn *turn, const struct incident *incident, const char *connector,
                     const char *channel, const char *topic)
{
    CLEANUP_FREE char *now = topic_of(turn_core(turn), incident);
    const struct state_channel *outgrown = public_channel(incident, connector, channel);
    if (outgrown)
        hide_topic(turn, incident, outgrown);
    else if (!text_equal(now, topic))
        set_topic(&(struct order){turn, incident, connector, channel}, now);
}

static void restore_topic(struct turn *turn, const struct incident *incident, const char *connector,
                          const char *channel)
{
    CLEANUP_FREE char *topic = topic_of(turn_core(turn), incident);
    if (cards_has(incident, connector, channel) && link_can(turn_core(turn), connector, TOCSIN_CAN_CHANNELS))
        set_topic(&(struct order){turn, incident, connector, channel}, topic);
}

static void set_bookmark(struct turn *turn, const struct incident *incident, const char *connector,
                         const char *channel)
{
    struct order order = {turn, incident, connector, channel};
    const char *base = core_settings(turn_core(turn))->public_url;
    CLEANUP_STR struct str body = {0};
    char name[INCIDENT_NAME];
    if (!base || !link_can(turn_core(turn), connector, TOCSIN_CAN_BOOKMARK))
        return;
    CLEANUP_FREE char *url = xasprintf("%s/incidents/%s", base, incident_name(incident->id, name));
    struct json_out j = begin(&order, &body);
    json_put_text(&j, "title", "Timeline");
    json_put_text(&j, "url", url);
    send_order_of(&order, &j, &(struct action){.kind = "channel.bookmark", .lane = LANE_HOUSEKEEPING});
}

void channels_pin(struct turn *turn, const struct incident *incident, const char *connector,
                  const char *channel, const char *message)
{
    struct order order = {turn, incident, connector, channel};
    CLEANUP_STR struct str body = {0};
    if (!link_can(turn_core(turn), connector, TOCSIN_CAN_PIN) ||
        !incident_has_channel(incident, connector, channel))
        return;
    struct json_out j = begin(&order, &body);
    json_put_text(&j, "message", message);
    send_order_of(&order, &j, &(struct action){.kind = "pin", .lane = LANE_HOUSEKEEPING});
}

/* ---- following events ---- */

static void follow_channel(struct turn *turn, const struct event *event, const struct incident *incident)
{
    CLEANUP_FREE char *key = xasprintf("%s\x1f%s", event->name, event->value);
    CLEANUP_FREE char *number = xasprintf("%" PRIu64, incident->id);
    if (!event->flag)
        return;
    batch_doc(turn_batch(turn), DOC_CHANNEL, key, number);
    set_bookmark(turn, incident, event->name, event->value);
    if (!event->text) /* else it was renamed or is new, and its topic is right */
        restore_topic(turn, incident, event->name, event->value);
}

static void follow_private(struct turn *turn, const struct event *event, const struct incident *incident)
{
    (void)event;
    if (incident->private)
        move_to_private(turn, incident);
}

static void follow_member(struct turn *turn, const struct event *event, const struct incident *incident)
{
    if (event->flag)
        invite_member(turn, incident, event);
    else if (incident->private)
        remove_member(turn, incident, event);
}

static void follow_head(struct turn *turn, const struct event *event, const struct incident *incident)
{
    (void)event;
    update_topics(turn, incident);
}

static void (*const followers[EVENT_TYPE_COUNT])(struct turn *turn, const struct event *event,
                                                 const struct incident *incident) = {
    [EVENT_CHANNEL] = follow_channel, [EVENT_PRIVATE] = follow_private, [EVENT_MEMBER] = follow_member,
    [EVENT_SEVERITY] = follow_head,   [EVENT_ROLE] = follow_head,       [EVENT_TITLED] = follow_head,
};

void channels_follow(struct turn *turn, const struct event *event, const struct incident *incident)
{
    if (followers[event->type])
        followers[event->type](turn, event, incident);
}

uint64_t rooms_incident(struct core *core, const char *connector, const char *channel)
{
    CLEANUP_FREE char *key = xasprintf("%s\x1f%s", connector, channel);
    struct journal_doc doc;
    if (!channel || journal_doc(core_journal(core), DOC_CHANNEL, key, &doc, NULL))
        return 0;
    uint64_t id = strtoull(doc.body, NULL, 10);
    journal_doc_finish(&doc);
    return id;
}
