/* An incident's own channels: opened, kept in step, archived, on every connector that has such. */
#include <inttypes.h>
#include <string.h>

#include <tocsin/connector.h>

#include "base/json.h"
#include "base/slug.h"
#include "hub/internal.h"

#define NAME_BYTES  60
#define TOPIC_BYTES 240 /* Slack takes 250 characters */

/* "inc-42-checkout-is-slow": letters of any script, small, digits and dashes. A private incident's title stays out of it. */
static char *channel_name(const struct incident *incident)
{
    CLEANUP_FREE char *slug = incident->private ? NULL : text_slug(incident->title, NAME_BYTES);
    return xasprintf("inc-%" PRIu64 "%s%s", incident->id, text_empty(slug) ? "" : "-", slug ? slug : "");
}

/* "investigating · major · Ana leads · checkout is slow" */
static char *topic_of(const struct hub *hub, const struct incident *incident)
{
    struct str topic = {0};
    const char *lead = incident_role(incident, "lead");
    const char *name = lead ? hub_person_name((struct hub *)(uintptr_t)hub, lead) : NULL;
    str_add(&topic, status_name(incident->status));
    if (incident->severity)
        str_addf(&topic, " · %s", incident->severity);
    if (lead)
        str_addf(&topic, " · %s leads", name ? name : lead);
    str_addf(&topic, " · %s", incident->title);
    if (topic.len > TOPIC_BYTES)
        topic.p[topic.len = utf8_cut(topic.p, topic.len, TOPIC_BYTES)] = '\0';
    return str_take(&topic);
}

/* ---- one action ---- */

