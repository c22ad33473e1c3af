/* The hub as a whole: made from the journal, told of by connectors, driven by the clock. */
#include "hub/hub.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <tocsin/connector.h>

#include "base/json.h"
#include "base/log.h"
#include "base/metrics.h"
#include "hub/internal.h"

#define TICK_MOST      100          /* deadlines handled in one turn */
#define ASK_HELD_EVERY MINUTE       /* whether credentials that were refused are well */
#define FLUSH_EVERY    (5 * SECOND) /* counts of alerts into the journal */
#define PRUNE_EVERY    (10 * MINUTE)
#define PRUNE_MOST     10000
#define TROUBLE_EVERY  (5 * MINUTE) /* a connector's trouble is told at most so often */

static bool can_take(void *ctx, const char *connector, uint64_t *ret_can)
{
    struct hub *hub = ctx;
    struct link *link = link_find(hub, connector);
    *ret_can = link ? link->can : 0;
    return link && link->up && hub->ops.can_take(hub->ops.ctx, connector, ret_can);
}

/* Those of all connectors: the outbox has one table. */
static void apply_limits(struct hub *hub)
{
    ARRAY(struct rate_limit) all = {0};
    for (size_t i = 0; i < hub->links.n; i++) {
        for (size_t k = 0; k < hub->links.v[i].limits.n; k++) {
            struct rate_limit *row = array_add(&all);
            *row = hub->links.v[i].limits.v[k];
            row->connector = hub->links.v[i].name;
        }
    }
    outbox_limits(hub->outbox, all.v, all.n);
    array_free(&all);
}

int hub_load(struct hub *hub, struct error *err)
{
    hub->deadlines = deadlines_create();
    hub->outbox = outbox_create(&(struct outbox_ops){can_take, hub}, hub->rng);
    hub->groups = groups_create(hub);
    apply_limits(hub);
    int rc = live_load(hub, err);
    rc = rc ? rc : people_load(hub, err);
    rc = rc ? rc : mutes_load(hub, err);
    rc = rc ? rc : sight_load(hub, err);
    if (!rc)
        storms_load(hub);
    return rc ? rc : outbox_load(hub->outbox, hub->journal, err);
}

void hub_unload(struct hub *hub)
{
    live_finish(hub);
    people_finish(hub);
    mutes_finish(hub);
    storms_finish(hub);
    replies_finish(hub);
    map_finish(&hub->versions);
    hub->versions = (struct map){0};
    group_table_destroy(hub->groups);
    outbox_destroy(hub->outbox);
    deadlines_destroy(hub->deadlines);
    hub->groups = NULL;
    hub->outbox = NULL;
    hub->deadlines = NULL;
}

int hub_create(const struct hub_settings *settings, const struct hub_ops *ops, struct journal *journal,
               struct policy *policy, struct rng *rng, instant now, struct hub **ret, struct error *err)
{
    struct hub *hub = xcalloc(1, sizeof(*hub));
    hub->settings = *settings;
    hub->ops = *ops;
    hub->journal = journal;
    hub->policy = policy;
    hub->rng = rng;
    hub->next_flush = now + FLUSH_EVERY;
    hub->next_prune = now + PRUNE_EVERY;
    list_init(&hub->ended);
    int rc = hub_load(hub, err);
    if (rc)
        hub_destroy(hub);
    else
        *ret = hub;
    return rc;
}

static void forget_limits(struct link *link)
{
    for (size_t i = 0; i < link->limits.n; i++)
        free((char *)(uintptr_t)link->limits.v[i].kind);
    array_free(&link->limits);
}

void hub_destroy(struct hub *hub)
{
    if (!hub)
        return;
    hub_unload(hub);
    for (size_t i = 0; i < hub->links.n; i++) {
        free(hub->links.v[i].name);
        free(hub->links.v[i].held);
        forget_limits(&hub->links.v[i]);
    }
    array_free(&hub->links);
    for (size_t i = 0; i < hub->late.n; i++) {
        free(hub->late.v[i].remote_id);
        free(hub->late.v[i].detail);
    }
    array_free(&hub->late);
    array_free(&hub->sending);
    for (size_t i = 0; i < hub->complaints.n; i++) {
        free(hub->complaints.v[i].where);
        free(hub->complaints.v[i].text);
    }
    array_free(&hub->complaints);
    free(hub);
}

struct policy *hub_policy(const struct hub *hub)
{
    return hub->policy;
}

