/*
 * run - carries a command line out in a turn, and answers.
 *
 * One way for chat, buttons, the API and the command line: what differs is who asks and where the answer goes. An
 * incident that the asker may not see does not exist here. Loop's thread only.
 */
#ifndef TOCSIN_COMMAND_RUN_H
#define TOCSIN_COMMAND_RUN_H

#include "command/table.h"
#include "sight/place.h"
#include "turn/turn.h"

struct asker {
    const char
        *person; /* person id; NULL: nobody in particular (a token that is no person's): sees nothing private */
    const char *by;    /* what the timeline shows: NULL: the person; or "api/NAME" */
    const char *zone;  /* NULL: the person's own, or the default */
    const char *where; /* for the timeline, where it was said: "console/general"; NULL: nowhere */
    uint64_t here;     /* the channel's incident; 0: none */
    bool automatic;    /* a machine asks: what it declares starts at triage */
    enum asker_forms {
        FORMS_NONE,    /* none can be shown: what a command lacks is said */
        FORMS_MISSING, /* what it lacks is asked for in one */
        FORMS_ALWAYS,  /* and what it has is shown in one first, to be changed */
    } forms;
    /* What a form answered, by an argument's name; see parse.h. NULL: there was none */
    const char *(*value)(const void *values, const char *name);
    const void *values;
};

struct answer {
    int code;          /* 0, or an ERR_ code: the text says why not, and what to type */
    uint64_t incident; /* what it is about; 0: none */
    bool alone;        /* for the asker only: refusals, and what was only read */
    struct str text;   /* CommonMark; never empty after command_run */
    struct str card;   /* JSON; empty: the text says all */
    struct str form;   /* JSON; asks for what the command lacks. The text says it where no form can be shown */
};
void answer_finish(struct answer *answer);
/* {"text","card","incident","error"}; card an object or null, incident "INC-42" or null, error a word or null. */
void answer_encode(const struct answer *answer, struct str *out);
/* Says it where it was asked. `key` makes it idempotent. */
void answer_say(struct turn *turn, const struct place *place, const char *key, const struct answer *answer);

/* *ret is {0} before and always filled; returns its code. The caller commits the turn, also after a refusal. */
int command_run(struct turn *turn, const struct asker *asker, const char *text, struct answer *ret);

/* The catch-up of somebody who joins. ERR_NOT_FOUND when the person may not see the incident. */
int command_catch_up(struct turn *turn, const struct asker *asker, uint64_t incident, struct answer *ret);

#endif