struct order { /* about a channel that is there, or is being opened (no `channel` then) */
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

/* Messages, and who may read them, go in one order. What stands at the head of a channel has rates of its own, and keeps no
   message waiting. */
static char *order_of(const struct order *o, const char *kind)
{
    static const char *const heads[] = {"channel.topic", "channel.bookmark", "pin"};
    struct place place = {.connector = o->connector, .channel = o->channel};
    CLEANUP_FREE char *order = send_order(o->incident, &place);
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
    CLEANUP_FREE char *opening = o->channel ? NULL : send_open_key(o->incident, o->connector);
    CLEANUP_FREE char *key = action->key ? NULL : turn_key(o->turn);
    json_end_object(j);
    action->body = j->out->p;
    action->channel = order;
    if (!action->key)
        action->key = key;
    if (opening && strcmp(opening, action->key) != 0) {
        action->refers = opening;
        action->refer_as = "channel";
    }
    send_to(o->turn, action, o->incident, &place);
}

/* In each channel of the incident that is there or being opened, on a connector that can do this. */
static void for_each(struct turn *turn, const struct incident *incident, uint64_t can,
                     void (*on)(const struct order *order, const void *ctx), const void *ctx)
{
    struct hub *hub = turn->hub;
    for (size_t i = 0; i < hub->links.n; i++) {
        const struct link *link = &hub->links.v[i];
        struct order order = {turn, incident, link->name, NULL};
        bool there = false;
        for (size_t k = 0; link->can & can && k < incident->channels.n; k++) {
            if (!text_equal(incident->channels.v[k].connector, link->name) ||
                !is_own_room(incident, &incident->channels.v[k]))
                continue;
            order.channel = incident->channels.v[k].channel;
            on(&order, ctx);
            there = true;
        }
        if (link->can & can && !there && send_opening(hub, incident, link->name))
            on(&order, ctx);
    }
}

/* ---- people ---- */

/* By user id where the connector knows them, else by e-mail address where it can look that up. */
static void put_people(const struct order *order, struct json_out *j, const char *users,
                       const char *const *people, size_t n)
{
    const struct hub *hub = order->turn->hub;
    json_key(j, users);
    json_begin_array(j);
    for (size_t i = 0; i < n; i++) {
        const char *user = hub_person_user(hub, people[i], order->connector);
        if (user)
            json_text(j, user);
    }
    json_end_array(j);
    if (!hub_can(hub, order->connector, TOCSIN_CAN_EMAILS))
        return;
    json_key(j, "emails");
    json_begin_array(j);
    for (size_t i = 0; i < n; i++) {
        const struct person *person = hub_person(hub, people[i]);
        if (person && person->email && !hub_person_user(hub, people[i], order->connector))
            json_text(j, person->email);
    }
    json_end_array(j);
}

static bool reachable(const struct order *order, const char *person)
{
    const struct hub *hub = order->turn->hub;
    const struct person *known = hub_person(hub, person);
    return hub_person_user(hub, person, order->connector) ||
           (known && known->email && hub_can(hub, order->connector, TOCSIN_CAN_EMAILS));
}

static void invite(const struct order *order, const void *ctx)
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

/* Who came into the room of one platform by themselves is asked into those of the others. */
void channels_invite(struct turn *turn, const struct incident *incident, const struct event *member)
{
    for_each(turn, incident, TOCSIN_CAN_CHANNELS, invite, member);
}

static void put_out(const struct order *order, const void *ctx)
{
    const struct event *member = ctx;
    const struct hub *hub = order->turn->hub;
    const char *user = hub_person_user(hub, member->value, order->connector);
    const struct person *known = hub_person(hub, member->value);
    CLEANUP_STR struct str body = {0};
    if (text_equal(member->name, order->connector) || !reachable(order, member->value))
        return;
    struct json_out j = begin(order, &body);
    json_put_text(&j, "who", user ? user : known->email);
    send_order_of(order, &j, &(struct action){.kind = "channel.remove", .lane = LANE_ROOM});
}

void channels_put_out(struct turn *turn, const struct incident *incident, const struct event *member)
{
    for_each(turn, incident, TOCSIN_CAN_CHANNELS, put_out, member);
}

/* ---- from opening to archiving ---- */

static void open_one(const struct order *order)
{
    const struct incident *incident = order->incident;
    const struct hub *hub = order->turn->hub;
    CLEANUP_STR struct str body = {0}, purpose = {0};
    CLEANUP_FREE char *name = channel_name(incident), *key = send_open_key(incident, order->connector);
    CLEANUP_FREE char *topic = topic_of(hub, incident);
    char inc[INCIDENT_NAME];
    struct json_out j = begin(order, &body);
    str_addf(&purpose, "%s is worked on here", incident_name(incident->id, inc));
    if (hub->settings.public_url)
        str_addf(&purpose, ": %s/incidents/%s", hub->settings.public_url, inc);
    json_put_text(&j, "name", name);
    json_put_text(&j, "topic", topic);
    json_put_text(&j, "purpose", purpose.p);
    json_put_bool(&j, "private", incident->private);
    put_people(order, &j, "members", (const char *const *)incident->members.v, incident->members.n);
    send_order_of(order, &j, &(struct action){.key = key, .kind = "channel.open", .lane = LANE_ROOM});
}

void channels_open(struct turn *turn, const struct incident *incident)
{
    for (size_t i = 0; i < turn->hub->links.n; i++) {
        const struct link *link = &turn->hub->links.v[i];
        if (link->can & TOCSIN_CAN_CHANNELS && !own_room(incident, link->name))
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

void channels_topic(struct turn *turn, const struct incident *incident)
{
    CLEANUP_FREE char *topic = topic_of(turn->hub, incident);
    for (size_t i = 0; i < incident->channels.n; i++) {
        const struct state_channel *channel = &incident->channels.v[i];
        if (hub_can(turn->hub, channel->connector, TOCSIN_CAN_CHANNELS))
            set_topic(&(struct order){turn, incident, channel->connector, channel->channel}, topic);
    }
}

/* The topic of a room for everybody told the title. */
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
    json_put_text(&j, "topic", "This incident is for its members only now");
    json_end_object(&j);
    struct action action = {.key = key,
                            .kind = "channel.topic",
                            .channel = channel->channel,
                            .body = body.p,
                            .lane = LANE_HOUSEKEEPING,
                            .coalesce = coalesce};
    send_to(turn, &action, NULL, &place);
}

/* The rooms that everybody can come into fall silent when an incident becomes private; its members go on in one of their own. */
void channels_move_in(struct turn *turn, const struct incident *incident)
{
    bool opening = false;
    for (size_t i = 0; i < incident->channels.n; i++) {
        const struct state_channel *channel = &incident->channels.v[i];
        if (!is_own_room(incident, channel) && hub_can(turn->hub, channel->connector, TOCSIN_CAN_CHANNELS))
            hide_topic(turn, incident, channel);
    }
    for (size_t i = 0; i < turn->hub->links.n; i++) {
        CLEANUP_FREE char *key = xasprintf("open:INC-%" PRIu64 ":%s", incident->id, turn->hub->links.v[i].name);
        opening |= outbox_knows(turn->hub->outbox, key);
    }
    if (status_is_open(incident->status) && (opening || incident->channels.n))
        channels_open(turn, incident);
}

static void archive(const struct order *order, const void *ctx)
{
    (void)ctx;
    CLEANUP_STR struct str body = {0};
    struct json_out j = begin(order, &body);
    send_order_of(order, &j, &(struct action){.kind = "channel.archive", .lane = LANE_HOUSEKEEPING});
}

void channels_archive(struct turn *turn, const struct incident *incident)
{
    for_each(turn, incident, TOCSIN_CAN_CHANNELS, archive, NULL);
}

void channels_opened(struct turn *turn, const struct incident *incident, const char *connector,
                     const char *channel, const char *topic)
{
    CLEANUP_FREE char *now = topic_of(turn->hub, incident);
    if (!text_equal(now, topic))
        set_topic(&(struct order){turn, incident, connector, channel}, now);
}

void channels_back(struct turn *turn, const struct incident *incident, const char *connector,
                   const char *channel)
{
    CLEANUP_FREE char *topic = topic_of(turn->hub, incident);
    if (send_has_card(incident, connector, channel) && hub_can(turn->hub, connector, TOCSIN_CAN_CHANNELS))
        set_topic(&(struct order){turn, incident, connector, channel}, topic);
}

void channels_bookmark(struct turn *turn, const struct incident *incident, const char *connector,
                       const char *channel)
{
    struct order order = {turn, incident, connector, channel};
    const char *base = turn->hub->settings.public_url;
    CLEANUP_STR struct str body = {0};
    char name[INCIDENT_NAME];
    if (!base || !hub_can(turn->hub, connector, TOCSIN_CAN_BOOKMARK))
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
    if (!hub_can(turn->hub, connector, TOCSIN_CAN_PIN) || !incident_has_channel(incident, connector, channel))
        return;
    struct json_out j = begin(&order, &body);
    json_put_text(&j, "message", message);
    send_order_of(&order, &j, &(struct action){.kind = "pin", .lane = LANE_HOUSEKEEPING});
}
