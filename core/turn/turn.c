/* One atomic step: commands are decided and folded, the parts follow, one batch goes to the journal. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "engine/fold.h"
#include "turn/memory.h"

struct turn *turn_begin(struct core *core, instant now)
{
    require(!core->trouble.torn);
    struct turn *turn = xcalloc(1, sizeof(*turn));
    turn->core = core;
    turn->number = ++core->begun;
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
    free(turn->agent);
    free(turn->agent_for);
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

struct core *turn_core(const struct turn *turn)
{
    return turn->core;
}

uint64_t turn_number(const struct turn *turn)
{
    return turn->number;
}

size_t turn_event_count(const struct turn *turn)
{
    return turn->events.n;
}

size_t turn_following(const struct turn *turn)
{
    return turn->followed - 1;
}

static void touch(struct turn *turn, struct live *live)
{
    live->touched = turn->number;
    *array_add(&turn->touched) = live;
}

struct live *turn_live(struct turn *turn, uint64_t id)
{
    struct live *live = live_find(turn->core, id);
    if (live && live->touched != turn->number)
        touch(turn, live);
    return live;
}

const struct incident *turn_incident(struct turn *turn, uint64_t id)
{
    struct live *live = id ? turn_live(turn, id) : NULL;
    return live ? live->incident : NULL;
}

bool turn_is_reported(const struct core *core, uint64_t number)
{
    return number <= core->reported;
}

const char *turn_set_rule(struct turn *turn, const char *rule)
{
    const char *before = turn->rule;
    turn->rule = rule;
    return before;
}

void turn_set_agent(struct turn *turn, const char *agent, const char *by)
{
    replace_text(&turn->agent, agent);
    replace_text(&turn->agent_for, by);
}

const char *turn_agent(const struct turn *turn)
{
    return turn->agent;
}

static void name_agent(const struct turn *turn, struct event *event)
{
    if (turn->agent && text_equal(event->by, turn->agent_for))
        replace_text(&event->agent, turn->agent);
}

static void write_event(struct turn *turn, const struct event *event)
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
    if (turn->events.n == 0) /* no event to name it after: a random number that does not repeat */
        return xasprintf("turn/%016" PRIx64 ".%u", rng_next(turn->core->rng), ++turn->keys);
    const struct event *first = &turn->events.v[0];
    event_stream(first, &stream);
    return xasprintf("%s/%" PRIu64 ".%u", stream.p, first->version, ++turn->keys);
}

char *turn_key_as(struct turn *turn, const char *prefix)
{
    CLEANUP_FREE char *key = turn_key(turn);
    return xasprintf("%s%s", prefix, key);
}

static void tell_parts(struct turn *turn, const struct event *event, const struct incident *incident)
{
    EACH_PART(turn->core, part, folded)
    part->folded(turn, event, incident);
}

static bool is_known(struct core *core, const struct event *event, const struct incident *incident)
{
    bool known = false;
    EACH_PART(core, part, known)
    known = known || part->known(core, event, incident);
    return known;
}

/* Folds and journals the decided events of one incident, and keeps them for the parts and for publishing. */
static void take_events(struct turn *turn, struct live *live, event_list *decided)
{
    for (size_t i = 0; i < decided->n; i++) {
        struct event event = decided->v[i]; /* a copy: the turn's list may move */
        if (is_known(turn->core, &event, live->incident)) {
            event_finish(&event);
            continue;
        }
        name_agent(turn, &event);
        fold(live->incident, &event);
        write_event(turn, &event);
        *array_add(&turn->events) = event;
        tell_parts(turn, &event, live->incident);
    }
    array_free(decided);
}

int turn_do(struct turn *turn, uint64_t incident, const struct command *command, uint64_t *ret_incident,
            struct error *err)
{
    struct core *core = turn->core;
    bool declare = text_equal(command->verb, "declare");
    struct live *live = declare ? NULL : turn_live(turn, incident);
    uint64_t id = declare ? core->live.next : incident;
    event_list decided = {0};
    int rc = decide(live ? live->incident : NULL, id, command, policy_rulebook(core->policy), turn->now,
                    &decided, err);
    if (rc) {
        event_list_finish(&decided);
        return rc;
    }
    if (declare) {
        core->live.next++;
        live = live_add(core, incident_create(id));
        live->fresh = true;
        touch(turn, live);
    }
    require(live != NULL); /* decide refuses an unknown incident */
    take_events(turn, live, &decided);
    if (ret_incident)
        *ret_incident = id;
    return 0;
}

static bool read_version(void *ctx, const struct journal_event *event)
{
    *(uint64_t *)ctx = event->version;
    return false;
}

/* The next version of a stream that is not an incident's: the newest in the journal, plus what was told or appended since. */
static uint64_t next_version(struct core *core, const struct event *event, bool first)
{
    CLEANUP_STR struct str stream = {0};
    event_stream(event, &stream);
    uint64_t version = (uint64_t)(uintptr_t)map_get(&core->versions, stream.p);
    if (!version && !first)
        journal_read_back(core->journal, stream.p, 0, 1, read_version, &version, NULL);
    map_put(&core->versions, stream.p, (void *)(uintptr_t)(version + 1));
    return version + 1;
}