struct journal *hub_journal(const struct hub *hub)
{
    return hub->journal;
}

struct outbox *hub_outbox(const struct hub *hub)
{
    return hub->outbox;
}

/* ---- connectors ---- */

/* What came of an action that other things wait for. */
/* What stands there now is what was posted, which may have waited: where it is not how the incident is, it is edited. */
static void take_shown(struct turn *turn, const struct action *action, const cJSON *body)
{
    struct live *live = turn_touch(turn, action->incident);
    struct place place = {.connector = action->connector, .channel = json_text_or(body, "channel", NULL)};
    CLEANUP_STR struct str text = {0};
    CLEANUP_JSON cJSON *card = cJSON_Duplicate(json_member(body, "card"), true);
    CLEANUP_FREE char *room = xstrdup(json_text_or(card, "room", NULL));
    if (!live)
        return;
    cJSON_DeleteItemFromObjectCaseSensitive(card, "room");
    json_tree(&(struct json_out){.out = &text}, card);
    const char *now = send_room(live->incident, &place);
    bool same = room && now ? strcmp(room, now) == 0 : !room && !now;
    live->shown = same ? card_hash(live->incident, text.p) : 0;
}

static struct command what_is_there(const struct action *action, const char *remote_id, const cJSON *body)
{
    struct command command = {.by = "system",
                              .automatic = true,
                              .name = action->connector,
                              .value = json_text_or(body, "channel", NULL),
                              .text = remote_id};
    bool post = strcmp(action->kind, "post") == 0;
    if (strcmp(action->kind, "channel.open") == 0) {
        command.verb = "channel";
        command.value = remote_id;
        command.text = NULL;
        command.flag = true;
        command.count = json_bool_or(body, "private", false);
    } else if (post && text_starts(action->key, "card:")) {
        command.verb = "card";
    } else if (post && text_starts(action->key, DRAFT_KEY)) {
        command.verb = "draft_card";
        command.count = strtoll(action->key + strcspn(action->key, "/") + 1, NULL, 10);
    }
    return command;
}

static void follow_done(struct turn *turn, const struct action *action, const cJSON *body)
{
    struct command command = what_is_there(action, action->remote_id, body);
    if (strcmp(action->kind, "desk.tell") == 0)
        drafts_done(turn, action, body);
    if (!command.verb || !action->incident || text_empty(action->remote_id))
        return;
    turn_do(turn, action->incident, &command, NULL, NULL);
    const struct incident *incident = turn_touch(turn, action->incident)->incident;
    if (strcmp(command.verb, "card") == 0) {
        take_shown(turn, action, body);
        channels_pin(turn, incident, action->connector, command.value, action->remote_id);
    } else if (strcmp(command.verb, "channel") == 0) {
        channels_opened(turn, incident, action->connector, action->remote_id,
                        json_text_or(body, "topic", NULL));
    }
}

/* The channel is there, though not all of it is done: what people say in it counts from now on. */
static void follow_begun(struct turn *turn, const struct action *action, const char *remote_id,
                         const cJSON *body)
{
    struct command command = what_is_there(action, remote_id, body);
    if (action->incident && !text_empty(remote_id) && strcmp(action->kind, "channel.open") == 0)
        turn_do(turn, action->incident, &command, NULL, NULL);
}

/* A form that came too late: what it would have asked for is said. */
static void tell_unasked(struct turn *turn, const struct action *action, const cJSON *body)
{
    CLEANUP_FREE char *key = xasprintf("%s:late", action->key);
    struct place place = {.connector = action->connector,
                          .channel = json_text_or(body, "channel", NULL),
                          .to = json_text_or(body, "user", NULL)};
    hub_say(turn, &place, 0, key, NULL, json_text_or(body, "text", ""));
    outbox_drop(turn->hub->outbox, action->id, turn->batch, NULL);
}

/* What a person is told of an action that they must look at. */
static char *said_of_dead(const struct action *action, const char *id)
{
    if (action->state == ACTION_UNCERTAIN)
        return xasprintf(
            "Nobody knows whether %s on %s was done: %s. Look there; then `actions again %s` does it (again), "
            "`actions drop %s` leaves it.",
            action->kind, action->connector, action->detail ? action->detail : "the answer never came", id, id);
    return xasprintf("%s on %s was not done: %s. `actions` shows it; `actions again %s` tries once more.",
                     action->kind, action->connector,
                     action->detail ? action->detail : "given up after many tries", id);
}

