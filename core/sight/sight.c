#include "sight/sight.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/markup.h"
#include "base/log.h"
#include "base/moment.h"
#include "intake/group.h"
#include "people/people.h"
#include "sight/said.h"
#include "sight/state.h"
#include "turn/live.h"

const char sight_everything[] = "everything";

bool sight_sees(const struct core *core, const struct incident *incident, const char *viewer)
{
    return viewer == sight_everything || incident_visible(incident, viewer) ||
           people_member(core, incident, viewer);
}

const struct incident *sight_incident(struct core *core, uint64_t id, const char *viewer)
{
    const struct incident *incident = live_incident(core, id);
    return incident && incident->version && sight_sees(core, incident, viewer) ? incident : NULL;
}

const struct incident *sight_unclaimed(const struct core *core, uint64_t id)
{
    const struct incident *incident = core_readable(core, NULL) ? live_incident(core, id) : NULL;
    bool unclaimed = incident && incident->private && status_is_open(incident->status) &&
                     !incident->people.members.n && !incident->people.roles.n;
    return unclaimed ? incident : NULL;
}

/* ---- reading ---- */

static bool sees(struct core *core, uint64_t id, const char *viewer)
{
    return !id || sight_incident(core, id, viewer);
}

bool sight_group_visible(struct core *core, const struct group *group, const char *viewer)
{
    return sees(core, group->care.incident, viewer);
}

static bool parts_show(struct core *core, const struct event *event, const char *viewer)
{
    bool visible = true;
    EACH_PART(core, part, visible)
    visible = visible && part->visible(core, event, viewer);
    return visible;
}

/* A merge into an incident that the viewer may not see is shown without its number. Other events about such an incident are not
   shown. */
bool sight_event_visible(struct core *core, const struct event *event, const char *viewer)
{
    if (event->type != EVENT_STATUS && !sees(core, event->other, viewer))
        return false;
    if (!said_told(core, event))
        return false;
    if (event->incident || event->type == EVENT_DAMAGED)
        return sight_incident(core, event->incident, viewer) != NULL;
    return parts_show(core, event, viewer);
}

bool sight_event_whole(struct core *core, const struct event *event, const char *viewer)
{
    return sees(core, event->other, viewer);
}

struct event sight_event_seen(struct core *core, const struct event *event, const char *viewer)
{
    struct event seen;
    event_copy(&seen, event);
    if (!sight_event_whole(core, event, viewer))
        seen.other = 0;
    said_now(core, &seen);
    return seen;
}

void sight_event_encode(struct core *core, const struct event *durable, const char *viewer, instant now,
                        const char *zone, struct json_out *j)
{
    struct event seen = sight_event_seen(core, durable, viewer), *event = &seen;
    char at[INSTANT_TEXT], name[INCIDENT_NAME];
    CLEANUP_STR struct str text = {0}, data = {0};
    event_describe(event, now, zone, people_name, core, &text);
    event_encode(event, &data);
    moments_off(text.p);
    json_begin_object(j);
    json_put_int(j, "seq", (int64_t)event->seq);
    json_put_int(j, "version", (int64_t)event->version);
    json_put_text(j, "at", instant_format(event->at, at));
    if (event->incident)
        json_put_text(j, "incident", incident_name(event->incident, name));
    json_put_text_if(j, "subject", event->subject);
    json_put_text(j, "type", event_kind(event->type)->name);
    json_put_text_if(j, "by", event->by);
    json_put_text_if(j, "agent", event->agent);
    json_put_text(j, "text", text.p);
    json_key(j, "data");
    json_raw(j, data.p);
    json_end_object(j);
    event_finish(&seen);
}

/* Inserts the members that parts add before the brace that closes the object. */
static void add_of_parts(struct core *core, const struct incident *incident, const char *viewer,
                         struct str *out)
{
    struct json_out j = {out, true};
    out->p[--out->len] = '\0';
    EACH_PART(core, part, api)
    part->api(core, incident, viewer, &j);
    json_end_object(&j);
}

