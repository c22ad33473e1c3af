#include "drills.h"

#include <inttypes.h>
#include <string.h>

#include "drills/drills.h"
#include "people.h"
#include "turn/live.h"

void drills_act(struct world *world)
{
    static const char *const lines[] = {"run gateway-fails", "run bad-release --anyway",
                                        "run chat-is-down --anyway", "run gateway-fails --anyway", "stop"};
    if (!core_ready(world->core, NULL))
        return;
    CLEANUP_STR struct str answer = {0};
    const char *const arguments[] = {lines[rng_below(&world->rng, ARRAY_SIZE(lines))]};
    bool alone = false, secret = false;
    struct turn *turn = turn_begin(world->core, world->now);
    const char *person = people_pick(world, turn);
    const struct call call = {.turn = turn,
                              .person = person,
                              .by = person,
                              .arguments = arguments,
                              .answer = &answer,
                              .alone = &alone,
                              .secret = &secret};
    world->refusals += drills_command(&call, NULL) != 0;
    turn_commit(turn, NULL, NULL);
}

void drills_check_action(const struct world *world, const struct action *action)
{
    const struct incident *incident = action->incident ? live_incident(world->core, action->incident) : NULL;
    if (incident && incident->sort.script &&
        (text_starts(action->kind, "desk.") || text_starts(action->kind, "ticket.")))
        world_broken(world, "action %" PRIu64 " (%s) is of a drill, INC-%" PRIu64, action->id, action->kind,
                     incident->id);
}

struct playing {
    struct world *world;
    uint64_t incident;
    int64_t steps;
    int over;
};

static bool follow_row(void *ctx, const struct journal_event *row)
{
    struct playing *playing = ctx;
    struct event event;
    if (turn_event_of_row(row, &event, NULL))
        world_broken(playing->world, "%s cannot be read", row->stream);
    if (event.type == EVENT_DRILL_STEP && (event.count != ++playing->steps || playing->over))
        world_broken(playing->world, "INC-%" PRIu64 " takes step %" PRId64 " after %" PRId64 "%s",
                     playing->incident, event.count, playing->steps - 1,
                     playing->over ? ", when it is over" : "");
    playing->over += event.type == EVENT_DRILL_OVER;
    event_finish(&event);
    return true;
}

static bool check_drill(void *ctx, const struct journal_doc *doc)
{
    struct playing playing = *(struct playing *)ctx;
    struct incident *incident = NULL;
    char stream[INCIDENT_NAME];
    if (incident_decode(doc->body, strlen(doc->body), &incident, NULL))
        return true;
    playing.incident = incident->id;
    if (incident->sort.script) {
        journal_read_stream(playing.world->journal, incident_name(incident->id, stream), 0, 0, follow_row,
                            &playing, NULL);
        if (playing.over > 1 || (playing.over == 0 && !status_is_open(incident->status)) ||
            !incident->sort.drill)
            world_broken(playing.world, "%s is over %d times, and %s", stream, playing.over,
                         status_phrase(incident->status));
    }
    incident_destroy(incident);
    return true;
}

static bool check_run(void *ctx, const struct journal_doc *doc)
{
    world_broken(ctx, "the drill of incident %s never ends: %s", doc->key, doc->body);
    return false;
}

void drills_check(struct world *world, bool over)
{
    struct playing playing = {.world = world};
    journal_docs(world->journal, &(struct doc_query){.kind = DOC_INCIDENT}, check_drill, &playing, NULL);
    if (over)
        journal_docs(world->journal, &(struct doc_query){.kind = DOC_DRILL}, check_run, world, NULL);
}
