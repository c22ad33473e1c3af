/*
 * An approved message on its way to those whom it goes to, few or thousands.
 *
 * The approval keeps who gets it, a document each (standing.h). Ticks then queue a part of them at a time, so that no turn is long, and
 * pages overtake. Whoever stops it keeps the rest from leaving: what waits is withdrawn, what is with a connector runs its course.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/markup.h"
#include "comms/comms.h"
#include "comms/progress.h"
#include "rooms/rooms.h"
#include "customers/customers.h"
#include "impact/impact.h"
#include "delivery/link.h"
#include "turn/live.h"

#define AT_ONCE     100           /* recipients that one turn queues or withdraws */
#define CHECK_EVERY (30 * SECOND) /* whether what is under way is still in the outbox */

static void queue_some(struct turn *turn, struct sending *s, const struct incident *incident)
{
    const struct state_draft *draft = incident_draft(incident, s->draft);
    for (size_t n = 0; n < AT_ONCE && s->next < s->all.n; n++) {
        struct addressee *a = &s->all.v[s->next++];
        a->queued = true;
        telling_one(turn, incident, draft, a->key);
    }
}

static void begin(struct turn *turn, const struct incident *incident, int64_t draft, const recipient_list *to)
{
    struct sending *s = progress_get(comms_of(turn_core(turn)), incident->id, draft);
    for (size_t i = 0; i < to->n; i++) {
        const char *key = to->v[i].record ? to->v[i].record->key : to->v[i].key;
        progress_add(s, key, false);
        standing_put(turn, incident->id, draft, key, &(struct standing){.state = STANDING_WAITING});
    }
    if (to->n < MANY_FROM)
        queue_some(turn, s, incident);
    core_due(turn_core(turn), turn_now(turn));
}

static void say_nobody(struct turn *turn, const struct incident *incident, const char *audience)
{
    CLEANUP_STR struct str text = {0};
    CLEANUP_FREE char *key = turn_key(turn);
    str_add(&text, "Nobody was told: no connector that reaches customers is set up.");
    telling_advice(incident, audience, &text);
    rooms_say_incident(turn, incident->id, key, NULL, text.p);
}

/* Of a crowd that is only estimated, the others are not known by key. */
static void say_unknown(struct turn *turn, const struct incident *incident, const struct event *approved,
                        size_t n)
{
    CLEANUP_STR struct str text = {0};
    CLEANUP_FREE char *key = turn_key(turn);
    if (!audience_is_many(approved->name) || !incident->affected.estimated)
        return;
    str_addf(&text, "Message %" PRId64 " goes to ", approved->count);
    impact_number((int64_t)n, false, &text);
    str_add(&text, " customers. The incident affects ");
    impact_number(incident_customers(incident), true, &text);
    str_add(&text,
            ", but Tocsin does not know who the others are: reach them another way, such as a status page.");
    rooms_say_incident(turn, incident->id, key, NULL, text.p);
}

void sending_approved(struct turn *turn, const struct incident *incident, const struct event *approved)
{
    recipient_list list = {0};
    if (!comms_reaches_customers(turn_core(turn), incident)) {
        say_nobody(turn, incident, approved->name);
        return;
    }
    recipients_of(turn_core(turn), incident, approved->name, &list);
    CLEANUP_FREE char *count = xasprintf("%zu", list.n);
    struct command command = {
        .verb = "sending", .by = BY_SYSTEM, .automatic = true, .count = approved->count, .value = count};
    turn_do(turn, incident->id, &command, NULL, NULL);
    begin(turn, incident, approved->count, &list);
    say_unknown(turn, incident, approved, list.n);
    recipients_finish(&list);
}

/* Counts those who did not get it, after it was stopped. */
static void withdraw_some(struct turn *turn, struct sending *s)
{
    size_t n = 0;
    int64_t withdrawn = 0;
    ARRAY(const char *) gone = {0};
    for (; n < AT_ONCE && s->stopped_up_to < s->all.n; n++) {
        const struct addressee *a = &s->all.v[s->stopped_up_to++];
        if (a->ended || !telling_withdraw(turn, s->incident, s->draft, a->key))
            continue;
        *array_add(&gone) = a->key;
        withdrawn++;
    }
    s->next = s->all.n;
    if (withdrawn) {
        CLEANUP_FREE char *count = xasprintf("%" PRId64, withdrawn);
        struct command command = {
            .verb = "withdrawn", .by = BY_SYSTEM, .automatic = true, .count = s->draft, .value = count};
        turn_do(turn, s->incident, &command, NULL, NULL);
        turn_covers_actions(turn);
    }
    for (size_t i = 0; i < gone.n; i++)
        progress_ended(turn, s->incident, s->draft, gone.v[i], STANDING_WITHDRAWN);
    array_free(&gone);
}

