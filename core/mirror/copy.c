/* What is said, changed or deleted in one room is said, changed or deleted in the others. */
#include <inttypes.h>
#include <string.h>

#include <tocsin/connector.h>

#include "base/json.h"
#include "delivery/link.h"
#include "mirror/inside.h"
#include "sight/sight.h"
#include "turn/live.h"

struct copying {
    struct turn *turn;
    const struct incident *incident;
    const struct event *event;
    const struct original *said;   /* whose copies are posted, or changed */
    const struct original *thread; /* what it replies to; NULL: nothing that other rooms know */
    const char *card;              /* the card that it replies to, as the message in its own room; NULL: none */
    bool in_thread;
};

/* ---- one action ---- */

void copy_send(struct turn *turn, const struct incident *incident, const struct room *room,
               struct json_out *body, struct action *action)
{
    struct place place = {.connector = room->connector, .channel = room->channel};
    CLEANUP_FREE char *order = place_order(incident, &place);
    json_end_object(body);
    action->body = body->out->p;
    action->channel = action->channel ? action->channel : order;
    action->lane = LANE_ROOM;
    sight_send(turn, action, incident, &place);
}

static struct json_out begin(const struct room *room, struct str *body)
{
    struct json_out j = {body, false};
    json_begin_object(&j);
    json_put_text(&j, "channel", room->channel);
    return j;
}

/* ---- said ---- */

static const char *card_in(const struct incident *incident, const struct room *room)
{
    for (size_t i = 0; i < incident->places.cards.n; i++) {
        const struct state_card *card = &incident->places.cards.v[i];
        if (text_equal(card->connector, room->connector) && text_equal(card->channel, room->channel))
            return card->message;
    }
    return NULL;
}

/* The message in that room that it replies to, or the key of the action that posts it. */
static enum copy_state find_thread(const struct copying *c, const struct room *room, char **ret)
{
    struct core *core = turn_core(c->turn);
    if (!link_can(core, room->connector, TOCSIN_CAN_THREAD))
        return COPY_NONE;
    const char *there = c->card ? card_in(c->incident, room) : NULL;
    if (c->thread && text_equal(c->thread->connector, room->connector) &&
        text_equal(c->thread->channel, room->channel))
        there = c->thread->message;
    *ret = xstrdup(there);
    return there ? COPY_DONE : c->thread ? copies_find(core, c->thread, room, ret) : COPY_NONE;
}

static void say(void *ctx, const struct room *room)
{
    const struct copying *c = ctx;
    CLEANUP_STR struct str body = {0}, words = {0};
    CLEANUP_FREE char *key = copy_key(c->said, room), *under = NULL;
    enum copy_state thread = c->in_thread ? find_thread(c, room, &under) : COPY_NONE;
    struct action action = {.key = key, .kind = "post"};
    struct json_out j = begin(room, &body);
    if (thread == COPY_DONE)
        json_put_text_if(&j, "thread", under);
    if (thread == COPY_UNDER_WAY)
        action.reference = (struct action_reference){under, "thread"};
    words_copied(turn_core(c->turn), c->event, c->in_thread && !under, &words);
    json_put_text(&j, "text", words.p);
    copy_send(c->turn, c->incident, room, &j, &action);
}

static bool is_card(const struct incident *incident, const char *connector, const char *message)
{
    for (size_t i = 0; i < incident->places.cards.n; i++) {
        if (text_equal(incident->places.cards.v[i].connector, connector) &&
            text_equal(incident->places.cards.v[i].message, message))
            return true;
    }
    return false;
}

/* Calls `on` with what there is to copy, for each room that `each` chooses. */
static void with_thread(struct copying *c, void (*each)(struct copying *c, const void *arg), const void *arg)
{
    CLEANUP_JSON cJSON *data = NULL;
    struct original thread = {0};
    const struct event *event = c->event;
    if (event->data)
        json_parse(event->data, strlen(event->data), SIZE_MAX, JSON_DEPTH, "data", &data, NULL);
    const char *under = json_text_or(data, "thread", NULL);
    c->in_thread = under && !text_equal(under, event->value);
    if (c->in_thread && is_card(c->incident, event->name, under))
        c->card = under;
    else if (c->in_thread && copies_original(turn_core(c->turn), event->name, under, &thread))
        c->thread = &thread;
    each(c, arg);
    c->thread = NULL;
    original_finish(&thread);
}