static void tell_dead(struct turn *turn, const struct action *action)
{
    char id[24];
    snprintf(id, sizeof(id), "%" PRIu64, action->id);
    struct event event = {.type = EVENT_ACTION_DEAD,
                          .at = turn->now,
                          .by = xasprintf("connector/%s", action->connector),
                          .name = xstrdup(action->connector),
                          .value = xstrdup(id),
                          .other = action->incident,
                          .text =
                              xasprintf("%s: %s", action->kind, action->detail ? action->detail : "given up")};
    CLEANUP_FREE char *text = said_of_dead(action, id);
    turn_tell(turn, &event);
    /* What only waited for another one (`refers`) is not worth a word of its own: that one had it. */
    if (action->incident && !action->refers && !text_starts(action->key, "dead:")) {
        CLEANUP_FREE char *key = xasprintf("dead:%s/%d", id, action->attempts);
        hub_say_incident(turn, action->incident, key, NULL, text);
    }
}

struct troubled {
    struct turn *turn;
    const char *connector, *text;
    bool up;
    ARRAY(uint64_t) waiting; /* incidents with something that was to go that way */
};

static bool take_waiting(void *ctx, const struct action *action)
{
    struct troubled *t = ctx;
    if (action_is_under_way(action) && action->incident && text_equal(action->connector, t->connector))
        *array_add(&t->waiting) = action->incident;
    return true;
}

static bool is_affected(const struct incident *incident, const struct troubled *t)
{
    for (size_t i = 0; i < incident->channels.n; i++) {
        if (text_equal(incident->channels.v[i].connector, t->connector))
            return true;
    }
    for (size_t i = 0; i < t->waiting.n; i++) {
        if (t->waiting.v[i] == incident->id)
            return true;
    }
    return false;
}

static bool tell_trouble(void *ctx, const struct incident *incident)
{
    struct troubled *t = ctx;
    if (!is_affected(incident, t))
        return true;
    struct command command = {.verb = "connector",
                              .by = "system",
                              .automatic = true,
                              .name = t->connector,
                              .text = t->text,
                              .flag = t->up};
    uint64_t id = incident->id;
    turn_do(t->turn, id, &command, NULL, NULL);
    CLEANUP_FREE char *key = turn_key(t->turn);
    CLEANUP_FREE char *said =
        xasprintf("The connection to %s %s%s%s. What was to be sent is kept and goes out in order.",
                  t->connector, t->up ? "is back" : "has trouble", t->text ? ": " : "", t->text ? t->text : "");
    hub_say_incident(t->turn, id, key, NULL, said);
    return true;
}

static void tell_incidents(struct hub *hub, struct link *link, bool up, const char *reason, instant now)
{
    struct turn *turn = turn_begin(hub, now);
    struct troubled troubled = {.turn = turn, .connector = link->name, .text = reason, .up = up};
    outbox_each(hub->outbox, take_waiting, &troubled);
    link->told = !up;
    link->told_at = up ? link->told_at : now;
    live_each_open(hub, tell_trouble, &troubled);
    array_free(&troubled.waiting);
    turn_commit(turn, NULL, NULL);
}

static bool same_limits(const struct link *link, const struct rate_limit *rows, size_t n)
{
    bool same = link->limits.n == n;
    for (size_t i = 0; same && i < n; i++) {
        const struct rate_limit *a = &link->limits.v[i], *b = &rows[i];
        same = text_equal(a->kind, b->kind) && a->per_channel == b->per_channel && a->burst == b->burst &&
               a->refill == b->refill;
    }
    return same;
}

void hub_limits(struct hub *hub, const char *connector, const struct rate_limit *rows, size_t n)
{
    struct link *link = link_find(hub, connector);
    if (!link || same_limits(link, rows, n))
        return; /* a connector that only came back empties no bucket */
    forget_limits(link);
    for (size_t i = 0; i < n; i++) {
        struct rate_limit *row = array_add(&link->limits);
        *row = rows[i];
        row->kind = xstrdup(rows[i].kind);
    }
    if (hub->outbox)
        apply_limits(hub);
}

bool hub_knows_connector(const struct hub *hub, const char *connector)
{
    return link_find((struct hub *)(uintptr_t)hub, connector) != NULL;
}

