/* Which channels and people a message goes to. */
#include <inttypes.h>
#include <string.h>

#include <tocsin/connector.h>

#include "base/json.h"
#include "base/map.h"
#include "people/people.h"
#include "rooms/post.h"
#include "rooms/reach.h"
#include "rooms/rooms.h"
#include "turn/live.h"

void rooms_say(struct turn *turn, const struct place *place, uint64_t incident, const char *key,
               const char *card, const char *text)
{
    const struct incident *about = live_incident(turn_core(turn), incident);
    struct place there = *place;
    if (!sight_place_sees(turn_core(turn), about, &there))
        there.to = there.asker;
    post(turn, &there, about, key, NULL, card, text);
}

static bool same_place(const struct place *a, const struct place *b)
{
    return a && text_equal(a->connector, b->connector) && text_equal(a->channel, b->channel);
}

/* Posts in its channels, including those being opened, except `but`. False: it has none. */
static bool say_in_channels(struct turn *turn, const struct incident *about, const struct place *but,
                            const char *key, const char *card, const char *text)
{
    struct core *core = turn_core(turn);
    bool said = false;
    for (size_t i = 0; i < about->places.channels.n; i++) {
        struct place place = {.connector = about->places.channels.v[i].connector,
                              .channel = about->places.channels.v[i].channel};
        CLEANUP_FREE char *own = xasprintf("%s:%s", key, place.channel);
        if (!sight_place_sees(core, about, &place) || !link_served(core, place.connector))
            continue;
        if (!same_place(but, &place))
            post(turn, &place, about, own, NULL, card, text);
        said = true;
    }
    for (size_t i = 0; i < links(core)->n; i++) {
        if (!rooms_opening(core, about, links(core)->v[i].name))
            continue;
        post(turn, &(struct place){.connector = links(core)->v[i].name}, about, key, NULL, card, text);
        said = true;
    }
    return said;
}

/* In the fallback, if nobody reads the incident's rooms now. */
static void say_instead(struct turn *turn, const struct incident *about, const struct place *but,
                        const char *key, const char *text)
{
    const struct link *link = reach_fallback(turn_core(turn));
    struct place place = {.connector = link ? link->name : NULL,
                          .channel = core_settings(turn_core(turn))->announce};
    if (about->private || !text || same_place(but, &place) || reach_rooms(turn_core(turn), about))
        return;
    CLEANUP_FREE char *named = xasprintf("INC-%" PRIu64 ": %s", about->id, text);
    post(turn, &place, about, key, NULL, NULL, named);
}

void rooms_say_inside(struct turn *turn, uint64_t incident, const struct place *but, const char *key,
                      const char *card, const char *text)
{
    const struct incident *about = live_incident(turn_core(turn), incident);
    if (!about)
        return;
    if (say_in_channels(turn, about, but, key, card, text))
        say_instead(turn, about, but, key, text);
}

/* A direct message. False: nobody knows their user there. */
static bool say_to_person(struct turn *turn, const struct link *link, const struct incident *about,
                          const char *person, const char *key, const char *card, const char *text)
{
    struct place place = {
        .connector = link->name, .channel = core_settings(turn_core(turn))->announce, .direct = true};
    CLEANUP_FREE char *own = xasprintf("%s:%s", key, person);
    place.to = people_user(turn_core(turn), person, link->name);
    if (place.to)
        post(turn, &place, about, own, NULL, card, text);
    return place.to;
}

struct telling {
    struct turn *turn;
    const struct place *but;
    const char *key, *text;
    bool told;
};

static void tell_user(void *ctx, const char *connector, const char *user)
{
    struct telling *telling = ctx;
    const struct core *core = turn_core(telling->turn);
    const struct place *but = telling->but;
    struct place place = {
        .connector = connector, .channel = core_settings(core)->announce, .to = user, .direct = true};
    const struct link *link = link_find(core, connector);
    bool same = but && text_equal(but->connector, connector) && text_equal(but->to, user);
    if (!link || !link_is_chat(link) || same)
        return;
    CLEANUP_FREE char *own = xasprintf("%s:%s", telling->key, user);
    post(telling->turn, &place, NULL, own, NULL, NULL, telling->text);
    telling->told |= link_served(core, connector);
}

bool rooms_tell_person(struct turn *turn, const char *person, const struct place *but, const char *key,
                       const char *text)
{
    struct telling telling = {turn, but, key, text, false};
    if (person)
        people_each_user(turn_core(turn), person, tell_user, &telling);
    return telling.told;
}

/* A private incident without a channel is not silent: each member gets a direct message. */
static void say_to_members(struct turn *turn, const struct link *link, const struct incident *about,
                           const char *key, const char *card, const char *text)
{
    struct map told = {0}; /* a person with two ids is told once */
    for (size_t i = 0; i < about->people.members.n; i++) {
        const char *member = about->people.members.v[i];
        if (!map_put(&told, people_now(turn_core(turn), member), turn))
            say_to_person(turn, link, about, member, key, card, text);
    }
    map_finish(&told);
}