static void say_in_all(struct copying *c, const void *arg)
{
    (void)arg;
    struct room origin = {c->said->connector, c->said->channel};
    mirror_rooms(turn_core(c->turn), c->incident, &origin, say, c);
}

static void say_in_one(struct copying *c, const void *room)
{
    say(c, room);
}

void copy_post(struct turn *turn, const struct incident *incident, const struct event *event,
               const struct room *room)
{
    struct original said = original_of(event);
    struct copying c = {.turn = turn, .incident = incident, .event = event, .said = &said};
    copies_remember_original(turn, &said);
    with_thread(&c, say_in_one, room);
    original_finish(&said);
}

static void see_another(void *ctx, const struct room *room)
{
    (void)room;
    *(bool *)ctx = true;
}

static void follow_said(struct turn *turn, const struct event *event, const struct incident *incident)
{
    struct original said = original_of(event);
    struct copying c = {.turn = turn, .incident = incident, .event = event, .said = &said};
    struct room origin = {said.connector, said.channel};
    bool any = false;
    mirror_rooms(turn_core(turn), incident, &origin, see_another, &any);
    if (any) {
        copies_remember(turn, said.connector, said.message, &said);
        with_thread(&c, say_in_all, NULL);
    }
    original_finish(&said);
}

/* ---- changed and deleted ---- */

/* Where a message cannot be changed, or there is none to change, a new one says it. */
static void say_anew(const struct copying *c, const struct room *room, char *key)
{
    CLEANUP_STR struct str body = {0}, words = {0};
    struct json_out j = begin(room, &body);
    words_copied(turn_core(c->turn), c->event, false, &words);
    json_put_text(&j, "text", words.p);
    copy_send(c->turn, c->incident, room, &j, &(struct action){.key = key, .kind = "post"});
}

/* The words that its copies have from now on. */
static void put_words(const struct copying *c, struct json_out *j)
{
    CLEANUP_STR struct str words = {0};
    struct event now = *c->event;
    now.type = now.type == EVENT_SAID_EDITED ? EVENT_SAID : now.type;
    words_copied(turn_core(c->turn), &now, false, &words);
    json_put_text(j, "text", words.p);
}

static void change(void *ctx, const struct room *room)
{
    const struct copying *c = ctx;
    struct core *core = turn_core(c->turn);
    CLEANUP_STR struct str body = {0};
    CLEANUP_FREE char *copy = NULL, *of = copy_key(c->said, room);
    CLEANUP_FREE char *key = xasprintf("%s:%" PRIu64, of, c->event->version);
    enum copy_state state = copies_find(core, c->said, room, &copy);
    bool goes = c->event->type == EVENT_SAID_DELETED && link_can(core, room->connector, TOCSIN_CAN_DELETE),
         changes = goes || link_can(core, room->connector, TOCSIN_CAN_EDIT);
    if (state == COPY_NONE)
        return;
    if (!changes || text_empty(copy)) {
        say_anew(c, room, key);
        return;
    }
    const struct action *posted = outbox_get(core_outbox(core), of);
    CLEANUP_FREE char *order =
        xstrdup(posted ? posted->channel : NULL); /* that of the copy, whatever was merged since */
    struct action action = {.key = key, .kind = goes ? "delete" : "edit", .channel = order};
    struct json_out j = begin(room, &body);
    if (state == COPY_DONE)
        json_put_text(&j, "message", copy);
    else
        action.reference = (struct action_reference){copy, "message"};
    if (!goes)
        put_words(c, &j);
    copy_send(c->turn, c->incident, room, &j, &action);
}

/* New words stay where copies are off. That they are gone is known wherever they were. */
static void follow_change(struct copying *c, struct original *said)
{
    struct room origin = {said->connector, said->channel};
    bool gone = c->event->type == EVENT_SAID_DELETED;
    said->order = gone ? COPIES_GONE : c->event->count;
    copies_remember(c->turn, said->connector, said->message, said);
    (gone ? mirror_others : mirror_rooms)(turn_core(c->turn), c->incident, &origin, change, c);
}

static void remember_recent(struct turn *turn, const struct event *event, const struct incident *incident)
{
    struct original said = original_of(event);
    struct room origin = {said.connector, said.channel};
    bool gives = mirror_takes(turn_core(turn), incident, &origin) && incident->places.mirrored != MIRRORED_OFF;
    recent_add(turn_core(turn), event, gives);
    original_finish(&said);
}

