#include "lessons/lessons.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/markup.h"
#include "base/moment.h"
#include "followups/followups.h"
#include "oncall/oncall.h"
#include "rooms/rooms.h"
#include "sight/query.h"
#include "sight/sight.h"
#include "turn/live.h"

#define KEY_BYTES     24
#define GO_ON         (SECOND / 50) /* between ticks, while there is more to do */
#define LEFT_MOST     2             /* follow-ups that are named */
#define TIMELINE_MOST 200           /* events in which they are looked for, the latest */

struct mark {
    uint64_t incident, turn; /* looked up once this turn is durable */
};
struct lessons {
    ARRAY(struct mark) marks; /* in the order in which they were asked for */
};

static struct lessons *lessons_of(const struct core *core)
{
    return part_state(core, "lessons");
}

/* ---- marks ---- */

static void keep_mark(struct turn *turn, uint64_t incident, const char *body)
{
    char key[KEY_BYTES];
    snprintf(key, sizeof(key), "%010" PRIu64, incident);
    batch_doc(turn_batch(turn), DOC_LESSON_DUE, key, body);
}

static bool load_mark(void *ctx, const struct journal_doc *doc)
{
    array_add(&((struct lessons *)ctx)->marks)->incident = strtoull(doc->key, NULL, 10);
    return true;
}

static int load(struct core *core, struct error *err)
{
    return journal_docs(core_journal(core), &(struct doc_query){.kind = DOC_LESSON_DUE}, load_mark,
                        lessons_of(core), err);
}

static void unload(struct core *core)
{
    array_free(&lessons_of(core)->marks);
}

/* ---- the line ---- */

struct left {
    struct core *core;
    size_t n;
    struct str *out;
};

static bool add_left(void *ctx, const struct event *event)
{
    struct left *left = ctx;
    struct followup followup;
    if (event->type != EVENT_FOLLOWUP || !followup_get(left->core, event->count, &followup))
        return true;
    if (followup.state == FOLLOWUP_OPEN && left->n++ < LEFT_MOST)
        str_markup(left->out, left->n == 1 ? "; left to do: %s (%s)" : ", %s (%s)", followup.text,
                   oncall_name(left->core, followup.owner));
    followup_finish(&followup);
    return true;
}

/* "Like **INC-7** of Mon 3 Mar: cards are refused; fixed by: rolled back; left to do: fix the retry (Ana)" */
static void write_line(struct core *core, const struct incident *past, instant now, struct str *out)
{
    char name[INCIDENT_NAME];
    struct left left = {.core = core, .out = out};
    uint64_t id = past->id;
    str_addf(out, "Like **%s** of ", incident_name(id, name));
    moment_format(past->entries.n ? past->entries.v[0].at : 0, now, NULL, out);
    str_markup(out, ": %s; fixed by: %.200s", past->title, past->end.reason);
    query_timeline(core, id, NULL, 0, TIMELINE_MOST, add_left, &left, NULL);
    if (left.n > LEFT_MOST)
        str_addf(out, " and %zu more", left.n - LEFT_MOST);
}

static void say(struct turn *turn, uint64_t incident, const struct incident *past)
{
    CLEANUP_FREE char *key = turn_key_as(turn, LESSON_KEY);
    CLEANUP_STR struct str line = {0};
    write_line(turn_core(turn), past, turn_now(turn), &line);
    rooms_say_incident(turn, incident, key, NULL, line.p);
}

/* ---- looked up ---- */

/* False: not now, since the search index is not up to date. */
static bool look_up(struct turn *turn, uint64_t id)
{
    struct core *core = turn_core(turn);
    const struct incident *incident = live_incident(core, id);
    struct lesson lesson = {0};
    if (!incident || !status_is_open(incident->status))
        return true;
    int rc = query_lesson(core, incident, &lesson, NULL);
    if (rc || lesson.weight < LESSON_LEAST)
        return rc != ERR_FULL;
    const struct command command = {.verb = "lesson",
                                    .by = BY_SYSTEM,
                                    .automatic = true,
                                    .other = sight_incident(core, lesson.past, NULL),
                                    .count = lesson.weight};
    if (command.other && turn_do(turn, id, &command, NULL, NULL) == 0)
        say(turn, id, sight_incident(core, lesson.past, NULL));
    return true;
}

static instant tick(struct core *core, instant now)
{
    struct lessons *lessons = lessons_of(core);
    if (!lessons->marks.n)
        return 0;
    if (!core_ready(core, NULL))
        return now + SECOND;
    struct mark mark = lessons->marks.v[0];
    if (!turn_is_reported(core, mark.turn))
        return now + GO_ON;
    struct turn *turn = turn_begin(core, now);
    bool done = look_up(turn, mark.incident);
    if (done) {
        array_remove(&lessons->marks, 0);
        keep_mark(turn, mark.incident, NULL);
    }
    turn_commit(turn, NULL, NULL);
    return now + (done ? GO_ON : SECOND);
}

static void follow(struct turn *turn, const struct event *event, const struct incident *incident)
{
    if (event->type != EVENT_RECALL)
        return;
    *array_add(&lessons_of(turn_core(turn))->marks) = (struct mark){incident->id, turn_number(turn)};
    keep_mark(turn, incident->id, "{}");
    core_due(turn_core(turn), turn_now(turn));
}

const struct part lessons_part = {.name = "lessons",
                                  .state_size = sizeof(struct lessons),
                                  .load = load,
                                  .unload = unload,
                                  .follow = follow,
                                  .tick = tick};
