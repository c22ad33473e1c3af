/* The invariants that hold after every step. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "comms/standing.h"
#include "engine/fold.h"
#include "sight/sight.h"
#include "alerts.h"
#include "clocks.h"
#include "desk.h"
#include "drills.h"
#include "links.h"
#include "posts.h"
#include "turn/live.h"

void world_broken(const struct world *world, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(stderr, "seed %" PRIu64 " step %zu: ", world->seed, world->step);
    vfprintf(stderr, format, args);
    fprintf(stderr, "\nreplay: make simulate SEEDS=1 FIRST=%" PRIu64 " VERBOSE=1\n", world->seed);
    va_end(args);
    abort();
}

struct folding {
    struct world *world;
    struct incident *incident;
    uint64_t version;
    struct clocks clocks;
};

static bool fold_row(void *ctx, const struct journal_event *row)
{
    struct folding *folding = ctx;
    struct event event;
    struct error err;
    if (event_decode(row->stream, row->type, row->data, &event, &err))
        world_broken(folding->world, "%s/%" PRIu64 " cannot be read: %s", row->stream, row->version, err.text);
    if (row->version != ++folding->version)
        world_broken(folding->world, "%s jumps to version %" PRIu64, row->stream, row->version);
    event.at = row->at;
    event.version = row->version;
    event.by = xstrdup(row->by);
    clocks_event(folding->world, &folding->clocks, folding->incident, &event);
    fold(folding->incident, &event);
    event_finish(&event);
    return true;
}

/* ---- messages to customers ---- */

struct counting {
    int64_t draft;
    struct state_reach reach;
};

static bool count_standing(void *ctx, const struct standing_key *key, const cJSON *kept)
{
    struct counting *counting = ctx;
    const char *state = json_text_or(kept, "state", "");
    struct {
        const char *state;
        int64_t *n;
    } rows[] = {{STANDING_TOLD, &counting->reach.told},
                {STANDING_FAILED, &counting->reach.failed},
                {STANDING_BOUNCED, &counting->reach.bounced},
                {STANDING_UNWISHED, &counting->reach.unwished},
                {STANDING_WITHDRAWN, &counting->reach.withdrawn}};
    for (size_t i = 0; key->draft == counting->draft && i < ARRAY_SIZE(rows); i++)
        *rows[i].n += strcmp(rows[i].state, state) == 0;
    counting->reach.recipients += key->draft == counting->draft;
    return true;
}

/* What the state counts is what is kept of each recipient. */
static void check_reach(struct world *world, const struct incident *incident)
{
    for (size_t i = 0; i < incident->comms.drafts.n; i++) {
        const struct state_draft *draft = &incident->comms.drafts.v[i];
        struct counting counting = {.draft = draft->number};
        struct state_reach *kept = &counting.reach;
        const struct state_reach *counted = &draft->reach;
        if (!counted->recipients)
            continue;
        standing_each(world->core, incident->id, NULL, NULL, count_standing, &counting);
        if (counted->recipients != kept->recipients || counted->told != kept->told ||
            counted->failed != kept->failed || counted->bounced != kept->bounced ||
            counted->unwished != kept->unwished || counted->withdrawn != kept->withdrawn ||
            draft_left(draft) < 0)
            world_broken(world,
                         "message %" PRId64 " of INC-%" PRIu64 " counts %" PRId64 " recipients, %" PRId64
                         " told, %" PRId64 " failed, %" PRId64 " withdrawn, but %" PRId64 ", %" PRId64
                         ", %" PRId64 ", %" PRId64 " are kept",
                         draft->number, incident->id, counted->recipients, counted->told, counted->failed,
                         counted->withdrawn, kept->recipients, kept->told, kept->failed, kept->withdrawn);
    }
}

/* The stored state of an incident is the fold of its events, and what the core holds in memory is the same. */
static bool check_state(void *ctx, const struct journal_doc *doc)
{
    struct world *world = ctx;
    uint64_t id = strtoull(doc->key, NULL, 10);
    char name[INCIDENT_NAME];
    struct folding folding = {.world = world, .incident = incident_create(id)};
    CLEANUP_STR struct str folded = {0}, held = {0};
    if (journal_read_stream(world->journal, incident_name(id, name), 0, 0, fold_row, &folding, NULL))
        world_broken(world, "%s cannot be read", name);
    incident_encode(folding.incident, &folded);
    if (strcmp(folded.p, doc->body) != 0)
        world_broken(world, "%s is stored as\n%s\nbut its events say\n%s", name, doc->body, folded.p);
    const struct incident *live = sight_incident(world->core, id, NULL);
    if (live) {
        incident_encode(live, &held);
        if (strcmp(held.p, doc->body) != 0)
            world_broken(world, "%s is stored as\n%s\nbut the core holds\n%s", name, doc->body, held.p);
    }
    clocks_check(world, &folding.clocks, live_incident(world->core, id));
    const struct incident *state = folding.incident;
    if (status_is_open(state->status) && !state->owed.n && state->status != STATUS_PAUSED)
        world_broken(world, "%s is %s, but nobody owes anything", name, status_name(state->status));
    check_reach(world, state);
    incident_destroy(folding.incident);
    return true;
}

struct numbering {
    struct world *world;
    uint64_t seq;
    size_t found;
};

static bool number_row(void *ctx, const struct journal_event *row)
{
    struct numbering *numbering = ctx;
    if (row->seq != ++numbering->seq)
        world_broken(numbering->world, "event %" PRIu64 " follows %" PRIu64, row->seq, numbering->seq - 1);
    const char *token = strstr(row->data, "token-");
    if (token) {
        char word[32];
        snprintf(word, sizeof(word), "%.*s", (int)strspn(token, "token-0123456789"), token);
        numbering->found += map_remove(&numbering->world->acknowledged, word) != NULL;
    }
    return true;
}

/* Everything that was acknowledged is in the journal, which has no gaps. */
static void check_acknowledged(struct world *world)
{
    struct numbering numbering = {world, 0, 0};
    struct map before = world->acknowledged;
    size_t expected = before.n;
    if (journal_read(world->journal, 0, 0, number_row, &numbering, NULL))
        world_broken(world, "the journal cannot be read");
    if (numbering.found != expected)
        world_broken(world, "%zu of %zu acknowledged messages are missing", expected - numbering.found,
                     expected);
    world->events = numbering.seq;
}

/* Nothing was done twice on the platforms that can look up earlier attempts. */
static void check_platforms(struct world *world)
{
    for (size_t i = 0; i < world->platform_count; i++) {
        if (world->platforms[i].doubled)
            world_broken(world, "%zu messages appear twice on %s, which can look up earlier attempts",
                         world->platforms[i].doubled, world->platforms[i].name);
    }
}

void world_check(struct world *world, bool settled)
{
    check_platforms(world);
    posts_check(world, false);
    if (!settled || !core_ready(world->core, NULL))
        return;
    struct error err;
    if (journal_docs(world->journal, &(struct doc_query){.kind = DOC_INCIDENT}, check_state, world, &err))
        world_broken(world, "documents cannot be read: %s", err.text);
    check_acknowledged(world);
    alerts_check(world);
    links_check(world);
    desk_check(world, false);
    drills_check(world, false);
    posts_check(world, true);
}
