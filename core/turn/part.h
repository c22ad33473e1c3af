/*
 * part - how a folder of the core takes part in turns: one struct of functions and, if it likes, a state of its own.
 *
 * The core knows its parts by a table (core/parts.c) and nothing else of them. Every function may be NULL. They are
 * called in the table's order, on the loop's thread; only `tick` goes from the last part to the first, so that what one
 * part makes leaves in the same tick. A part never keeps a turn or an incident beyond the call it was given in.
 *
 * To add one: a folder with a header and such a struct, a row in core/parts.c, the folder's place in the layers of
 * scripts/style.sh, and its rows in the tables of events, documents and commands.
 */
#ifndef TOCSIN_TURN_PART_H
#define TOCSIN_TURN_PART_H

#include "base/json.h"
#include "turn/turn.h"

struct card_context;

struct part {
    const char *name; /* names its deadlines: no slash in it */

    /* Its state, which part_state() returns. Made before anything is read, and kept when a commit fails. */
    void *(*create)(struct core *core);
    void (*destroy)(void *state);
    /* What follows from the journal: read at start; forgotten and read again after a failed commit. `unload` also stands before
       `destroy`. A failing `load` fills *err. */
    int (*load)(struct core *core, struct error *err);
    void (*unload)(struct core *core);
    /* The incident leaves memory, where it ended long ago: whatever the part remembers of it goes too. */
    void (*forget)(struct core *core, uint64_t incident);

    /* An event was decided and folded a moment ago. `incident` is its incident, NULL for events of other subjects. For
       what must be so before anything else happens in the turn. */
    void (*folded)(struct turn *turn, const struct event *event, const struct incident *incident);
    /* The command is done, and this event of an incident came of it: each once, in order. Commands given here bring
       further events, which are shown in their turn. */
    void (*follow)(struct turn *turn, const struct event *event, const struct incident *incident);
    /* No event is left to follow. What is owed in this state is brought up to date by commands; asked again until none
       brings an event. */
    void (*owe)(struct turn *turn, const struct incident *incident);
    /* The state is final for this turn: what shows the incident is updated. Gives no commands. */
    void (*show)(struct turn *turn, const struct incident *incident);

    /* What waits for the clock in this state: the part calls live_due() for each. Then the one that passed. */
    void (*deadlines)(struct core *core, const struct incident *incident);
    void (*passed)(struct turn *turn, uint64_t incident, const char *name, instant due);
    /* From time to time, between turns. Returns when to be called again at the latest; 0: whenever. */
    instant (*tick)(struct core *core, instant now);

    /* May the outbox hand an action to this connector now? All parts must agree. *ret_can: what it can. */
    bool (*can_take)(struct core *core, const char *connector, uint64_t *ret_can);
    /* An action was withheld, since those who would read it may not see its incident any more. `instead`: what may be said;
       NULL: nothing. */
    void (*withheld)(struct turn *turn, const struct action *action, const char *instead);
    /* What came of an action: see its state. `remote_id`: what the platform calls what was made, or begun; may be NULL. `body`:
       the action's, parsed; may be NULL. */
    void (*outcome)(struct turn *turn, const struct action *action, const char *remote_id, const cJSON *body);
    /* A connector is in trouble (`reason` says which), or well again. */
    void (*connector)(struct turn *turn, const char *connector, bool up, const char *reason);

    /* Further fields of the incident's card, in an open JSON array of {"name","value"}; members of its object in the API. */
    void (*card)(struct core *core, const struct incident *incident, const struct card_context *context,
                 struct json_out *fields);
    void (*api)(struct core *core, const struct incident *incident, const char *viewer,
                struct json_out *object);
    /* May `viewer` see this event, which is of no incident? All parts must agree. */
    bool (*visible)(struct core *core, const struct event *event, const char *viewer);
};

/* EACH_PART(core, part, follow)
       part->follow(…);
   for each part of the core that has this function, in the table's order. */
#define EACH_PART(core, part, function)                                                                        \
    for (const struct part *const *at_ = core_settings(core)->parts, *part; (part = *at_) != NULL; at_++)      \
        if (part->function)

/* All parts of Tocsin, NULL at the end: see core/parts.c. */
extern const struct part *const core_parts[];

/* What the part of that name returned from `create`. It must be one of the core's. */
void *part_state(const struct core *core, const char *name);

/* In a part's `deadlines`: asks for its `passed` at `at`, with that name. */
void live_due(struct core *core, const char *part, uint64_t incident, const char *name, instant at);

#endif