const char *hub_connector_held(const struct hub *hub, const char *connector)
{
    const struct link *link = link_find((struct hub *)(uintptr_t)hub, connector);
    return link ? link->held : NULL;
}

static instant earlier(instant a, instant b)
{
    return !a ? b : !b ? a : MIN(a, b);
}

/* A person must act: said once, in the log and in every incident that is worked there. */
static void hold(struct hub *hub, const char *connector, const char *why, instant now)
{
    struct link *link = link_find(hub, connector);
    if (!link || link->held)
        return;
    link->held = xstrdup(why ? why : "its credentials were refused");
    link->ask_at = now + ASK_HELD_EVERY;
    log_at(LOG_ERROR, &(struct log_context){.connector = connector}, "nothing is sent until this is mended: %s",
           link->held);
    tell_incidents(hub, link, false, link->held, now);
}

/* Who mends it at the platform need not say so here. Returns when to ask next; 0: nothing is held. */
static instant ask_held(struct hub *hub, instant now)
{
    instant next = 0;
    for (size_t i = 0; i < hub->links.n; i++) {
        struct link *link = &hub->links.v[i];
        if (!link->held)
            continue;
        if (link->ask_at <= now && hub->ops.check) {
            link->ask_at = now + ASK_HELD_EVERY;
            hub->ops.check(hub->ops.ctx, link->name);
        }
        next = earlier(next, link->ask_at);
    }
    return next;
}

void hub_connector_well(struct hub *hub, const char *connector, instant now)
{
    struct link *link = link_find(hub, connector);
    if (!link || !link->held || hub->failing)
        return;
    free(steal(link->held));
    outbox_hold(hub->outbox, connector, false);
    tell_incidents(hub, link, true, NULL, now);
    hub->ops.wake(hub->ops.ctx);
}

void hub_connector(struct hub *hub, const char *connector, uint64_t can, bool up, const char *reason,
                   instant now)
{
    struct link *link = link_find(hub, connector);
    bool known = link != NULL;
    if (!known) {
        link = array_add(&hub->links);
        link->name = xstrdup(connector);
    }
    bool fell = known && !up && reason && !link->told, rose = known && !link->up && up && link->told;
    link->up = up;
    link->can = up ? can : link->can;
    if (hub->failing)
        return;
    if (up) {
        outbox_hold(hub->outbox, connector, false);
        free(steal(link->held));
    }
    if ((fell && now - link->told_at > TROUBLE_EVERY) || rose)
        tell_incidents(hub, link, up, up ? NULL : reason, now);
    hub->ops.wake(hub->ops.ctx);
}

static void follow_outcome(struct turn *turn, const struct action *action, const char *remote_id)
{
    CLEANUP_JSON cJSON *body = NULL;
    struct action copy = {0};
    action_copy(&copy, action); /* what is told of it may move it */
    json_parse(copy.body, strlen(copy.body), SIZE_MAX, JSON_DEPTH, "action", &body, NULL);
    if (copy.state == ACTION_DONE)
        follow_done(turn, &copy, body);
    else if (copy.state == ACTION_WAITING)
        follow_begun(turn, &copy, remote_id, body);
    else if (strcmp(copy.kind, "form") == 0 && copy.state == ACTION_DEAD)
        tell_unasked(turn, &copy, body);
    else if (copy.state == ACTION_DEAD || copy.state == ACTION_UNCERTAIN)
        tell_dead(turn, &copy);
    action_finish(&copy);
}

void hub_outcome(struct hub *hub, uint64_t id, const struct outbox_outcome *outcome, instant now)
{
    if (hub->failing) {
        *array_add(&hub->late) = (struct late){id, outcome->code, outcome->retry_after,
                                               xstrdup(outcome->remote_id), xstrdup(outcome->detail)};
        return;
    }
    struct turn *turn = turn_begin(hub, now);
    const struct action *action = outbox_outcome(hub->outbox, id, outcome, now, turn->batch);
    CLEANUP_FREE char *refused = action && outcome->code == TOCSIN_AUTH ? xstrdup(action->connector) : NULL;
    turn->last_action = outbox_last_id(hub->outbox); /* what waits behind it goes once this is durable */
    if (action && (action->state == ACTION_DONE || action->state == ACTION_WAITING))
        metric_add(action->state == ACTION_DONE ? METRIC_ACTIONS_DONE : METRIC_ACTIONS_RETRIED, 1);
    if (action)
        follow_outcome(turn, action, outcome->remote_id);
    turn_commit(turn, NULL, NULL);
    if (refused)
        hold(hub, refused, outcome->detail, now);
}

