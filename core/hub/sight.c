/*
 * Who may see what of a private incident. Everything that is read (query.c, the API, commands) and everything that leaves
 * (send.c when it is asked for, hub.c when it goes) is decided here, from incident_visible alone; nothing else decides it.
 *
 * An incident's number is part of the secret: that one was merged into, or is related to, an incident that one may not
 * see, does not say which. An alert group is as visible as the incident that it belongs to.
 *
 * What was deleted or edited away on a platform is seen by nobody: said.c knows it.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "hub/internal.h"

const struct incident *hub_incident(struct hub *hub, uint64_t id, const char *viewer)
{
    struct live *live = live_find(hub, id);
    return live && live->incident->version && incident_visible(live->incident, viewer) ? live->incident : NULL;
}

/* ---- what is read ---- */

static bool sees(struct hub *hub, uint64_t id, const char *viewer)
{
    return !id || hub_incident(hub, id, viewer);
}

bool hub_group_visible(struct hub *hub, const struct group *group, const char *viewer)
{
    return sees(hub, group->incident, viewer);
}

/* A long replay must not push the groups of now out of memory, so what is not there is only looked up. */
static bool group_of_visible(struct hub *hub, const char *fingerprint, const char *viewer)
{
    uint64_t number;
    struct journal_doc doc;
    struct group group = {0};
    if (fingerprint_parse(fingerprint, &number, NULL))
        return false;
    const struct group *held = hub_group_held(hub, number);
    if (held)
        return hub_group_visible(hub, held, viewer);
    if (journal_doc(hub->journal, DOC_GROUP, fingerprint, &doc, NULL))
        return false;
    bool visible =
        group_decode(doc.body, strlen(doc.body), &group, NULL) == 0 && hub_group_visible(hub, &group, viewer);
    group_finish(&group);
    journal_doc_finish(&doc);
    return visible;
}

/* A move to where one cannot follow is seen as a move; whatever else is about another incident is not seen at all. */
bool hub_event_visible(struct hub *hub, const struct event *event, const char *viewer)
{
    if (event->type != EVENT_STATUS && !sees(hub, event->other, viewer))
        return false;
    if (!said_told(hub, event))
        return false;
    if (event->incident)
        return hub_incident(hub, event->incident, viewer) != NULL;
    return event_kind(event->type)->subject != OF_GROUP || group_of_visible(hub, event->subject, viewer);
}

struct event hub_event_seen(struct hub *hub, const struct event *event, const char *viewer)
{
    struct event seen;
    event_copy(&seen, event);
    if (!sees(hub, event->other, viewer))
        seen.other = 0;
    said_now(hub, &seen);
    return seen;
}

void hub_incident_encode(struct hub *hub, const struct incident *incident, const char *viewer, struct str *out)
{
    struct incident seen = *incident;
    seen.related.v = NULL;
    seen.related.n = seen.related.cap = 0;
    for (size_t i = 0; i < incident->related.n; i++) {
        if (sees(hub, incident->related.v[i], viewer))
            *array_add(&seen.related) = incident->related.v[i];
    }
    if (!sees(hub, incident->merged_into, viewer))
        seen.merged_into = 0;
    incident_encode(&seen, out);
    array_free(&seen.related);
}

/* What is said where an incident is worked on is read by all who see it. */
bool readers_see(struct hub *hub, const struct incident *incident, uint64_t other)
{
    if (!incident->private || sees(hub, other, NULL))
        return sees(hub, other, NULL);
    for (size_t i = 0; i < incident->members.n; i++) {
        if (!sees(hub, other, incident->members.v[i]))
            return false;
    }
    return incident->members.n > 0;
}

/* ---- what leaves ---- */

/* A room that was opened for everybody is none that a private incident is told in. */
bool is_own_room(const struct incident *incident, const struct state_channel *channel)
{
    return channel->private || !incident->private;
}

const struct state_channel *own_room(const struct incident *incident, const char *connector)
{
    for (size_t i = 0; i < incident->channels.n; i++) {
        const struct state_channel *channel = &incident->channels.v[i];
        if (text_equal(channel->connector, connector) && is_own_room(incident, channel))
            return channel;
    }
    return NULL;
}

