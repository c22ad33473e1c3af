/*
 * inside - the runs in memory, and what the files of this folder do for each other. Only this folder includes it. Loop's thread only.
 */
#ifndef TOCSIN_DRILLS_INSIDE_H
#define TOCSIN_DRILLS_INSIDE_H

#include "drills/drills.h"
#include "policy/drills.h"

struct run { /* owns its texts */
    uint64_t incident;
    char *script;
    instant began;
    duration ends;                  /* after the beginning */
    ARRAY(struct drill_step) steps; /* as they were when it began */
    size_t next;                    /* step that is yet to come */
    bool over;                      /* no step comes any more */
    bool debriefed;                 /* its debrief was shown, as far as it is over */
    uint64_t turn;                  /* in which it was over; 0: before this process */
};

struct drills {
    ARRAY(struct run *) runs; /* those whose incident is not closed, or whose debrief is yet to be shown */
};

static inline struct drills *drills_of(const struct core *core)
{
    return part_state(core, "drills");
}

/* keep.c: a run in memory and as a document. */
int runs_load(struct core *core, struct error *err);
void runs_unload(struct core *core);
struct run *run_find(const struct core *core, uint64_t incident);
/* The one of a script whose steps go on, or whose incident is open; NULL: there is none. */
struct run *run_of_script(const struct core *core, const char *script);
struct run *run_add(struct turn *turn, uint64_t incident, const struct drill_script *script);
void run_keep(struct turn *turn, const struct run *run);
/* It is no longer needed. */
void run_drop(struct turn *turn, struct run *run);
/* A command of the script on its incident. A refusal changes nothing. */
void run_do(struct turn *turn, const struct run *run, struct command command);
/* When its next step comes; 0: none does. */
instant run_next(const struct run *run);

/* steps.c */
void step_take(struct turn *turn, struct run *run);
/* Does the connector fail for it now? */
bool step_fails(const struct core *core, const struct run *run, const char *connector);

/* part.c: no step comes any more, for that reason; and that with the end of its incident. */
void run_over(struct turn *turn, struct run *run, const char *why);
void run_end(struct turn *turn, struct run *run, const char *why);

/* words.c: the debrief as CommonMark, a line for each thing that was owed. */
void debrief_words(struct core *core, const struct debrief *debrief, const struct incident *incident,
                   struct str *out);

#endif
