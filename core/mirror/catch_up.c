/* What a room misses: everything said before it was opened, or all that waits when its platform is back. A few messages are copied
   one by one; of many there is one digest, since nobody reads a hundred messages that come at once. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/markup.h"
#include "delivery/words.h"
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
        copies_remember(turn, said.connector, said.message, &said);
        copies_done(turn, &said, room, "");
        original_finish(&said);
    }
}

/* ---- a room was opened, or is used again ---- */

struct reading {
    struct core *core;
    const struct incident *incident;
    const struct room *room;
    event_list missed;
};

static bool is_missed(const struct reading *r, const struct event *event)
{
    struct original said = original_of(event);
    struct room origin = {said.connector, said.channel};
    CLEANUP_FREE char *copy = NULL;
    bool here = text_equal(origin.connector, r->room->connector) &&
                (!origin.channel || text_equal(origin.channel, r->room->channel));
    bool missed = !here && mirror_takes(r->core, r->incident, &origin) &&
                  copies_find(r->core, &said, r->room, &copy) == COPY_NONE;
    original_finish(&said);
    return missed;
}

/* Keeps what the event says now; a deleted message is not missed. */
static void keep(struct core *core, event_list *list, const struct event *event)
{
    struct event now = sight_event_seen(core, event, NULL);
    if (now.text)
        *array_add(list) = now;
    else
        event_finish(&now);
}

static bool take_missed(void *ctx, const struct journal_event *row)
{
    struct reading *r = ctx;
    struct event event;
    if (event_type_parse(row->type) != EVENT_SAID || turn_event_of_row(row, &event, NULL))
        return true;
    if (event.name && event.value && !text_starts(event.by, BY_APP) && is_missed(r, &event))
        keep(r->core, &r->missed, &event);
    event_finish(&event);
    return true;
}

void catch_up_opened(struct turn *turn, const struct incident *incident, const struct room *room)
{
    char name[INCIDENT_NAME];
    struct reading r = {turn_core(turn), incident, room, {0}};
    struct place place = {.connector = room->connector, .channel = room->channel};
    if (!incident->activity.said || incident->places.channels.n < 2 ||
        !sight_place_sees(r.core, incident, &place) || !mirror_takes(r.core, incident, room))
        return;
    journal_read_stream(core_journal(r.core), incident_name(incident->id, name), 0, 0, take_missed, &r, NULL);
    if (r.missed.n > ONE_BY_ONE)
        post_digest(turn, incident, room, &r.missed, "before this room was opened");
    else
        for (size_t i = 0; i < r.missed.n; i++)
            copy_post(turn, incident, &r.missed.v[i], room);
    event_list_finish(&r.missed);
}

/* ---- a platform is back ---- */

struct waiting { /* an action that copies, or changes a copy that waits, too */
    uint64_t action, incident, version;
    char *channel;
    bool post;
};

struct back {
    const char *connector;
    ARRAY(struct waiting) waiting;
};

static char *channel_of(const struct action *action)
{
    CLEANUP_JSON cJSON *body = NULL;
    json_parse(action->body, strlen(action->body), SIZE_MAX, JSON_DEPTH, "action", &body, NULL);
    return xstrdup(json_text_or(body, "channel", NULL));
}

/* One that was attempted may have arrived; it goes on by itself. */
static bool take_waiting(void *ctx, const struct action *action)
{
    struct back *back = ctx;
    struct waiting w = {.action = action->id, .post = strcmp(action->kind, "post") == 0};
    if (action->state != ACTION_WAITING || action->attempts ||
        !text_equal(action->connector, back->connector) ||
        !copy_key_read(action->key, &w.incident, &w.version) || (!w.post && !action->reference.key))
        return true;
    w.channel = channel_of(action);
    if (w.channel)
        *array_add(&back->waiting) = w;
    return true;
}

/* By room, then in the order in which it was said. */
static int by_room(const void *a, const void *b)
{
    const struct waiting *x = a, *y = b;
    if (x->incident != y->incident)
        return x->incident < y->incident ? -1 : 1;
    int rc = strcmp(x->channel, y->channel);
    return rc ? rc : x->version < y->version ? -1 : x->version > y->version;
}

struct run { /* what waits for one room */
    struct core *core;
    const struct waiting *v;
    size_t n;
    uint64_t up_to; /* what is durable was read up to this version */
    event_list missed;
};

static int by_version(const void *key, const void *member)
{
    uint64_t a = *(const uint64_t *)key, b = ((const struct waiting *)member)->version;
    return a < b ? -1 : a > b;
}

static bool take_waiting_said(void *ctx, const struct journal_event *row)
{
    struct run *run = ctx;
    struct event event;
    run->up_to = row->version;
    if (event_type_parse(row->type) != EVENT_SAID ||
        !bsearch(&row->version, run->v, run->n, sizeof(*run->v), by_version) ||
        turn_event_of_row(row, &event, NULL))
        return true;
    keep(run->core, &run->missed, &event);
    event_finish(&event);
    return true;
}

/* What is not durable yet goes by itself. */
static void withdraw(struct turn *turn, const struct run *run)
{
    for (size_t i = run->n; i-- > 0;) {
        if (run->v[i].version <= run->up_to)
            outbox_withdraw(core_outbox(run->core), run->v[i].action, turn_batch(turn));
    }
    turn_covers_actions(turn);
}

static void digest_run(struct turn *turn, const char *connector, struct run *run)
{
    const struct incident *incident = live_incident(run->core, run->v->incident);
    struct room room = {connector, run->v->channel};
    CLEANUP_STR struct str when = {0};
    char name[INCIDENT_NAME];
    if (!incident)
        return;
    journal_read_stream(core_journal(run->core), incident_name(incident->id, name), run->v->version - 1, 0,
                        take_waiting_said, run, NULL);
    withdraw(turn, run);
    str_add(&when, "while ");
    words_begin_with(connector, &when);
    str_add(&when, " could not be reached");
    if (run->missed.n)
        post_digest(turn, incident, &room, &run->missed, when.p);
    event_list_finish(&run->missed);
}

static size_t count_posts(const struct run *run)
{
    size_t n = 0;
    for (size_t i = 0; i < run->n; i++)
        n += run->v[i].post;
    return n;
}

static struct run run_at(struct turn *turn, const struct back *back, size_t from)
{
    const struct waiting *all = back->waiting.v;
    struct run run = {.core = turn_core(turn), .v = &all[from]};
    while (from + run.n < back->waiting.n && all[from + run.n].incident == all[from].incident &&
           strcmp(all[from + run.n].channel, all[from].channel) == 0)
        run.n++;
    return run;
}

void catch_up_back(struct turn *turn, const char *connector)
{
    struct back back = {.connector = connector};
    outbox_each(core_outbox(turn_core(turn)), take_waiting, &back);
    if (back.waiting.n)
        qsort(back.waiting.v, back.waiting.n, sizeof(*back.waiting.v), by_room);
    for (size_t i = 0; i < back.waiting.n;) {
        struct run run = run_at(turn, &back, i);
        i += run.n;
        if (count_posts(&run) > ONE_BY_ONE)
            digest_run(turn, connector, &run);
    }
    for (size_t i = 0; i < back.waiting.n; i++)
        free(back.waiting.v[i].channel);
    array_free(&back.waiting);
}