static bool room_sees(const struct incident *incident, const struct place *place)
{
    if (!place->channel)
        return true; /* the one that is being opened for it */
    for (size_t i = 0; i < incident->channels.n; i++) {
        const struct state_channel *channel = &incident->channels.v[i];
        if (text_equal(channel->connector, place->connector) && text_equal(channel->channel, place->channel))
            return is_own_room(incident, channel);
    }
    return false;
}

bool place_sees(const struct hub *hub, const struct incident *incident, const struct place *place)
{
    if (!incident || !incident->private)
        return true;
    if (place->person)
        return incident_visible(incident, place->person);
    if (place->to)
        return incident_visible(incident, hub_user_person(hub, place->connector, place->to));
    return room_sees(incident, place);
}

/* Takes those out of a list of users or addresses who may not see the incident. */
static void drop_strangers(const struct hub *hub, const struct incident *incident, const char *connector,
                           cJSON *list)
{
    for (int i = cJSON_GetArraySize(list); i-- > 0;) {
        const char *one = cJSON_GetStringValue(cJSON_GetArrayItem(list, i));
        const struct person *by_email = one ? hub_person_find(hub, one) : NULL;
        const char *person = one ? hub_user_person(hub, connector, one) : NULL;
        if (!incident_visible(incident, person ? person : by_email ? by_email->id : NULL))
            cJSON_DeleteItemFromArray(list, i);
    }
}

/* Whom an action's body names. `person` is set where one person alone is meant, known or not. */
static struct place place_of(const struct hub *hub, const struct action *action, const cJSON *body)
{
    const char *email = json_text_or(body, "email", NULL), *to = json_text_or(body, "to", NULL);
    const struct person *person = email ? hub_person_find(hub, email) : NULL;
    struct place place = {.connector = action->connector, .channel = json_text_or(body, "channel", NULL)};
    place.to = to ? to : json_text_or(body, "user", NULL);
    if (place.to || email)
        place.person = place.to ? hub_user_person(hub, place.connector, place.to) : person ? person->id : NULL;
    if ((place.to || email) && !place.person)
        place.person = "nobody";
    return place;
}

/* What refers to a room that is still to be opened must mean the one for members. */
static bool body_may_leave(const struct hub *hub, const struct incident *incident, const struct action *action,
                           const cJSON *body)
{
    struct place place = place_of(hub, action, body);
    CLEANUP_FREE char *opening = send_open_key(incident, action->connector);
    if (strcmp(action->kind, "channel.open") == 0)
        return json_bool_or(body, "private", false);
    if (action->refers && !place.person)
        return text_equal(action->refers, opening);
    return place_sees(hub, incident, &place);
}

/* Words that may be of several incidents, or of an alert, and do not tell of which; and what is said instead of them when they
   waited until after somebody was shut out of an incident. */
static const struct {
    const char *key, *instead;
} vague[] = {
    {ANSWER_KEY, "This answer had to wait and may not hold any more: please ask again."},
    {TROUBLE_KEY, "A script of the policy failed lately; the log says where."},
};

const char *action_instead(const struct hub *hub, const struct action *action)
{
    for (size_t i = 0; i < ARRAY_SIZE(vague); i++) {
        if (text_starts(action->key, vague[i].key) && action->id <= hub->closed_up_to)
            return vague[i].instead;
    }
    return NULL;
}

bool action_may_leave(struct hub *hub, const struct action *action)
{
    struct live *live = action->incident ? live_find(hub, action->incident) : NULL;
    CLEANUP_JSON cJSON *body = NULL;
    if (action_instead(hub, action))
        return false;
    if (!live || !live->incident->private || action->lane == LANE_CUSTOMER)
        return true; /* what customers are told was approved by somebody who sees it */
    if (json_parse(action->body, strlen(action->body), SIZE_MAX, JSON_DEPTH, "action", &body, NULL))
        return false;
    return body_may_leave(hub, live->incident, action, body);
}

