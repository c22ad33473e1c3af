/*
 * run - runs a command line in a turn, and answers.
 *
 * Chat, buttons, the API and the command line all come here; only the asker and the place of the answer differ. An
 * incident that the asker may not see does not exist here. Loop's thread only.
 */
#ifndef TOCSIN_COMMAND_RUN_H
#define TOCSIN_COMMAND_RUN_H

#include "command/table.h"
#include "sight/place.h"
#include "turn/turn.h"

struct asker {
    const char *person; /* person id; NULL: no person (a tool's token), which sees nothing private */
    const char *by;     /* the author in the timeline, "api/NAME"; NULL: the person */
    const char *zone;   /* NULL: the person's own, or the default */
    const char *where;  /* for the timeline, where it was typed: "console/general"; NULL: nowhere */
    const char *connector,
        *user;         /* the user who typed it, on which platform; NULL: it was not typed in a chat */
    uint64_t here;     /* the channel's incident; 0: none */
    instant at;        /* when the line was written, which the times in it count from; 0: now */
    enum access most;  /* what the token or the session allows at most; ACCESS_NONE: it says nothing */
    const char *agent; /* the agent that acts for the person, by its name; its events say so. NULL: none */
    bool automatic;    /* not a person: what it declares starts in triage */
    enum asker_forms {
        FORMS_NONE,    /* no forms: a text says what is missing */
        FORMS_MISSING, /* a form asks for what is missing */
        FORMS_ALWAYS,  /* a form also shows a complete line first, for changes */
    } forms;
    /* The answers of a form, by an argument's name; see parse.h. NULL: there was no form. */
    const char *(*value)(const void *values, const char *name);
    const void *values;
};

struct answer {
    int code;          /* 0, or an ERR_ code: the text says why, and what to type */
    uint64_t incident; /* the one it is about; 0: none */
    bool alone;        /* only for the asker: refusals, and answers to reading */
    bool secret;       /* it holds a secret: who sends it again gets a new one */
    struct str text;   /* CommonMark; never empty after command_run */
    struct str card;   /* JSON; empty: the text says everything */
    struct str form;   /* JSON; asks for what is missing. The text is for places without forms */
};
void answer_finish(struct answer *answer);
/* Writes {"text","card","incident","error"}: card is an object, incident "INC-42", error a word; each may be null. */
void answer_encode(const struct answer *answer, struct str *out);
/* Posts the answer where the command was typed. `key` makes it idempotent. */
void answer_say(struct turn *turn, const struct place *place, const char *key, const struct answer *answer);

/* *ret must be {0}, and is always filled in; returns its code. The caller commits the turn, even after a refusal. */
int command_run(struct turn *turn, const struct asker *asker, const char *text, struct answer *ret);

/* The catch-up for somebody who joins. ERR_NOT_FOUND: the person may not see the incident. */
int command_catch_up(struct turn *turn, const struct asker *asker, uint64_t incident, struct answer *ret);

/* The same as everybody in a room of the incident may read it, whoever they are. */
void command_catch_up_all(struct turn *turn, const struct incident *incident, struct answer *ret);

#endif