static bool is_change(const struct event *event)
{
    return event->type == EVENT_SAID_EDITED || event->type == EVENT_SAID_DELETED;
}

/* Edits may come in another order than they were made in, and a deletion is final. */
static bool is_stale(const struct event *event, const struct original *said)
{
    return event->type == EVENT_SAID_EDITED && event->count < said->order;
}

void copy_follow(struct turn *turn, const struct event *event, const struct incident *incident)
{
    struct original said = {0};
    struct copying c = {.turn = turn, .incident = incident, .event = event, .said = &said};
    if ((!is_change(event) && event->type != EVENT_SAID) || !event->name || !event->value ||
        text_starts(event->by, BY_APP))
        return;
    bool changes = is_change(event) && copies_original(turn_core(turn), event->name, event->value, &said);
    if (!is_stale(event, &said))
        remember_recent(turn, event, incident);
    if (event->type == EVENT_SAID)
        follow_said(turn, event, incident);
    else if (changes && !is_stale(event, &said))
        follow_change(&c, &said);
    original_finish(&said); /* unknown: no other room has it */
}

/* ---- outcomes ---- */

struct finding {
    uint64_t version;
    struct event event;
    bool found;
};

static bool take_said(void *ctx, const struct journal_event *row)
{
    struct finding *finding = ctx;
    finding->found = event_type_parse(row->type) == EVENT_SAID && row->version == finding->version &&
                     !turn_event_of_row(row, &finding->event, NULL);
    return false;
}

/* The event was durable before its copies left. */
static bool find_said(struct core *core, uint64_t incident, uint64_t version, struct event *ret)
{
    char name[INCIDENT_NAME];
    struct finding finding = {.version = version};
    journal_read_stream(core_journal(core), incident_name(incident, name), version - 1, 1, take_said, &finding,
                        NULL);
    if (finding.found)
        *ret = finding.event;
    return finding.found;
}

/* What it says by now; false: it was deleted. Changes of the copy that was not posted are gone with it. */
static bool words_now(struct core *core, const struct event *event, struct str *out)
{
    struct event now = sight_event_seen(core, event, NULL);
    bool there = now.text != NULL;
    if (there)
        words_copied(core, &now, true, out);
    event_finish(&now);
    return there;
}

/* The message that a reply belongs under was not posted: the reply is, without it. */
static void say_outside_thread(struct turn *turn, const struct action *action, const cJSON *body,
                               const struct event *said)
{
    CLEANUP_FREE char *key = xasprintf("%s" COPY_ALONE, action->key);
    struct room room = {action->connector, json_text_or(body, "channel", NULL)};
    const struct incident *incident = turn_incident(turn, action->incident);
    CLEANUP_STR struct str text = {0}, words = {0};
    struct json_out j = begin(&room, &text);
    if (incident && words_now(turn_core(turn), said, &words)) {
        json_put_text(&j, "text", str_text(&words));
        copy_send(turn, incident, &room, &j, &(struct action){.key = key, .kind = "post"});
    }
    outbox_drop(core_outbox(turn_core(turn)), action->id, turn_batch(turn), NULL);
}

static void copied(struct turn *turn, const struct action *action, const cJSON *body, const struct event *event)
{
    struct room room = {action->connector, json_text_or(body, "channel", NULL)};
    bool orphan =
        action->state == ACTION_DEAD && action->reference.key && strcmp(action->reference.as, "thread") == 0;
    struct original said = original_of(event);
    if (orphan)
        say_outside_thread(turn, action, body, event);
    else if (action->state == ACTION_DONE && room.channel && !text_empty(action->outcome.remote_id) &&
             event->type == EVENT_SAID)
        copies_done(turn, &said, &room, action->outcome.remote_id);
    original_finish(&said);
}

void copy_outcome(struct turn *turn, const struct action *action, const cJSON *body)
{
    uint64_t incident, version;
    struct event event;
    bool over = action->state == ACTION_DEAD || action->state == ACTION_DONE;
    if (!over || strcmp(action->kind, "post") != 0 || !copy_key_read(action->key, &incident, &version) ||
        !find_said(turn_core(turn), incident, version, &event))
        return;
    copied(turn, action, body, &event);
    event_finish(&event);
}