void turn_tell(struct turn *turn, struct event *event)
{
    event->version = next_version(turn->core, event, event->type == EVENT_GROUP_SEEN);
    name_agent(turn, event);
    write_event(turn, event);
    struct event told = *event;
    *array_add(&turn->events) = told;
    *event = (struct event){0};
    tell_parts(turn, &told, NULL);
}

static void number_key(uint64_t incident, char key[24])
{
    snprintf(key, 24, "%010" PRIu64, incident);
}

/* So that the next start sets its deadlines: all open incidents are loaded then, but of those that have ended only these. */
static void note_waits(struct turn *turn, const struct live *live)
{
    char key[24];
    number_key(live->incident->id, key);
    if (!live->open)
        batch_doc(turn->batch, DOC_WAITS, key, live->waits ? "{}" : NULL);
}

/* Passes each event of an incident to the parts once, in order. The parts may add events, which follow later. */
static void follow_events(struct turn *turn)
{
    while (turn->followed < turn->events.n) {
        struct event event = turn->events.v[turn->followed++]; /* a copy: the list may move */
        struct live *live = event.incident ? turn_live(turn, event.incident) : NULL;
        if (!live)
            continue;
        EACH_PART(turn->core, part, follow)
        part->follow(turn, &event, live->incident);
    }
}

/* Lets the parts follow until they add no more events, then updates what shows the incidents and writes their states. */
static void settle(struct turn *turn)
{
    size_t seen;
    do {
        follow_events(turn);
        seen = turn->events.n;
        for (size_t i = 0; i < turn->touched.n; i++) {
            EACH_PART(turn->core, part, owe)
            part->owe(turn, turn->touched.v[i]->incident);
        }
    } while (turn->events.n != seen);
    for (size_t i = 0; i < turn->touched.n; i++) {
        struct live *live = turn->touched.v[i];
        if (!live->incident->version)
            continue;
        EACH_PART(turn->core, part, show)
        part->show(turn, live->incident);
        live_write(turn->batch, live->incident);
        live_settle(turn->core, live);
        note_waits(turn, live);
    }
}

static bool is_served(struct core *core, const char *connector)
{
    bool served = true;
    EACH_PART(core, part, delivery.serves)
    served = served && part->delivery.serves(core, connector);
    return served;
}

void turn_send(struct turn *turn, struct action *action, const struct incident *incident)
{
    CLEANUP_STR struct str cause = {0};
    if (!is_served(turn->core, action->connector))
        return;
    if (turn->events.n) {
        const struct event *last = &turn->events.v[turn->events.n - 1];
        event_stream(last, &cause);
        str_addf(&cause, "/%" PRIu64, last->version);
    }
    action->cause = cause.p;
    action->rule = (char *)(uintptr_t)turn->rule;
    action->incident = incident ? incident->id : 0;
    action->made_at = turn->now;
    uint64_t change = outbox_add(turn->core->outbox, action, turn->batch);
    turn->last_action = MAX(turn->last_action, change);
}

void turn_covers_actions(struct turn *turn)
{
    turn->last_action = outbox_last_id(turn->core->outbox);
}

static void publish(struct turn *turn, uint64_t last_seq)
{
    struct core *core = turn->core;
    for (size_t i = 0; i < turn->events.n; i++) {
        turn->events.v[i].seq = last_seq - (turn->events.n - 1 - i);
        if (core->ops.published)
            core->ops.published(core->ops.ctx, &turn->events.v[i]);
    }
}

/* Those in flight must be remembered, and those of a turn that goes on; now there is none. */
static void forget_versions(struct core *core)
{
    if (core->turns || core->versions.n <= KEEP_VERSIONS)
        return;
    map_finish(&core->versions);
    core->versions = (struct map){0};
}

static void turn_done(void *ctx, int rc, const struct error *err, uint64_t last_seq)
{
    struct turn *turn = ctx;
    struct core *core = turn->core;
    core->turns--;
    core->reported = turn->number;
    forget_versions(core);
    if (rc == 0) {
        if (turn->last_action && !core->trouble.torn)
            outbox_durable(core->outbox, turn->last_action);
        publish(turn, last_seq);
    } else {
        core->failed(core, err);
    }
    if (turn->done)
        turn->done(turn->ctx, rc, err, last_seq);
    turn_destroy(turn);
    core->answered(core);
    core->ops.wake(core->ops.ctx);
}

void turn_commit(struct turn *turn, journal_done *done, void *ctx)
{
    settle(turn);
    turn->done = done;
    turn->ctx = ctx;
    turn->core->turns++;
    struct journal_batch *batch = turn->batch;
    turn->batch = NULL;
    journal_append(turn->core->journal, batch, turn_done, turn);
}
