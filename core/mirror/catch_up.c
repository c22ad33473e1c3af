/* What a room misses: everything said before it was opened, or all that waits when its platform is back. A few messages are copied
   one by one; of many there is one digest, since nobody reads a hundred messages that come at once. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/markup.h"
#include "delivery/words.h"
#include "engine/fold.h"
#include "mirror/inside.h"
#include "sight/sight.h"
#include "turn/live.h"

#define ONE_BY_ONE   20
#define DIGEST_LINES 100 /* the latest ones */

/* ---- the digest ---- */

static void add_lines(const struct core *core, const event_list *missed, struct str *out)
{
    size_t from = missed->n > DIGEST_LINES ? missed->n - DIGEST_LINES : 0;
    if (from)
        str_addf(out, "\n- (the first %zu are left out; `timeline` has them)", from);
    for (size_t i = from; i < missed->n; i++)
        words_line(core, &missed->v[i], out);
}

static void post_digest(struct turn *turn, const struct incident *incident, const struct room *room,
                        const event_list *missed, const char *when)
{
    CLEANUP_STR struct str body = {0}, text = {0};
    CLEANUP_FREE char *key = turn_key_as(turn, "digest:");
    struct json_out j = {&body, false};
    str_addf(&text, "**%zu messages were written elsewhere %s:**", missed->n, when);
    add_lines(turn_core(turn), missed, &text);
    json_begin_object(&j);
    json_put_text(&j, "channel", room->channel);
    json_put_text(&j, "text", text.p);
    copy_send(turn, incident, room, &j, &(struct action){.key = key, .kind = "post"});
    for (size_t i = 0; i < missed->n; i++) {
        struct original said = original_of(&missed->v[i]);
        copies_remember_original(turn, &said);
        copies_done(turn, &said, room, "");
        original_finish(&said);
    }
}

/* ---- what is missed ---- */

struct reading {
    struct core *core;
    const struct room *room;
    bool (*misses)(const struct reading *r, const struct event *said, bool gives);
    struct incident *then; /* the incident as it was when that was said; NULL: no matter */
    const struct run *run; /* of copies that wait; NULL: no matter */
    uint64_t up_to;        /* what is durable was read up to this version */
    event_list missed;     /* as it reads now */
};

/* Where it was said, and what it answers, stay as they were. A deleted message is not missed. */
static void keep(struct reading *r, const struct event *event)
{
    struct event now = sight_event_seen(r->core, event, NULL);
    if (now.text) {
        struct event *missed = array_add(&r->missed);
        event_copy(missed, event);
        replace_text(&missed->text, now.text);
    }
    event_finish(&now);
}

static bool is_copied(const struct event *event)
{
    return event->type == EVENT_SAID && event->name && event->value && !text_starts(event->by, BY_APP);
}

static bool gives(const struct reading *r, const struct event *event)
{
    struct original said = original_of(event);
    struct room origin = {said.connector, said.channel};
    bool gives = mirror_takes(r->core, r->then, &origin) && mirror_takes(r->core, r->then, r->room);
    original_finish(&said);
    return gives;
}

static bool take_durable(void *ctx, const struct journal_event *row)
{
    struct reading *r = ctx;
    struct event event;
    r->up_to = row->version;
    if ((!r->then && event_type_parse(row->type) != EVENT_SAID) || turn_event_of_row(row, &event, NULL))
        return true;
    if (is_copied(&event) && r->misses(r, &event, !r->then || gives(r, &event)))
        keep(r, &event);
    if (r->then)
        fold(r->then, &event);
    event_finish(&event);
    return true;
}

static void take_change(struct reading *r, const struct event *change)
{
    for (size_t i = 0; i < r->missed.n; i++) {
        struct event *said = &r->missed.v[i];
        if (!text_equal(said->name, change->name) || !text_equal(said->value, change->value))
            continue;
        if (change->type == EVENT_SAID_DELETED) {
            event_finish(said);
            array_remove(&r->missed, i);
        } else if (change->count >= said->count) {
            replace_text(&said->text, change->text);
            said->count = change->count; /* of the newest edit, as the platform numbers them */
        }
        return;
    }
}

