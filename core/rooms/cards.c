#include "rooms/cards.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/connector.h>

#include "base/json.h"
#include "people/people.h"
#include "rooms/post.h"
#include "rooms/rooms.h"

#define EDIT_EVERY    SECOND
#define MANY_ALERTS   20
#define REFRESH_EVERY (10 * SECOND) /* of a card with many alerts, while only their counts grow */
#define EDITED_MOST   10000         /* messages whose last edit is remembered */

/* ---- memory ---- */

static struct shown *shown_of(struct cards *cards, uint64_t incident)
{
    char name[INCIDENT_NAME];
    struct shown *shown = map_get(&cards->shown, incident_name(incident, name));
    if (!shown) {
        shown = xcalloc(1, sizeof(*shown));
        map_put(&cards->shown, name, shown);
    }
    return shown;
}

void cards_forget(struct cards *cards, uint64_t incident)
{
    char name[INCIDENT_NAME];
    free(map_remove(&cards->shown, incident_name(incident, name)));
}

void cards_finish(struct cards *cards)
{
    size_t position = 0;
    for (struct map_slot *slot; (slot = map_next(&cards->shown, &position));)
        free(slot->value);
    map_finish(&cards->shown);
    map_finish(&cards->edited);
}

/* ---- context of a card ---- */

static bool told(void *core, const struct incident *incident, uint64_t other)
{
    return sight_readers_see(core, incident, other);
}

static void more(void *ctx, const struct incident *incident, const struct card_context *context,
                 struct json_out *fields)
{
    struct core *core = ctx;
    EACH_PART(core, part, card.fields)
    part->card.fields(core, incident, context, fields);
}

static void more_text(void *ctx, const struct incident *incident, struct str *commonmark)
{
    struct core *core = ctx;
    EACH_PART(core, part, card.text)
    part->card.text(core, incident, commonmark);
}

struct card_context rooms_card_context(struct core *core, instant now, const char *zone)
{
    return (struct card_context){.now = now,
                                 .zone = zone ? zone : core_settings(core)->zone,
                                 .name_of = people_name,
                                 .ctx = core,
                                 .public_url = core_settings(core)->public_url,
                                 .told = told,
                                 .more = more,
                                 .more_text = more_text,
                                 .whole = true};
}

/* For a card that is kept up to date, and must fit in one message. */
static struct card_context kept_context(struct turn *turn)
{
    struct card_context context = rooms_card_context(turn_core(turn), turn_now(turn), NULL);
    context.whole = false;
    return context;
}

/* ---- posted, edited, hidden ---- */

static char *card_key(const struct incident *incident, const char *connector, const char *channel)
{
    return xasprintf(CARD_KEY "INC-%" PRIu64 ":%s:%s", incident->id, connector, channel);
}

static void announce_on(struct turn *turn, const struct incident *incident, const struct link *link,
                        const char *channel, const char *card)
{
    struct place place = {.connector = link->name,
                          .channel = channel ? channel : core_settings(turn_core(turn))->announce};
    CLEANUP_FREE char *key = card_key(incident, link->name, place.channel);
    if (rooms_announces(turn_core(turn), link))
        post(turn, &place, incident, key, key, card, NULL);
}

void cards_announce(struct turn *turn, const struct incident *incident, const char *channel)
{
    struct card_context context = kept_context(turn);
    CLEANUP_STR struct str card = {0};
    card_incident(incident, &context, &card);
    for (size_t i = 0; i < links(turn_core(turn))->n; i++)
        announce_on(turn, incident, &links(turn_core(turn))->v[i], channel, card.p);
}

void cards_announce_on(struct turn *turn, const struct incident *incident, const struct link *link)
{
    struct card_context context = kept_context(turn);
    CLEANUP_STR struct str card = {0};
    card_incident(incident, &context, &card);
    announce_on(turn, incident, link, NULL, card.p);
}

/* A newer edit replaces one that waits, and so does the edit that hides the card. */
static char *edit_key(const char *connector, const char *channel, const char *message)
{
    return xasprintf("edit:%s:%s:%s", connector, channel, message);
}

/* When a message may be edited next: at most once a second; changes meanwhile are in the next edit. 0: at once. */
static instant next_edit(struct turn *turn, const char *message)
{
    struct cards *cards = cards_of(turn_core(turn));
    instant now = turn_now(turn), last = (instant)(intptr_t)map_get(&cards->edited, message),
            due = last ? MAX(now, last + EDIT_EVERY) : now;
    if (cards->edited.n >= EDITED_MOST) {
        map_finish(&cards->edited);
        cards->edited = (struct map){0};
    }
    map_put(&cards->edited, message, (void *)(intptr_t)(last > now ? last : due));
    return last > now ? last : due > now ? due : 0;
}

/* A connector that is not there may come back. */
static bool can_edit(struct turn *turn, const char *connector)
{
    const struct link *link = link_find(turn_core(turn), connector);
    return !link || link->can & TOCSIN_CAN_EDIT;
}

void rooms_edit(struct turn *turn, const struct incident *incident, const struct place *place,
                const char *message, const char *card)
{
    CLEANUP_FREE char *body = post_body(place, message, incident, card, NULL);
    CLEANUP_FREE char *order = place_order(incident, place), *key = turn_key(turn);
    CLEANUP_FREE char *coalesce = edit_key(place->connector, place->channel, message);
    struct action action = {.key = key,
                            .kind = "edit",
                            .channel = order,
                            .body = body,
                            .coalesce = coalesce,
                            .lane = LANE_HOUSEKEEPING,
                            .not_before = next_edit(turn, coalesce)};
    if (can_edit(turn, place->connector))
        sight_send(turn, &action, incident, place);
}