bool sending_pointless(struct core *core, const struct action *action)
{
    const struct incident *incident =
        strcmp(action->kind, "desk.tell") == 0 ? live_incident(core, action->incident) : NULL;
    const char *slash = incident ? strchr(action->key, '/') : NULL;
    const struct state_draft *draft = slash ? incident_draft(incident, strtoll(slash + 1, NULL, 10)) : NULL;
    return draft && (draft->reach.stopped || !telling_is_wished(core, incident, action));
}

/* ---- ticks ---- */

static bool is_stopped(const struct core *core, const struct sending *s)
{
    const struct incident *incident = live_incident(core, s->incident);
    const struct state_draft *draft = incident ? incident_draft(incident, s->draft) : NULL;
    return !draft || draft->reach.stopped;
}

/* An action that a person drops, or that goes with its connector, has no outcome. */
static void check(struct turn *turn, struct sending *s, const struct incident *incident)
{
    const struct state_draft *draft = incident_draft(incident, s->draft);
    s->check_at = turn_now(turn) + CHECK_EVERY;
    if (is_stopped(turn_core(turn), s)) {
        s->stopped_up_to = 0; /* what was with a connector may wait again */
        return;
    }
    for (size_t i = 0; i < s->next; i++) {
        struct addressee *a = &s->all.v[i];
        if (a->queued && !a->ended && !telling_under_way(turn_core(turn), s->incident, s->draft, a->key))
            telling_lost(turn, incident, draft, a->key);
    }
}

/* While a connector starts, nobody knows whose route it can be. */
static bool has_more(const struct core *core, const struct sending *s)
{
    return s->left && !link_starting(core) &&
           (is_stopped(core, s) ? s->stopped_up_to < s->all.n : s->next < s->all.n);
}

static bool is_due(const struct core *core, const struct sending *s, instant now)
{
    return has_more(core, s) || (s->changed && now >= s->shown_at + SHOW_EVERY) ||
           (s->left && now >= s->check_at);
}

static void step(struct core *core, struct sending *s, instant now)
{
    struct turn *turn = turn_begin(core, now);
    const struct incident *incident = turn_incident(turn, s->incident);
    if (incident && has_more(core, s) && is_stopped(core, s))
        withdraw_some(turn, s);
    else if (incident && has_more(core, s))
        queue_some(turn, s, incident);
    if (incident && s->left && now >= s->check_at)
        check(turn, s, incident);
    if (incident && s->changed && now >= s->shown_at + SHOW_EVERY)
        progress_show(turn, s, incident);
    turn_commit(turn, NULL, NULL);
}

static instant next_of(const struct core *core, const struct sending *s, instant now)
{
    instant shown = s->changed || !s->left ? s->shown_at + SHOW_EVERY : 0, checked = s->left ? s->check_at : 0;
    if (s->left && link_starting(core))
        return now + SECOND;
    return has_more(core, s) ? now : instant_earlier(shown, checked);
}

/* While the documents lag behind, it is the memory that knows. */
static bool is_over(const struct core *core, const struct sending *s, instant now)
{
    return !s->left && !s->changed && now >= s->shown_at + SHOW_EVERY && !journal_waiting(core_journal(core));
}

instant sending_tick(struct core *core, instant now)
{
    struct comms *comms = comms_of(core);
    instant next = 0;
    for (size_t i = comms->sendings.n; i-- > 0;) {
        struct sending *s = comms->sendings.v[i];
        s->check_at = s->check_at ? s->check_at : now + CHECK_EVERY; /* connectors have come up by then */
        if (is_due(core, s, now) && core_ready(core, NULL))
            step(core, s, now);
        next = instant_earlier(next, next_of(core, s, now));
        if (!is_over(core, s, now))
            continue;
        progress_forget(comms, i);
    }
    return next;
}