void sight_incident_encode(struct core *core, const struct incident *incident, const char *viewer,
                           struct str *out)
{
    struct incident seen = *incident;
    seen.places.related = (typeof(seen.places.related)){0};
    seen.places.apart = (typeof(seen.places.apart)){0};
    seen.affected.merged = (typeof(seen.affected.merged)){0};
    for (size_t i = 0; i < incident->places.related.n; i++) {
        if (sees(core, incident->places.related.v[i], viewer))
            *array_add(&seen.places.related) = incident->places.related.v[i];
    }
    for (size_t i = 0; i < incident->affected.merged.n; i++) {
        if (sees(core, incident->affected.merged.v[i].incident, viewer))
            *array_add(&seen.affected.merged) = incident->affected.merged.v[i];
    }
    if (!sees(core, incident->end.merged_into, viewer))
        seen.end.merged_into = 0;
    incident_encode(&seen, out);
    array_free(&seen.places.related);
    array_free(&seen.affected.merged);
    add_of_parts(core, incident, viewer, out);
}

/* Whatever is posted in an incident's channels is read by everybody who may see it. */
bool sight_readers_see(struct core *core, const struct incident *incident, uint64_t other)
{
    if (!incident->private || sees(core, other, NULL))
        return sees(core, other, NULL);
    for (size_t i = 0; i < incident->people.members.n; i++) {
        if (!sees(core, other, incident->people.members.v[i]))
            return false;
    }
    return incident->people.members.n > 0;
}

/* ---- sending ---- */

static bool channel_sees(const struct incident *incident, const struct place *place)
{
    if (!place->channel)
        return true; /* the channel being opened for it */
    for (size_t i = 0; i < incident->places.channels.n; i++) {
        const struct state_channel *channel = &incident->places.channels.v[i];
        if (text_equal(channel->connector, place->connector) && text_equal(channel->channel, place->channel))
            return place_is_own(incident, channel);
    }
    return false;
}

/* Everybody at a desk or a tracker reads what is said in a ticket. To look one up, or to close it, says nothing. */
static bool says_nothing(const struct action *action)
{
    return strcmp(action->kind, "ticket.follow") == 0 || strcmp(action->kind, "ticket.state") == 0;
}

bool sight_place_sees(const struct core *core, const struct incident *incident, const struct place *place)
{
    if (!incident || !incident->private)
        return true;
    if (place->person)
        return sight_sees(core, incident, place->person);
    if (place->to)
        return sight_sees(core, incident, people_of_user(core, place->connector, place->to));
    return channel_sees(incident, place);
}

/* Removes users and addresses of people who may not see the incident from a list. */
static void drop_strangers(const struct core *core, const struct incident *incident, const char *connector,
                           cJSON *list)
{
    for (int i = cJSON_GetArraySize(list); i-- > 0;) {
        const char *one = cJSON_GetStringValue(cJSON_GetArrayItem(list, i));
        const struct person *by_email = one ? people_find(core, one) : NULL;
        const char *person = one ? people_of_user(core, connector, one) : NULL;
        if (!sight_sees(core, incident, person ? person : by_email ? by_email->id : NULL))
            cJSON_DeleteItemFromArray(list, i);
    }
}

/* Who reads an action, by its body. `person` is set if it is for one person, known or not. */
static struct place place_of(const struct core *core, const struct action *action, const cJSON *body)
{
    const char *email = json_text_or(body, "email", NULL), *to = json_text_or(body, "to", NULL);
    const struct person *person = email ? people_find(core, email) : NULL;
    struct place place = {.connector = action->connector, .channel = json_text_or(body, "channel", NULL)};
    place.to = to ? to : json_text_or(body, "user", NULL);
    if (place.to || email)
        place.person = place.to ? people_of_user(core, place.connector, place.to) : person ? person->id : NULL;
    if ((place.to || email) && !place.person)
        place.person = "nobody";
    return place;
}

/* An action that refers to a channel being opened must refer to the one for members. */
static bool body_may_leave(const struct core *core, const struct incident *incident,
                           const struct action *action, const cJSON *body)
{
    struct place place = place_of(core, action, body);
    if (text_starts(action->kind, "ticket."))
        return says_nothing(action);
    CLEANUP_FREE char *opening = place_open_key(incident, action->connector);
    if (strcmp(action->kind, "channel.open") == 0)
        return json_bool_or(body, "private", false);
    if (action->reference.key && strcmp(action->reference.as, "channel") == 0 && !place.person)
        return text_equal(action->reference.key, opening);
    return sight_place_sees(core, incident, &place);
}