static void take_recent(struct reading *r, const struct recent_event *recent)
{
    if (recent->event.type != EVENT_SAID)
        take_change(r, &recent->event);
    else if (is_copied(&recent->event) && r->misses(r, &recent->event, recent->gives))
        event_copy(array_add(&r->missed), &recent->event);
}

/* Everything of the incident after that version. */
static int read_missed(struct reading *r, uint64_t incident, uint64_t after)
{
    char name[INCIDENT_NAME];
    const struct recent *recent = &mirror_of(r->core)->recent;
    int rc = journal_read_stream(core_journal(r->core), incident_name(incident, name), after, 0, take_durable,
                                 r, NULL);
    for (size_t i = 0; i < recent->events.n; i++) {
        const struct event *event = &recent->events.v[i].event;
        if (event->incident == incident && event->version > MAX(after, r->up_to))
            take_recent(r, &recent->events.v[i]);
        else if (event->incident != incident && event->type != EVENT_SAID)
            take_change(r, event); /* while it was merged into that one */
    }
    return rc;
}

/* ---- a room was opened, or is used again ---- */

static bool misses_copy(const struct reading *r, const struct event *event, bool gives)
{
    struct original said = original_of(event);
    CLEANUP_FREE char *copy = NULL;
    bool here = text_equal(said.connector, r->room->connector) &&
                (!said.channel || text_equal(said.channel, r->room->channel));
    bool misses = !here && gives && copies_find(r->core, &said, r->room, &copy) == COPY_NONE;
    original_finish(&said);
    return misses;
}

void catch_up_opened(struct turn *turn, const struct incident *incident, const struct room *room)
{
    struct reading r = {.core = turn_core(turn), .room = room, .misses = misses_copy};
    struct place place = {.connector = room->connector, .channel = room->channel};
    if (!incident->activity.said || !sight_place_sees(r.core, incident, &place) ||
        !mirror_takes(r.core, incident, room))
        return;
    r.then = incident_create(incident->id);
    read_missed(&r, incident->id, 0);
    incident_destroy(r.then);
    if (r.missed.n > ONE_BY_ONE)
        post_digest(turn, incident, room, &r.missed, "before this room was opened");
    else
        for (size_t i = 0; i < r.missed.n; i++)
            copy_post(turn, incident, &r.missed.v[i], room);
    event_list_finish(&r.missed);
}

/* ---- a platform is back ---- */

struct waiting { /* an action that copies, or that changes a copy which waits, too */
    uint64_t action, incident, version;
    char *channel;
    bool copies;
};

typedef ARRAY(struct waiting) waiting_list;

struct back {
    const char *connector;
    waiting_list waiting;
};

static char *channel_of(const struct action *action)
{
    CLEANUP_JSON cJSON *body = NULL;
    json_parse(action->body, strlen(action->body), SIZE_MAX, JSON_DEPTH, "action", &body, NULL);
    return xstrdup(json_text_or(body, "channel", NULL));
}

static bool is_copy(const struct action *action, const struct waiting *w)
{
    struct original said = {.incident = w->incident, .version = w->version};
    CLEANUP_FREE char *key = copy_key(&said, &(struct room){action->connector, w->channel});
    return strcmp(key, action->key) == 0;
}

/* One that was attempted, or waited when tocsind stopped, may have arrived; it goes on by itself, and the connector looks it up. */
static bool take_waiting(void *ctx, const struct action *action)
{
    struct back *back = ctx;
    struct waiting w = {.action = action->id};
    if (action->state != ACTION_WAITING || action->attempts || action->unsure ||
        !text_equal(action->connector, back->connector) || !copy_key_read(action->key, &w.incident, &w.version))
        return true;
    w.channel = channel_of(action);
    w.copies = w.channel && is_copy(action, &w);
    if (w.channel)
        *array_add(&back->waiting) = w;
    return true;
}