/* ---- the clock ---- */

static void resume(struct turn *turn, uint64_t id)
{
    struct live *live = turn_touch(turn, id);
    if (!live || live->incident->status != STATUS_PAUSED)
        return;
    CLEANUP_FREE char *who = xstrdup(live->incident->paused_by),
                      *reason = xstrdup(live->incident->pause_reason);
    struct command command = {.verb = "resume", .by = BY_CLOCK, .automatic = true, .text = "the pause is over"};
    if (turn_do(turn, id, &command, NULL, NULL))
        return;
    const char *name = hub_person_name(turn->hub, who);
    CLEANUP_FREE char *text = xasprintf(
        "@%s, the pause is over (%s). Pick it up, or pause it again with a reason.", name ? name : who, reason);
    CLEANUP_FREE char *key = turn_key(turn);
    hub_say_incident(turn, id, key, NULL, text);
}

static void run_deadlines(struct hub *hub, instant now)
{
    struct turn *turn = turn_begin(hub, now);
    uint64_t id;
    char *name;
    instant due;
    for (int i = 0; i < TICK_MOST && deadline_take(hub->deadlines, now, &id, &name, &due); i++) {
        if (strcmp(name, DUE_RESUME) == 0)
            resume(turn, id);
        else
            react_missed(turn, id, name, due);
        free(name);
    }
    turn_commit(turn, NULL, NULL);
}

static const struct outbox_outcome orphaned = {
    .code = TOCSIN_REFUSED, .detail = "the message or channel that it belongs to was not made"};

static const struct outbox_outcome doubtful = {
    .code = TOCSIN_UNKNOWN, .detail = "it was with the connector when tocsind or the connector ended"};

/* Done when it comes again: only then is it durable that it is handed out. */
static void note(struct hub *hub, uint64_t id, instant now)
{
    struct turn *turn = turn_begin(hub, now);
    outbox_note(hub->outbox, id, turn->batch);
    turn->last_action = outbox_last_id(hub->outbox);
    turn_commit(turn, NULL, NULL);
}

/* Who waits for it is not left without a word. */
static void say_instead(struct turn *turn, const struct action *action, const char *text)
{
    CLEANUP_JSON cJSON *body = NULL;
    CLEANUP_FREE char *key = xasprintf("instead:%" PRIu64, action->id);
    if (!text || json_parse(action->body, strlen(action->body), SIZE_MAX, JSON_DEPTH, "action", &body, NULL))
        return;
    struct place place = {.connector = action->connector,
                          .channel = json_text_or(body, "channel", NULL),
                          .thread = json_text_or(body, "thread", NULL),
                          .to = json_text_or(body, "to", json_text_or(body, "asker", NULL))};
    hub_say(turn, &place, 0, key, NULL, text);
}

/* What was asked for while everybody could see it may not be for everybody any more. */
static void keep_in(struct hub *hub, const struct action *action, instant now)
{
    struct turn *turn = turn_begin(hub, now);
    log_info("kept in: %s %" PRIu64 " for a place that may not see it any more", action->kind, action->id);
    say_instead(turn, action, action_instead(hub, action));
    outbox_withdraw(hub->outbox, action->id, turn->batch);
    turn->last_action = outbox_last_id(hub->outbox);
    turn_commit(turn, NULL, NULL);
}

static void perform(struct hub *hub, const struct action *action)
{
    struct action now = *action;
    CLEANUP_FREE char *body = action_body_now(hub, action);
    now.body = body ? body : action->body;
    hub->ops.perform(hub->ops.ctx, &now);
}

static instant pump(struct hub *hub, instant now)
{
    instant wake = 0;
    for (const struct action *action; (action = outbox_next(hub->outbox, now, &wake));) {
        if (!action_may_leave(hub, action)) {
            keep_in(hub, action, now);
            continue;
        }
        switch (outbox_step(hub->outbox, action)) {
        case STEP_PERFORM:
            perform(hub, action);
            break;
        case STEP_ORPHAN:
            hub_outcome(hub, action->id, &orphaned, now);
            break;
        case STEP_DOUBT:
            hub_outcome(hub, action->id, &doubtful, now);
            break;
        case STEP_NOTE:
            note(hub, action->id, now);
            break;
        }
    }
    return wake;
}

