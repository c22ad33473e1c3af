/*
 * call - a command that a part carries out: who asked, about which incident, with which arguments. A row of the command table
 * names the part's function. Parsing, help, forms and delivering the answer are done by core/command. Loop's thread only.
 */
#ifndef TOCSIN_TURN_CALL_H
#define TOCSIN_TURN_CALL_H

#include "turn/turn.h"

/* Everything is borrowed for the duration of the call. */
struct call {
    struct turn *turn;
    const struct incident *incident; /* the asker may see it; NULL: the command is not about an incident */
    const char *person;              /* person id; NULL: nobody in particular */
    const char *by;                  /* for commands and events */
    const char *zone;                /* for times in the answer */
    const char *const
        *arguments;     /* one for each argument of the row; a person is given by id. NULL: left out */
    struct str *answer; /* one sentence, CommonMark; empty: "Done." */
    bool *alone;        /* set it where only the asker may read the answer */
    bool *secret;       /* set it where the answer holds a secret, which is kept nowhere */
    const char *where;  /* the channel in which it was asked, "slack/C0123"; NULL: in none */
};

/* Returns 0, or an error whose text says what to do instead; nothing was done then. */
typedef int call_handler(const struct call *call, struct error *err);

#endif