static bool may_name(struct hub *hub, const struct action *action, const struct place *place, uint64_t id)
{
    struct live *live = action->incident ? live_find(hub, action->incident) : NULL;
    if (id == action->incident)
        return true;
    if (place->person || !live)
        return sees(hub, id, place->person);
    return readers_see(hub, live->incident, id);
}

#define NUMBERED "INC-"

/* Numbers of incidents that this place may not know of are taken out. */
static void hide_numbers(struct hub *hub, const struct action *action, const struct place *place,
                         const char *text, struct str *out)
{
    char *end;
    for (const char *p = text; (p = strstr(p, NUMBERED)); p = end) {
        uint64_t id = strtoull(p + strlen(NUMBERED), &end, 10);
        if (!live_find(hub, id) || may_name(hub, action, place, id))
            continue;
        str_addn(out, text, (size_t)(p - text));
        str_add(out, "another incident");
        text = end;
    }
    str_add(out, text);
}

char *action_body_now(struct hub *hub, const struct action *action)
{
    static const char *const guests[] = {"users", "members", "emails"};
    struct live *live = action->incident ? live_find(hub, action->incident) : NULL;
    CLEANUP_JSON cJSON *body = NULL;
    CLEANUP_STR struct str text = {0};
    struct str out = {0};
    if (action->id > hub->closed_up_to ||
        json_parse(action->body, strlen(action->body), SIZE_MAX, JSON_DEPTH, "action", &body, NULL))
        return NULL;
    for (size_t i = 0; live && live->incident->private && i < ARRAY_SIZE(guests); i++) {
        cJSON *list = cJSON_GetObjectItemCaseSensitive(body, guests[i]);
        drop_strangers(hub, live->incident, action->connector, list);
    }
    json_tree(&(struct json_out){&text, false}, body);
    struct place place = place_of(hub, action, body);
    hide_numbers(hub, action, &place, str_text(&text), &out);
    return str_take(&out);
}

char *hub_action_text(struct hub *hub, const struct action *action, const char *viewer)
{
    CLEANUP_JSON cJSON *body = NULL;
    struct str out = {0};
    bool several = false;
    for (size_t i = 0; i < ARRAY_SIZE(vague); i++)
        several |= text_starts(action->key, vague[i].key);
    if (several || !action->incident || !hub_incident(hub, action->incident, viewer) || !action->body ||
        json_parse(action->body, strlen(action->body), SIZE_MAX, JSON_DEPTH, "action", &body, NULL))
        return NULL;
    const char *to = json_text_or(body, "to", NULL),
               *user = to ? hub_user_person(hub, action->connector, to) : NULL;
    const char *title = json_text_or(json_member(body, "card"), "title", NULL);
    const char *text = json_text_or(body, "text", title);
    if (!text || (to && !text_equal(user, viewer)))
        return NULL;
    struct place reader = {.person = viewer};
    hide_numbers(hub, action, &reader, text, &out);
    return str_take(&out);
}

#define CLOSED_UP_TO "closed up to" /* a fact of the core's */

void sight_follow(struct turn *turn, const struct event *event, const struct incident *incident)
{
    bool shuts = event->type == EVENT_PRIVATE || (event->type == EVENT_MEMBER && !event->flag);
    if (!shuts || !incident->private)
        return;
    turn->hub->closed_up_to = outbox_last_id(turn->hub->outbox);
    CLEANUP_FREE char *text = xasprintf("%" PRIu64, turn->hub->closed_up_to);
    batch_doc(turn->batch, DOC_META, CLOSED_UP_TO, text);
}

int sight_load(struct hub *hub, struct error *err)
{
    struct journal_doc doc;
    int rc = journal_doc(hub->journal, DOC_META, CLOSED_UP_TO, &doc, err);
    hub->closed_up_to = 0;
    if (rc)
        return rc == ERR_NOT_FOUND ? 0 : rc;
    hub->closed_up_to = strtoull(doc.body, NULL, 10);
    journal_doc_finish(&doc);
    return 0;
}