bool cards_has(const struct incident *incident, const char *connector, const char *channel)
{
    for (size_t i = 0; i < incident->places.cards.n; i++) {
        if (text_equal(incident->places.cards.v[i].connector, connector) &&
            text_equal(incident->places.cards.v[i].channel, channel))
            return true;
    }
    return false;
}

/* Blanks an announcement of an incident that has become private, where messages can be changed. */
static void hide_card(struct turn *turn, const struct state_card *at)
{
    CLEANUP_STR struct str hidden = {0};
    card_hidden(&hidden);
    struct place place = {.connector = at->connector, .channel = at->channel};
    CLEANUP_FREE char *body = post_body(&place, at->message, NULL, hidden.p, NULL);
    CLEANUP_FREE char *key = turn_key(turn), *coalesce = edit_key(at->connector, at->channel, at->message);
    struct action action = {.key = key,
                            .kind = "edit",
                            .channel = at->channel,
                            .body = body,
                            .coalesce = coalesce,
                            .lane = LANE_ROOM};
    if (can_edit(turn, at->connector))
        sight_send(turn, &action, NULL, &place);
}

/* The cards of the incident, then those of its drafts. False: no more. */
static bool card_at(const struct incident *incident, size_t i, struct state_card *ret)
{
    size_t own = incident->places.cards.n;
    const struct state_draft_card *draft = i < own ? NULL : &incident->comms.draft_cards.v[i - own];
    if (i >= own + incident->comms.draft_cards.n)
        return false;
    *ret = draft ? (struct state_card){draft->connector, draft->channel, draft->message}
                 : incident->places.cards.v[i];
    return true;
}

/* Hides the cards in places that may no longer see the incident: once, and again when there are more of them. */
static void hide_cards(struct turn *turn, const struct incident *incident, struct shown *shown)
{
    CLEANUP_STR struct str hidden = {0};
    struct state_card at;
    for (size_t i = 0; card_at(incident, i, &at); i++) {
        struct place place = {.connector = at.connector, .channel = at.channel};
        if (!sight_place_sees(turn_core(turn), incident, &place))
            str_addf(&hidden, "%s\x1f%s\x1f%s\x1e", at.connector, at.channel, at.message);
    }
    uint64_t hash = hidden.len ? map_hash(hidden.p, hidden.len) | 1 : 0;
    for (size_t i = 0; hash && shown->hidden != hash && card_at(incident, i, &at); i++) {
        struct place place = {.connector = at.connector, .channel = at.channel};
        if (!sight_place_sees(turn_core(turn), incident, &place))
            hide_card(turn, &at);
    }
    shown->hidden = hash;
}

/* A hash that changes when the card must be edited. */
static uint64_t card_hash(const struct incident *incident, const char *card)
{
    CLEANUP_STR struct str all = {0};
    str_add(&all, card);
    for (size_t i = 0; i < incident->places.channels.n; i++)
        str_addf(&all, "%s\x1f", incident->places.channels.v[i].channel); /* cards elsewhere link to it */
    return map_hash(all.p, all.len) | 1;
}

void cards_show(struct turn *turn, const struct incident *incident)
{
    struct shown *shown = shown_of(cards_of(turn_core(turn)), incident->id);
    struct card_context context = kept_context(turn);
    CLEANUP_STR struct str card = {0};
    card_incident(incident, &context, &card);
    uint64_t hash = card_hash(incident, card.p);
    for (size_t i = 0; i < incident->places.channels.n; i++) {
        const struct state_channel *channel = &incident->places.channels.v[i];
        struct place place = {.connector = channel->connector, .channel = channel->channel};
        CLEANUP_FREE char *key = card_key(incident, channel->connector, channel->channel);
        if (!cards_has(incident, channel->connector, channel->channel) && place_is_own(incident, channel))
            post(turn, &place, incident, key, key, card.p, NULL);
    }
    hide_cards(turn, incident, shown);
    for (size_t i = 0; i < incident->places.cards.n && shown->card != hash; i++) {
        const struct state_card *at = &incident->places.cards.v[i];
        struct place place = {.connector = at->connector, .channel = at->channel};
        if (sight_place_sees(turn_core(turn), incident, &place))
            rooms_edit(turn, incident, &place, at->message, card.p);
    }
    shown->card = hash;
}

void rooms_refresh(struct turn *turn, const struct incident *incident)
{
    struct shown *shown = shown_of(cards_of(turn_core(turn)), incident->id);
    if (incident->affected.alerts.n > MANY_ALERTS && turn_now(turn) - shown->refreshed < REFRESH_EVERY)
        return;
    shown->refreshed = turn_now(turn);
    cards_show(turn, incident);
}

void cards_posted(struct turn *turn, const struct incident *incident, const struct action *action,
                  const cJSON *body)
{
    struct place place = {.connector = action->connector, .channel = json_text_or(body, "channel", NULL)};
    CLEANUP_STR struct str text = {0};
    CLEANUP_JSON cJSON *card = cJSON_Duplicate(json_member(body, "card"), true);
    CLEANUP_FREE char *room = xstrdup(json_text_or(card, "room", NULL));
    cJSON_DeleteItemFromObjectCaseSensitive(card, "room");
    json_tree(&(struct json_out){.out = &text}, card);
    const char *now = post_room(incident, &place);
    bool same = room && now ? strcmp(room, now) == 0 : !room && !now;
    shown_of(cards_of(turn_core(turn)), incident->id)->card = same ? card_hash(incident, text.p) : 0;
}