/* By room, then in the order in which it was said; a copy before its changes. */
static int by_room(const void *a, const void *b)
{
    const struct waiting *x = a, *y = b;
    if (x->incident != y->incident)
        return x->incident < y->incident ? -1 : 1;
    int rc = strcmp(x->channel, y->channel);
    if (rc || x->version != y->version)
        return rc ? rc : x->version < y->version ? -1 : 1;
    return x->action < y->action ? -1 : x->action > y->action;
}

static bool is_same_room(const struct waiting *a, const struct waiting *b)
{
    return a->incident == b->incident && strcmp(a->channel, b->channel) == 0;
}

/* Copies, and changes of them. A change of what stands there already goes on by itself. */
static void choose(const struct back *back, waiting_list *ret)
{
    const struct waiting *copy = NULL;
    for (size_t i = 0; i < back->waiting.n; i++) {
        const struct waiting *w = &back->waiting.v[i];
        copy = w->copies ? w : copy;
        if (copy && is_same_room(copy, w) && copy->version == w->version)
            *array_add(ret) = *w;
    }
}

struct run { /* what waits for one room */
    const struct waiting *v;
    size_t n, copies;
};

static int by_version(const void *key, const void *member)
{
    uint64_t a = *(const uint64_t *)key, b = ((const struct waiting *)member)->version;
    return a < b ? -1 : a > b;
}

static bool waits(const struct reading *r, const struct event *said, bool gives)
{
    (void)gives; /* it did when the copy was queued */
    return bsearch(&said->version, r->run->v, r->run->n, sizeof(*r->run->v), by_version);
}

static void withdraw(struct turn *turn, const struct run *run)
{
    for (size_t i = run->n; i-- > 0;)
        outbox_withdraw(core_outbox(turn_core(turn)), run->v[i].action, turn_batch(turn));
    turn_covers_actions(turn);
}

static void digest_run(struct turn *turn, const char *connector, const struct run *run)
{
    const struct incident *incident = live_incident(turn_core(turn), run->v->incident);
    struct room room = {connector, run->v->channel};
    struct reading r = {.core = turn_core(turn), .room = &room, .misses = waits, .run = run};
    CLEANUP_STR struct str when = {0};
    if (incident && read_missed(&r, incident->id, run->v->version - 1) == 0) {
        withdraw(turn, run);
        str_add(&when, "while ");
        words_begin_with(connector, &when);
        str_add(&when, " could not be reached");
        if (r.missed.n)
            post_digest(turn, incident, &room, &r.missed, when.p);
    }
    event_list_finish(&r.missed);
}

static struct run run_at(const waiting_list *waiting, size_t from)
{
    struct run run = {.v = &waiting->v[from]};
    for (; from + run.n < waiting->n && is_same_room(run.v, &run.v[run.n]); run.n++)
        run.copies += run.v[run.n].copies;
    return run;
}

static void digest_runs(struct turn *turn, const char *connector, const waiting_list *waiting)
{
    for (size_t i = 0; i < waiting->n;) {
        struct run run = run_at(waiting, i);
        i += run.n;
        if (run.copies > ONE_BY_ONE)
            digest_run(turn, connector, &run);
    }
}

void catch_up_back(struct turn *turn, const char *connector)
{
    struct back back = {.connector = connector};
    waiting_list chosen = {0};
    outbox_each(core_outbox(turn_core(turn)), take_waiting, &back);
    if (back.waiting.n)
        qsort(back.waiting.v, back.waiting.n, sizeof(*back.waiting.v), by_room);
    choose(&back, &chosen);
    digest_runs(turn, connector, &chosen);
    for (size_t i = 0; i < back.waiting.n; i++)
        free(back.waiting.v[i].channel);
    array_free(&back.waiting);
    array_free(&chosen);
}