static void prune_actions(struct hub *hub, instant now)
{
    struct turn *turn = turn_begin(hub, now);
    outbox_prune(hub->outbox, now, PRUNE_MOST, turn->batch);
    turn_commit(turn, NULL, NULL);
}

static void prune(struct hub *hub, instant now)
{
    prune_actions(hub, now);
    journal_prune(hub->journal, DOC_SEEN, now - hub->settings.keep_seen, PRUNE_MOST);
    journal_prune(hub->journal, DOC_MINUTE, now - hub->settings.keep_minutes, PRUNE_MOST);
    journal_prune(hub->journal, DOC_SAMPLE, now - hub->settings.keep_samples, PRUNE_MOST);
    hub->next_prune = now + PRUNE_EVERY;
}

#define COMPLAINT_EVERY MINUTE
#define COMPLAINTS_MOST 100

void hub_script_failed(struct hub *hub, const char *where, const char *text, uint64_t incident)
{
    log_script(hub, incident, where, text);
    for (size_t i = 0; i < hub->complaints.n; i++) {
        if (text_equal(hub->complaints.v[i].where, where))
            return; /* it was told, or will be */
    }
    if (hub->complaints.n < COMPLAINTS_MOST)
        *array_add(&hub->complaints) = (struct complaint){xstrdup(where), xstrdup(text), incident, 0};
    hub->ops.wake(hub->ops.ctx);
}

static void complain(struct hub *hub, struct complaint *complaint, instant now)
{
    struct turn *turn = turn_begin(hub, now);
    struct command command = {
        .verb = "script", .by = BY_RULE, .automatic = true, .text = complaint->text, .rule = complaint->where};
    if (complaint->incident)
        turn_do(turn, complaint->incident, &command, NULL, NULL);
    CLEANUP_FREE char *key = turn_key_as(turn, TROUBLE_KEY);
    CLEANUP_FREE char *said =
        xasprintf("A script of the policy failed at %s: %s. The rest of the policy goes on.", complaint->where,
                  complaint->text);
    hub_say_incident(turn, complaint->incident, key, NULL, said);
    complaint->told_at = now;
    turn_commit(turn, NULL, NULL);
}

static void tell_complaints(struct hub *hub, instant now)
{
    for (size_t i = hub->complaints.n; i-- > 0;) {
        struct complaint *complaint = &hub->complaints.v[i];
        if (!complaint->told_at) {
            complain(hub, complaint, now);
        } else if (now - complaint->told_at > COMPLAINT_EVERY) {
            free(complaint->where);
            free(complaint->text);
            array_remove(&hub->complaints, i);
        }
    }
}

instant hub_tick(struct hub *hub, instant now)
{
    if (hub->failing)
        return recover_probe(hub, now);
    recover_late(hub, now);
    tell_complaints(hub, now);
    live_trim(hub);
    instant next = deadlines_next(hub->deadlines);
    if (next && next <= now)
        run_deadlines(hub, now);
    instant moves = groups_tell_moved(hub, now);
    if (now >= hub->next_flush) {
        groups_flush(hub, now);
        hub->next_flush = now + FLUSH_EVERY;
    }
    if (now >= hub->next_prune)
        prune(hub, now);
    instant wake = pump(hub, now);
    next = earlier(earlier(wake, deadlines_next(hub->deadlines)), MIN(hub->next_flush, hub->next_prune));
    hub->next_tick = earlier(earlier(next, moves), ask_held(hub, now));
    return hub->next_tick;
}

static bool touch_open(void *ctx, const struct incident *incident)
{
    turn_touch(ctx, incident->id);
    return true;
}

void hub_policy_loaded(struct hub *hub, bool ok, const char *text, instant now)
{
    if (hub->failing)
        return;
    struct turn *turn = turn_begin(hub, now);
    struct event event = {
        .type = EVENT_POLICY, .at = now, .by = xstrdup("system"), .flag = ok, .text = xstrdup(text)};
    turn_tell(turn, &event);
    if (ok) {
        live_each_open(hub, touch_open, turn);
    } else {
        CLEANUP_FREE char *key = turn_key(turn);
        CLEANUP_FREE char *said =
            xasprintf("The policy was changed but cannot be used; the last good one stays. %s", text);
        hub_say_incident(turn, 0, key, NULL, said);
    }
    turn_commit(turn, NULL, NULL);
}
