/* What people who follow the announcements must not miss: an incident becomes as severe as can be, or is resolved. Its card there
   changes too, but nobody is notified of that. */
#include <inttypes.h>
#include <string.h>

#include "base/map.h"
#include "base/markup.h"
#include "policy/policy.h"
#include "rooms/cards.h"
#include "rooms/inside.h"
#include "rooms/post.h"
#include "rooms/rooms.h"
#include "turn/live.h"

static const char *worst_severity(const struct core *core)
{
    const char *const *severities = policy_rulebook(core_policy(core))->severities;
    const char *worst = NULL;
    for (; severities && *severities; severities++)
        worst = *severities;
    return worst;
}

/* The line to say; empty: this is no news. */
static void write_news(const struct core *core, const struct event *event, const struct incident *incident,
                       struct str *out)
{
    char name[INCIDENT_NAME];
    bool worst = event->type == EVENT_SEVERITY && text_equal(event->name, worst_severity(core)),
         resolved = event->type == EVENT_STATUS && event->status == STATUS_RESOLVED;
    if (!worst && !resolved)
        return;
    str_markup(out, "**%s %s** is now %s", incident_name(incident->id, name), incident->title,
               worst ? event->name : status_name(STATUS_RESOLVED));
    str_markup(out, resolved && !text_empty(event->text) ? ": %s" : ".", event->text);
}

static uint64_t place_hash(const struct place *place)
{
    CLEANUP_FREE char *text = xasprintf("%s\x1f%s", place->connector, place->channel);
    return map_hash(text, strlen(text));
}

void rooms_answered(struct turn *turn, const struct place *place, uint64_t incident)
{
    struct core *core = turn_core(turn);
    if (!incident || !place->channel || place->thread ||
        !sight_place_sees(core, live_incident(core, incident), place))
        return;
    cards_of(core)->answered.turn = turn_number(turn);
    cards_of(core)->answered.incident = incident;
    cards_of(core)->answered.place = place_hash(place);
}

static bool has_answer(struct turn *turn, const struct place *place, uint64_t incident)
{
    const struct cards *cards = cards_of(turn_core(turn));
    return cards->answered.turn == turn_number(turn) && cards->answered.incident == incident &&
           cards->answered.place == place_hash(place);
}

void news_follow(struct turn *turn, const struct event *event, const struct incident *incident)
{
    struct core *core = turn_core(turn);
    CLEANUP_STR struct str text = {0};
    write_news(core, event, incident, &text);
    for (size_t i = 0; text.len && i < incident->places.cards.n; i++) {
        const struct state_card *card = &incident->places.cards.v[i];
        struct place place = {.connector = card->connector, .channel = card->channel};
        CLEANUP_FREE char *key =
            xasprintf("news:INC-%" PRIu64 "/%" PRIu64 ":%s", incident->id, event->version, card->channel);
        if (!incident_has_channel(incident, card->connector, card->channel) &&
            !has_answer(turn, &place, incident->id))
            post(turn, &place, incident, key, NULL, NULL, text.p);
    }
}
