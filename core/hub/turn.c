/* One atomic step: commands are decided and folded, the policy reacts, one batch goes to the journal. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/metrics.h"
#include "engine/fold.h"
#include "hub/internal.h"

struct turn *turn_begin(struct hub *hub, instant now)
{
    require(!hub->torn);
    struct turn *turn = xcalloc(1, sizeof(*turn));
    turn->hub = hub;
    turn->now = now;
    turn->batch = batch_create();
    turn->batch->follows = true;
    return turn;
}

static void turn_destroy(struct turn *turn)
{
    event_list_finish(&turn->events);
    array_free(&turn->touched);
    batch_destroy(turn->batch);
    free(turn);
}

struct journal_batch *turn_batch(struct turn *turn)
{
    return turn->batch;
}

instant turn_now(const struct turn *turn)
{
    return turn->now;
}

struct hub *turn_hub(const struct turn *turn)
{
    return turn->hub;
}

struct live *turn_touch(struct turn *turn, uint64_t id)
{
    for (size_t i = 0; i < turn->touched.n; i++) {
        if (turn->touched.v[i]->incident->id == id)
            return turn->touched.v[i];
    }
    struct live *live = live_find(turn->hub, id);
    if (live)
        *array_add(&turn->touched) = live;
    return live;
}

void turn_journal(struct turn *turn, const struct event *event)
{
    CLEANUP_STR struct str stream = {0}, data = {0};
    event_stream(event, &stream);
    event_encode(event, &data);
    struct journal_event *row = batch_event(turn->batch, stream.p, event->version, event->at,
                                            event_kind(event->type)->name, event->by, data.p);
    row->search = xstrdup(event_search_text(event));
}

char *turn_key(struct turn *turn)
{
    CLEANUP_STR struct str stream = {0};
    if (turn->events.n == 0) /* nothing happened, something is said: a number that does not come again */
        return xasprintf("turn/%016" PRIx64 ".%u", rng_next(turn->hub->rng), ++turn->keys);
    const struct event *first = &turn->events.v[0];
    event_stream(first, &stream);
    return xasprintf("%s/%" PRIu64 ".%u", stream.p, first->version, ++turn->keys);
}

char *turn_key_as(struct turn *turn, const char *prefix)
{
    CLEANUP_FREE char *key = turn_key(turn);
    return xasprintf("%s%s", prefix, key);
}

/* Events of one incident, just decided: folded, journaled, kept for the policy and for publishing. */
static void take_events(struct turn *turn, struct live *live, event_list *decided)
{
    for (size_t i = 0; i < decided->n; i++) {
        fold(live->incident, &decided->v[i]);
        turn_journal(turn, &decided->v[i]);
        sight_follow(turn, &decided->v[i], live->incident);
        *array_add(&turn->events) = decided->v[i];
    }
    array_free(decided);
}

static int do_one(struct turn *turn, uint64_t incident, const struct command *command,
                  const struct incident *other, struct error *err)
{
    struct command with = *command;
    with.other = other ? other : command->other;
    return turn_do(turn, incident, &with, NULL, err);
}

static void tell_moved(struct turn *turn, uint64_t incident, const char *format, uint64_t other)
{
    char name[INCIDENT_NAME];
    if (!readers_see(turn->hub, turn_touch(turn, incident)->incident, other))
        return;
    CLEANUP_FREE char *key = turn_key(turn);
    CLEANUP_STR struct str text = {0};
    str_addf(&text, "%s", format);
    str_addf(&text, "%s.", incident_name(other, name));
    hub_say_incident(turn, incident, key, NULL, text.p);
}

static void move_alerts(struct turn *turn, const struct incident *from, uint64_t to)
{
    while (from->alerts.n) {
        CLEANUP_FREE char *fingerprint = xstrdup(from->alerts.v[0].fingerprint);
        CLEANUP_FREE char *title = xstrdup(from->alerts.v[0].title);
        struct command away = {
            .verb = "alert", .by = BY_RULE, .automatic = true, .value = fingerprint, .text = title};
        struct command here = away;
        here.flag = true;
        here.count = from->alerts.v[0].count;
        turn_do(turn, from->id, &away, NULL, NULL);
        turn_do(turn, to, &here, NULL, NULL);
        groups_moved(turn, fingerprint, to);
    }
}