/* Actions whose text may come from several incidents or from an alert, without saying which, and the text that is sent instead if
   one waited while somebody lost access to an incident. */
static const struct {
    const char *key, *instead;
} vague[] = {
    {ANSWER_KEY, "This answer waited and may be out of date. Please ask again."},
    {TROUBLE_KEY, "A policy script failed recently. The log says where."},
    {SHIFT_KEY, "You are on call now, or somebody else is: `oncall` says who, and `shift` what goes on."},
    {DIGEST_KEY, "The weekly digest waited and may be out of date. `insights` shows the month."},
    {LESSON_KEY, "A past incident is like this one: `similar` shows it."},
    {FITTING_KEY, NULL}, /* its part announces it again, without what fits */
};

static bool is_out_of_date(const struct core *core, const struct action *action, const char **ret_instead)
{
    for (size_t i = 0; i < ARRAY_SIZE(vague); i++) {
        if (!text_starts(action->key, vague[i].key) || action->id > sight_of(core)->closed_up_to)
            continue;
        *ret_instead = vague[i].instead;
        return true;
    }
    return false;
}

bool sight_may_leave(struct core *core, const struct action *action, const char **ret_instead)
{
    const struct incident *incident = live_incident(core, action->incident);
    CLEANUP_JSON cJSON *body = NULL;
    *ret_instead = NULL;
    if (is_out_of_date(core, action, ret_instead))
        return false;
    if (!incident || !incident->private || strcmp(action->kind, "desk.tell") == 0)
        return true; /* messages to customers were approved by somebody who sees it */
    if (json_parse(action->body, strlen(action->body), SIZE_MAX, JSON_DEPTH, "action", &body, NULL))
        return false;
    return body_may_leave(core, incident, action, body);
}

static bool may_name(struct core *core, const struct action *action, const struct place *place, uint64_t id)
{
    const struct incident *incident = live_incident(core, action->incident);
    if (id == action->incident)
        return true;
    if (place->person || !incident)
        return sees(core, id, place->person);
    return sight_readers_see(core, incident, id);
}

#define NUMBERED "INC-"

/* Replaces the numbers of incidents that this place may not know about. */
static void hide_numbers(struct core *core, const struct action *action, const struct place *place,
                         const char *text, struct str *out)
{
    char *end;
    for (const char *p = text; (p = strstr(p, NUMBERED)); p = end) {
        uint64_t id = strtoull(p + strlen(NUMBERED), &end, 10);
        if (!live_incident(core, id) || may_name(core, action, place, id))
            continue;
        str_addn(out, text, (size_t)(p - text));
        str_add(out, "another incident");
        text = end;
    }
    str_add(out, text);
}

char *sight_body_now(struct core *core, const struct action *action)
{
    static const char *const guests[] = {"users", "members", "emails"};
    const struct incident *incident = live_incident(core, action->incident);
    CLEANUP_JSON cJSON *body = NULL;
    CLEANUP_STR struct str text = {0};
    struct str out = {0};
    if (action->id > sight_of(core)->closed_up_to ||
        json_parse(action->body, strlen(action->body), SIZE_MAX, JSON_DEPTH, "action", &body, NULL))
        return NULL;
    for (size_t i = 0; incident && incident->private && i < ARRAY_SIZE(guests); i++) {
        cJSON *list = cJSON_GetObjectItemCaseSensitive(body, guests[i]);
        drop_strangers(core, incident, action->connector, list);
    }
    json_tree(&(struct json_out){&text, false}, body);
    struct place place = place_of(core, action, body);
    hide_numbers(core, action, &place, str_text(&text), &out);
    return str_take(&out);
}

