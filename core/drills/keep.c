/* Runs in memory, and as documents. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drills/inside.h"
#include "turn/live.h"

#define KEY_BYTES 24

static void run_destroy(struct run *run)
{
    for (size_t i = 0; i < run->steps.n; i++) {
        free(run->steps.v[i].name);
        free(run->steps.v[i].text);
    }
    array_free(&run->steps);
    free(run->script);
    free(run);
}

/* ---- the document ---- */

static void encode(const struct run *run, struct str *out)
{
    struct json_out j = {out, false};
    json_begin_object(&j);
    json_put_text(&j, "script", run->script);
    json_put_int(&j, "began", run->began);
    json_put_int(&j, "ends", run->ends);
    json_put_int(&j, "next", (int64_t)run->next);
    json_put_bool(&j, "over", run->over);
    json_put_bool(&j, "debriefed", run->debriefed);
    json_key(&j, "steps");
    json_begin_array(&j);
    for (size_t i = 0; i < run->steps.n; i++) {
        json_begin_object(&j);
        json_put_int(&j, "after", run->steps.v[i].after);
        json_put_text(&j, "act", drill_act_name(run->steps.v[i].act));
        json_put_text_if(&j, "name", run->steps.v[i].name);
        json_put_text_if(&j, "text", run->steps.v[i].text);
        json_end_object(&j);
    }
    json_end_array(&j);
    json_end_object(&j);
}

/* A step that this version does not know is a note without words. */
static enum drill_act act_of(const char *name)
{
    for (int act = 0; act < DRILL_ACTS; act++) {
        if (text_equal(drill_act_name((enum drill_act)act), name))
            return (enum drill_act)act;
    }
    return DRILL_NOTE;
}

static struct run *decode(const struct journal_doc *doc)
{
    CLEANUP_JSON cJSON *json = NULL;
    if (json_parse(doc->body, strlen(doc->body), SIZE_MAX, JSON_DEPTH, "drill", &json, NULL))
        return NULL;
    struct run *run = xcalloc(1, sizeof(*run));
    run->incident = strtoull(doc->key, NULL, 10);
    run->script = xstrdup(json_text_or(json, "script", ""));
    run->began = json_int_or(json, "began", 0);
    run->ends = json_int_or(json, "ends", 0);
    run->over = json_bool_or(json, "over", false);
    run->debriefed = json_bool_or(json, "debriefed", false);
    const cJSON *step;
    cJSON_ArrayForEach(step, json_member(json, "steps"))
    {
        *array_add(&run->steps) = (struct drill_step){
            json_int_or(step, "after", 0), act_of(json_text_or(step, "act", NULL)),
            xstrdup(json_text_or(step, "name", NULL)), xstrdup(json_text_or(step, "text", NULL))};
    }
    run->next = MIN((size_t)json_int_or(json, "next", 0), run->steps.n);
    return run;
}

static void write_run(struct turn *turn, uint64_t incident, const char *body)
{
    char key[KEY_BYTES];
    snprintf(key, sizeof(key), "%010" PRIu64, incident);
    batch_doc(turn_batch(turn), DOC_DRILL, key, body);
}

void run_keep(struct turn *turn, const struct run *run)
{
    CLEANUP_STR struct str body = {0};
    encode(run, &body);
    write_run(turn, run->incident, body.p);
    turn_incident(turn, run->incident); /* its deadlines are set again */
}

/* ---- in memory ---- */

static bool load_run(void *ctx, const struct journal_doc *doc)
{
    struct run *run = decode(doc);
    if (run)
        *array_add(&((struct drills *)ctx)->runs) = run;
    return true;
}

int runs_load(struct core *core, struct error *err)
{
    return journal_docs(core_journal(core), &(struct doc_query){.kind = DOC_DRILL}, load_run, drills_of(core),
                        err);
}

void runs_unload(struct core *core)
{
    struct drills *drills = drills_of(core);
    for (size_t i = 0; i < drills->runs.n; i++)
        run_destroy(drills->runs.v[i]);
    array_free(&drills->runs);
}

struct run *run_find(const struct core *core, uint64_t incident)
{
    const struct drills *drills = drills_of(core);
    for (size_t i = 0; i < drills->runs.n; i++) {
        if (drills->runs.v[i]->incident == incident)
            return drills->runs.v[i];
    }
    return NULL;
}

struct run *run_of_script(const struct core *core, const char *script)
{
    const struct drills *drills = drills_of(core);
    for (size_t i = 0; i < drills->runs.n; i++) {
        const struct incident *incident =
            live_incident((struct core *)(uintptr_t)core, drills->runs.v[i]->incident);
        bool goes_on = !drills->runs.v[i]->over || (incident && status_is_open(incident->status));
        if (goes_on && text_equal_nocase(drills->runs.v[i]->script, script))
            return drills->runs.v[i];
    }
    return NULL;
}

struct run *run_add(struct turn *turn, uint64_t incident, const struct drill_script *script)
{
    struct run *run = xcalloc(1, sizeof(*run));
    run->incident = incident;
    run->script = xstrdup(script->name);
    run->began = turn_now(turn);
    run->ends = script->ends;
    for (size_t i = 0; i < script->n; i++) {
        const struct drill_step *step = &script->steps[i];
        *array_add(&run->steps) =
            (struct drill_step){step->after, step->act, xstrdup(step->name), xstrdup(step->text)};
    }
    *array_add(&drills_of(turn_core(turn))->runs) = run;
    run_keep(turn, run);
    return run;
}

void run_drop(struct turn *turn, struct run *run)
{
    struct drills *drills = drills_of(turn_core(turn));
    for (size_t i = 0; i < drills->runs.n; i++) {
        if (drills->runs.v[i] != run)
            continue;
        array_remove(&drills->runs, i);
        break;
    }
    write_run(turn, run->incident, NULL);
    turn_incident(turn, run->incident);
    run_destroy(run);
}

void run_do(struct turn *turn, const struct run *run, struct command command)
{
    CLEANUP_FREE char *by = xasprintf(BY_DRILL "%s", run->script);
    command.by = by;
    command.automatic = true;
    turn_do(turn, run->incident, &command, NULL, NULL);
}

instant run_next(const struct run *run)
{
    return run->over || run->next >= run->steps.n ? 0 : run->began + run->steps.v[run->next].after;
}