/* A private survivor takes no one in by itself: membership of a public incident is no invitation. */
static void move_people(struct turn *turn, const struct incident *from, const struct incident *to)
{
    for (size_t i = 0; i < from->customers.n; i++) {
        const struct state_customer *c = &from->customers.v[i];
        do_one(turn, to->id,
               &(struct command){.verb = "customer",
                                 .by = BY_RULE,
                                 .automatic = true,
                                 .name = c->key,
                                 .text = c->name,
                                 .count = c->count},
               NULL, NULL);
    }
    if (to->private && !from->private)
        return;
    for (size_t i = 0; i < from->members.n; i++)
        do_one(
            turn, to->id,
            &(struct command){
                .verb = "member", .by = BY_RULE, .automatic = true, .value = from->members.v[i], .flag = true},
            NULL, NULL);
    while (from->channels.n) {
        CLEANUP_FREE char *connector = xstrdup(from->channels.v[0].connector);
        CLEANUP_FREE char *channel = xstrdup(from->channels.v[0].channel);
        CLEANUP_FREE char *name = xstrdup(from->channels.v[0].name);
        bool private = from->channels.v[0].private;
        struct command move = {.verb = "channel",
                               .by = BY_RULE,
                               .automatic = true,
                               .name = connector,
                               .value = channel,
                               .text = name};
        turn_do(turn, from->id, &move, NULL, NULL);
        move.flag = true;
        move.count = private;
        turn_do(turn, to->id, &move, NULL, NULL);
    }
}

/* Whoever held a role goes on with it where the survivor has nobody. */
static void move_roles(struct turn *turn, const struct incident *from, const struct incident *to)
{
    for (size_t i = 0; i < from->roles.n; i++) {
        const struct state_role *held = &from->roles.v[i];
        bool may = incident_has_member(to, held->person) || !to->private;
        if (may && !incident_role(to, held->role))
            do_one(turn, to->id,
                   &(struct command){.verb = "role",
                                     .by = BY_RULE,
                                     .automatic = true,
                                     .name = held->role,
                                     .value = held->person},
                   NULL, NULL);
    }
}

static const struct state_draft *waiting_draft(const struct incident *incident)
{
    for (size_t i = 0; i < incident->drafts.n; i++) {
        if (incident->drafts.v[i].state == DRAFT_WAITING)
            return &incident->drafts.v[i];
    }
    return NULL;
}

/* What was looked up, and what customers are to be told, is approved where the work goes on. */
static void move_words(struct turn *turn, const struct incident *from, const struct incident *to,
                       const char *by)
{
    const struct state_draft *draft;
    for (size_t i = 0; i < from->links.n; i++)
        do_one(turn, to->id,
               &(struct command){.verb = "link",
                                 .by = BY_RULE,
                                 .automatic = true,
                                 .value = from->links.v[i].url,
                                 .text = from->links.v[i].label},
               NULL, NULL);
    while ((draft = waiting_draft(from))) {
        struct state_draft copy = {.customer = xstrdup(draft->customer),
                                   .text = xstrdup(draft->text),
                                   .by = xstrdup(draft->by),
                                   .number = draft->number};
        struct command discard = {.verb = "discard", .by = by, .automatic = true, .count = copy.number};
        struct command again = {
            .verb = "tell", .by = copy.by, .automatic = true, .name = copy.customer, .text = copy.text};
        int rc = do_one(turn, to->id, &again, NULL, NULL);
        rc = rc ? rc : do_one(turn, from->id, &discard, NULL, NULL);
        free(copy.customer);
        free(copy.text);
        free(copy.by);
        if (rc)
            return;
    }
}

/* The survivor is as severe as what it takes in; and what was worked on is not put aside by it. */
static void keep_urgency(struct turn *turn, const struct incident *from, const struct incident *to,
                         const char *by)
{
    if (severity_rank(turn->hub, from->severity, 0) > severity_rank(turn->hub, to->severity, 0))
        do_one(turn, to->id, &(struct command){.verb = "sev", .by = by, .name = from->severity}, NULL, NULL);
    enum status was = from->entries.n > 1 ? from->entries.v[from->entries.n - 2].status : STATUS_NONE;
    bool worked = was == STATUS_INVESTIGATING || was == STATUS_FIXING || was == STATUS_MONITORING;
    if (worked && to->status == STATUS_PAUSED)
        do_one(turn, to->id, &(struct command){.verb = "resume", .by = by}, NULL, NULL);
}

/* Alerts, channels, people and customers go on in the survivor; both say so. */
static void merge(struct turn *turn, const struct incident *from, uint64_t into)
{
    struct live *survivor = turn_touch(turn, into);
    struct command merged = {.verb = "merged_in", .by = turn->events.v[turn->events.n - 1].by, .other = from};
    turn_do(turn, into, &merged, NULL, NULL);
    keep_urgency(turn, from, survivor->incident, merged.by);
    tell_moved(turn, from->id, "This goes on in ", into);
    move_alerts(turn, from, into);
    move_people(turn, from, survivor->incident);
    move_roles(turn, from, survivor->incident);
    move_words(turn, from, survivor->incident, merged.by);
    tell_moved(turn, into, "This now includes ", from->id);
}