char *sight_action_text(struct core *core, const struct action *action, const char *viewer)
{
    CLEANUP_JSON cJSON *body = NULL;
    struct str out = {0};
    bool several = false;
    for (size_t i = 0; i < ARRAY_SIZE(vague); i++)
        several |= text_starts(action->key, vague[i].key);
    if (several || !action->incident || !sight_incident(core, action->incident, viewer) || !action->body ||
        json_parse(action->body, strlen(action->body), SIZE_MAX, JSON_DEPTH, "action", &body, NULL))
        return NULL;
    const char *to = json_text_or(body, "to", NULL),
               *user = to ? people_of_user(core, action->connector, to) : NULL;
    const char *title = json_text_or(json_member(body, "card"), "title", NULL);
    CLEANUP_STR struct str literal = {0};
    text_literal(title, &literal);
    const char *text = json_text_or(body, "text", title ? str_text(&literal) : NULL);
    if (!text || (to && !people_same(core, user, viewer)))
        return NULL;
    struct place reader = {.person = viewer};
    hide_numbers(core, action, &reader, text, &out);
    if (out.len)
        moments_off(out.p); /* it is shown in part */
    return str_take(&out);
}

/* ---- the part ---- */

/* Nothing of the drill of a script reaches a customer, a desk or a tracker. */
static bool leaves_drill(const struct action *action, const struct incident *incident)
{
    return incident && incident->sort.script &&
           (text_starts(action->kind, "desk.") || text_starts(action->kind, "ticket."));
}

void sight_send(struct turn *turn, struct action *action, const struct incident *incident,
                const struct place *place)
{
    char name[INCIDENT_NAME];
    if (leaves_drill(action, incident)) {
        log_info("withheld %s: %s is a drill", action->kind, incident_name(incident->id, name));
        return;
    }
    if (!says_nothing(action) && !sight_place_sees(turn_core(turn), incident, place)) {
        log_info("withheld %s: %s is private", action->kind, incident_name(incident->id, name));
        return;
    }
    action->connector = (char *)(uintptr_t)place->connector;
    turn_send(turn, action, incident);
}

#define CLOSED_UP_TO "closed up to" /* key of a DOC_META */

/* About an incident that this turn declares, nothing waits that somebody could see too early. */
static void follow_opening(struct turn *turn, const struct event *event, const struct incident *incident)
{
    bool joined = event->type == EVENT_MEMBER && event->flag && incident->private && incident->entries.n &&
                  incident->entries.v[0].at != turn_now(turn);
    if (joined || event->type == EVENT_PERSON_LINKED || (event->type == EVENT_PRIVATE && !event->flag))
        sight_of(turn_core(turn))->let_in = turn_number(turn);
}

bool sight_must_wait(const struct core *core)
{
    return !turn_is_reported(core, sight_of(core)->let_in);
}

/* Runs as soon as the event is folded: actions that are queued later in the same turn already know that it is closed. */
static void follow_closing(struct turn *turn, const struct event *event, const struct incident *incident)
{
    follow_opening(turn, event, incident);
    bool shuts = event->type == EVENT_PRIVATE || (event->type == EVENT_MEMBER && !event->flag);
    bool parts = event->type == EVENT_PERSON_UNLINKED;
    if (!parts && !(shuts && incident->private))
        return;
    struct sight *sight = sight_of(turn_core(turn));
    sight->closed_up_to = outbox_last_id(core_outbox(turn_core(turn)));
    CLEANUP_FREE char *text = xasprintf("%" PRIu64, sight->closed_up_to);
    batch_doc(turn_batch(turn), DOC_META, CLOSED_UP_TO, text);
}

static int sight_load(struct core *core, struct error *err)
{
    struct journal_doc doc;
    int rc = journal_doc(core_journal(core), DOC_META, CLOSED_UP_TO, &doc, err);
    if (rc)
        return rc == ERR_NOT_FOUND ? 0 : rc;
    sight_of(core)->closed_up_to = strtoull(doc.body, NULL, 10);
    journal_doc_finish(&doc);
    return 0;
}

static void sight_unload(struct core *core)
{
    struct sight *sight = sight_of(core);
    said_finish(&sight->said);
    *sight = (struct sight){0};
}

static void sight_forget(struct core *core, uint64_t incident)
{
    said_forget(&sight_of(core)->said, incident);
}

const struct part sight_part = {
    .name = "sight",
    .state_size = sizeof(struct sight),
    .load = sight_load,
    .unload = sight_unload,
    .forget = sight_forget,
    .folded = follow_closing,
};
