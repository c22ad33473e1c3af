/*
 * part - how a folder of the core takes part in turns: one struct of functions and, optionally, a state of its own.
 *
 * The core knows its parts only through a table (core/parts.c). Every function may be NULL. The functions are called on the
 * loop's thread, in the order of the table. Only `tick` runs from the last part to the first, so that actions that one part
 * queues are sent in the same tick. A part never keeps a turn or an incident after the call that passed it in.
 *
 * To add a part: a folder with a header and such a struct, a row in core/parts.c, the folder's place in the layers of
 * scripts/style.sh, and rows in the tables of events, documents and commands.
 */
#ifndef TOCSIN_TURN_PART_H
#define TOCSIN_TURN_PART_H

#include "base/json.h"
#include "turn/turn.h"

struct affected_reader;
struct card_context;

struct part_delivery { /* what a part has to do with actions and connectors */
    /* May the outbox hand an action to this connector now? All parts must agree. *ret_can: its abilities. */
    bool (*can_take)(struct core *core, const char *connector, uint64_t *ret_can);
    /* An action was withheld, because its readers may no longer see its incident. `instead`: text to send in its place; NULL:
       none. */
    void (*withheld)(struct turn *turn, const struct action *action, const char *instead);
    /* The body of an action of the part, as it is handed out: for what must not be stored with it. NULL: as it is stored. The caller frees. */
    char *(*body)(struct core *core, const struct action *action);
    /* Is it pointless to send this action now? Then it is withdrawn. */
    bool (*pointless)(struct core *core, const struct action *action);
    /* Must this action look as if its connector did not work? Then it is not handed out, and tried again later. */
    bool (*fails)(struct core *core, const struct action *action);
    /* The outcome of an action, given by its state. `reported`: as its connector reported it; its remote_id is possibly of
       something unfinished. `body`: the action's body, parsed; may be NULL. */
    void (*outcome)(struct turn *turn, const struct action *action, const struct outbox_outcome *reported,
                    const cJSON *body);
    /* A connector cannot post announcements: `why`. */
    void (*unannounced)(struct turn *turn, const char *connector, const char *why);
    /* A connector is in trouble (`reason`), or has recovered. */
    void (*connector)(struct turn *turn, const char *connector, bool up, const char *reason);
    /* Is this connector configured? All parts must agree. An action for one that is not is not queued. */
    bool (*serves)(struct core *core, const char *connector);
    /* A connector was removed from the configuration. So n actions that waited for it were dropped, all about this incident (0:
       about none); `what` says what they were. */
    void (*dropped)(struct turn *turn, const char *connector, uint64_t incident, size_t n, const char *what);
};

struct part_card { /* what a part adds to an incident's card */
    /* Fields: an open JSON array of {"name","value"}. */
    void (*fields)(struct core *core, const struct incident *incident, const struct card_context *context,
                   struct json_out *fields);
    /* A few lines below the summary. */
    void (*text)(struct core *core, const struct incident *incident, struct str *commonmark);
};

struct part {
    const char *name; /* prefix of its deadlines; contains no slash */

    /* Bytes of the state that part_state() returns: zeroed before anything is loaded, and kept when a commit fails. `finish` frees
       what it holds that `unload` does not. */
    size_t state_size;
    void (*finish)(void *state);
    /* The memory that follows from the journal: loaded at the start; unloaded and loaded again after a failed commit. `unload`
       is also called before `finish`. If `load` fails, it fills *err. */
    int (*load)(struct core *core, struct error *err);
    void (*unload)(struct core *core);
    /* An ended incident is dropped from memory; the part drops what it remembers about it. */
    void (*forget)(struct core *core, uint64_t incident);

    /* An event was just folded. `incident` is its incident; NULL for events with another subject. For updates that must
       happen before anything else in the turn. */
    void (*folded)(struct turn *turn, const struct event *event, const struct incident *incident);
    /* Is what this event would say of the incident so already, in a way that the engine does not know? Then there is no event. */
    bool (*known)(struct core *core, const struct event *event, const struct incident *incident);
    /* A command is finished: called once for each event of an incident, in order. Commands run here add events, which are
       followed later in the same turn. */
    void (*follow)(struct turn *turn, const struct event *event, const struct incident *incident);
    /* No event is left to follow. Updates obligations by commands; called again until no command adds an event. */
    void (*owe)(struct turn *turn, const struct incident *incident);
    /* The state is final for this turn: update whatever displays the incident. Must not run commands. */
    void (*show)(struct turn *turn, const struct incident *incident);

    /* Calls live_due() for each deadline of this state; `passed` reports one that has passed. */
    void (*deadlines)(struct core *core, const struct incident *incident);
    void (*passed)(struct turn *turn, uint64_t incident, const char *name, instant due);
    /* Called from time to time, between turns. Returns when to call again at the latest; 0: no matter when. */
    instant (*tick)(struct core *core, instant now);

    /* A sweep that this part began has come to this open incident (turn/sweep.h). */
    void (*swept)(struct turn *turn, const struct incident *incident, const cJSON *about);

    struct part_delivery delivery;

    /* Tells of each customer whom it knows the incident to affect, perhaps more than once (impact/impact.h asks). */
    void (*affects)(struct core *core, const struct incident *incident, const struct affected_reader *reader);

    struct part_card card;
    /* Adds members to the incident's JSON object in the API. */
    void (*api)(struct core *core, const struct incident *incident, const char *viewer,
                struct json_out *object);
    /* May `viewer` see this event, which belongs to no incident? All parts must agree. */
    bool (*visible)(struct core *core, const struct event *event, const char *viewer);
};

/* EACH_PART(core, part, follow)
       part->follow(…);
   runs for each part that has this function, in the order of the table. */
#define EACH_PART(core, part, function)                                                                        \
    for (const struct part *const *at_ = core_settings(core)->parts, *part; (part = *at_) != NULL; at_++)      \
        if (part->function)

/* All parts of Tocsin; ends with NULL. See core/parts.c. */
extern const struct part *const core_parts[];

/* The state of the part with that name. The core must have that part. */
void *part_state(const struct core *core, const char *name);

/* For a part's `deadlines`: requests a call of its `passed` at `at`, with that name. */
void live_due(struct core *core, const char *part, uint64_t incident, const char *name, instant at);

#endif