int turn_do(struct turn *turn, uint64_t incident, const struct command *command, uint64_t *ret_incident,
            struct error *err)
{
    struct hub *hub = turn->hub;
    bool declare = text_equal(command->verb, "declare");
    struct live *live = declare ? NULL : turn_touch(turn, incident);
    uint64_t id = declare ? hub->next_incident : incident;
    event_list decided = {0};
    int rc = decide(live ? live->incident : NULL, id, command, policy_rulebook(hub->policy), turn->now,
                    &decided, err);
    if (rc) {
        event_list_finish(&decided);
        return rc;
    }
    if (declare) {
        metric_add(METRIC_INCIDENTS_DECLARED, 1);
        hub->next_incident++;
        live = live_add(hub, incident_create(id));
        *array_add(&turn->touched) = live;
    }
    require(live != NULL); /* decide refuses what there is not */
    bool merging = decided.n && live->incident->status != STATUS_MERGED;
    take_events(turn, live, &decided);
    if (merging && live->incident->status == STATUS_MERGED)
        merge(turn, live->incident, live->incident->merged_into);
    if (ret_incident)
        *ret_incident = id;
    return 0;
}

static bool read_version(void *ctx, const struct journal_event *event)
{
    *(uint64_t *)ctx = event->version;
    return false;
}

/*
 * The next version of a stream that is no incident's: the journal's newest, plus what this hub appended since. What
 * is in flight must be remembered; the rest is forgotten when it grows large.
 */
static uint64_t next_version(struct hub *hub, const struct event *event, bool first)
{
    CLEANUP_STR struct str stream = {0};
    event_stream(event, &stream);
    if (hub->versions.n > KEEP_VERSIONS && !hub->turns) {
        map_finish(&hub->versions);
        hub->versions = (struct map){0};
    }
    uint64_t version = (uint64_t)(uintptr_t)map_get(&hub->versions, stream.p);
    if (!version && !first)
        journal_read_back(hub->journal, stream.p, 0, 1, read_version, &version, NULL);
    map_put(&hub->versions, stream.p, (void *)(uintptr_t)(version + 1));
    return version + 1;
}

void turn_tell(struct turn *turn, struct event *event)
{
    event->version = next_version(turn->hub, event, event->type == EVENT_GROUP_SEEN);
    people_fold(turn->hub, event);
    turn_journal(turn, event);
    *array_add(&turn->events) = *event;
    *event = (struct event){0};
}

static void write_incident(struct turn *turn, const struct incident *incident)
{
    CLEANUP_STR struct str body = {0};
    char key[24];
    snprintf(key, sizeof(key), "%010" PRIu64, incident->id);
    incident_encode(incident, &body);
    struct journal_doc *doc = batch_doc(turn->batch, DOC_INCIDENT, key, body.p);
    doc->tag = xstrdup(status_name(incident->status));
    doc->at = incident->changed_at;
}

/* The policy reacts until it has nothing more to say, then what follows from the new states is written. */
static void settle(struct turn *turn)
{
    size_t seen;
    turn->settling = true;
    do {
        react_all(turn);
        seen = turn->events.n;
        for (size_t i = 0; i < turn->touched.n; i++)
            react_owed(turn, turn->touched.v[i]);
    } while (turn->events.n != seen);
    for (size_t i = 0; i < turn->touched.n; i++) {
        struct live *live = turn->touched.v[i];
        if (!live->incident->version)
            continue;
        send_cards(turn, live);
        write_incident(turn, live->incident);
        live_settle(turn->hub, live);
    }
}

static void publish(struct turn *turn, uint64_t last_seq)
{
    struct hub *hub = turn->hub;
    for (size_t i = 0; i < turn->events.n; i++) {
        turn->events.v[i].seq = last_seq - (turn->events.n - 1 - i);
        if (hub->ops.published)
            hub->ops.published(hub->ops.ctx, &turn->events.v[i]);
    }
}

static void turn_done(void *ctx, int rc, const struct error *err, uint64_t last_seq)
{
    struct turn *turn = ctx;
    struct hub *hub = turn->hub;
    hub->turns--;
    if (rc == 0) {
        if (turn->last_action && !hub->torn)
            outbox_durable(hub->outbox, turn->last_action);
        publish(turn, last_seq);
    } else {
        recover_begin(hub, err);
    }
    if (turn->done)
        turn->done(turn->ctx, rc, err, last_seq);
    turn_destroy(turn);
    recover_memory(hub);
    hub->ops.wake(hub->ops.ctx);
}

void turn_commit(struct turn *turn, journal_done *done, void *ctx)
{
    settle(turn);
    turn->done = done;
    turn->ctx = ctx;
    turn->hub->turns++;
    struct journal_batch *batch = turn->batch;
    turn->batch = NULL;
    journal_append(turn->hub->journal, batch, turn_done, turn);
}