void rooms_nudge(struct turn *turn, uint64_t incident, const char *person, const char *key, const char *text)
{
    struct core *core = turn_core(turn);
    const struct incident *about = live_incident(core, incident);
    const struct person *who = people_get(core, person);
    bool said = false, reached = false;
    if (!about)
        return;
    CLEANUP_FREE char *named = xasprintf("INC-%" PRIu64 ": %s", about->id, text);
    for (size_t i = 0; who && i < links(core)->n; i++) {
        const struct link *link = &links(core)->v[i];
        bool there = link_is_chat(link) && say_to_person(turn, link, about, who->id, key, NULL, named);
        said |= there;
        reached |= there && !link_stuck(link);
    }
    if (!said)
        rooms_say_incident(turn, incident, key, NULL, text);
    else if (!reached)
        say_instead(turn, about, NULL, key, text);
}

/* Should it have a channel on this platform, but has none? Opening it failed, or Tocsin was removed from it. */
static bool lacks_channel(const struct core *core, const struct incident *about, const struct link *link)
{
    CLEANUP_FREE char *key = place_open_key(about, link->name);
    const struct action *opening = outbox_get(core_outbox(core), key);
    return opening && !action_is_under_way(opening) && !place_own(about, link->name);
}

void rooms_say_incident(struct turn *turn, uint64_t incident, const char *key, const char *card,
                        const char *text)
{
    struct core *core = turn_core(turn);
    const struct incident *about = live_incident(turn_core(turn), incident);
    CLEANUP_FREE char *named = about && text ? xasprintf("INC-%" PRIu64 ": %s", about->id, text) : NULL;
    bool said = about && say_in_channels(turn, about, NULL, key, card, text);
    for (size_t i = 0; i < links(core)->n; i++) {
        const struct link *link = &links(core)->v[i];
        struct place place = {.connector = link->name, .channel = core_settings(core)->announce};
        bool instead = link == reach_fallback(core) && about && !reach_rooms(core, about);
        if (!rooms_announces(core, link) || (said && !instead && !lacks_channel(core, about, link)))
            continue;
        if (link->unannounced && text_starts(key, DEAD_KEY))
            continue; /* it would fail there like what it reports */
        if (about && about->private)
            say_to_members(turn, link, about, key, card, named);
        else
            post(turn, &place, about, key, NULL, card, named ? named : text);
    }
}

void rooms_say_loudly(struct turn *turn, uint64_t incident, const char *key, const char *text)
{
    struct core *core = turn_core(turn);
    const struct incident *about = live_incident(core, incident);
    if (!about || about->private) {
        rooms_say_incident(turn, incident, key, NULL, text);
        return;
    }
    CLEANUP_FREE char *named = xasprintf("INC-%" PRIu64 ": %s", about->id, text);
    CLEANUP_FREE char *announced = xasprintf("%s:announced", key);
    say_in_channels(turn, about, NULL, key, NULL, text);
    for (size_t i = 0; i < links(core)->n; i++) {
        const struct link *link = &links(core)->v[i];
        struct place place = {.connector = link->name, .channel = core_settings(core)->announce};
        if (rooms_announces(core, link))
            post(turn, &place, about, announced, NULL, NULL, named);
    }
}

void rooms_say_elsewhere(struct turn *turn, const char *connector, const char *key, const char *text)
{
    struct core *core = turn_core(turn);
    for (size_t i = 0; i < links(core)->n; i++) {
        const struct link *link = &links(core)->v[i];
        struct place place = {.connector = link->name, .channel = core_settings(core)->announce};
        if (rooms_announces(core, link) && !link_trouble(link) && !link->unannounced &&
            !text_equal(link->name, connector))
            post(turn, &place, NULL, key, NULL, NULL, text);
    }
}

void rooms_say_channel(struct turn *turn, const char *channel, uint64_t incident, const char *key,
                       const char *card, const char *text)
{
    struct core *core = turn_core(turn);
    CLEANUP_FREE char *named = incident ? xasprintf("INC-%" PRIu64 ": %s", incident, text) : xstrdup(text);
    for (size_t i = 0; i < links(core)->n; i++) {
        struct place place = {.connector = links(core)->v[i].name, .channel = channel};
        CLEANUP_FREE char *own = xasprintf("%s:%s", key, place.connector);
        if (link_is_chat(&links(core)->v[i]))
            rooms_say(turn, &place, incident, own, card, named);
    }
}

#define FORM_HOLDS (3 * SECOND) /* how long a trigger is valid: three seconds on Slack */

void rooms_ask(struct turn *turn, const struct place *place, const char *key, const char *trigger,
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
    json_put_text(&j, "text", text); /* for tell_late_form */
    json_end_object(&j);
    CLEANUP_FREE char *whole_key = xasprintf("%s:%s", key, place->connector);
    struct action action = {.key = whole_key,
                            .kind = "form",
                            .channel = "",
                            .body = body.p,
                            .lane = LANE_PAGE,
                            .give_up_at = turn_now(turn) + FORM_HOLDS};
    sight_send(turn, &action, NULL, place);
}
