/*
 * call - a command that a part carries out: who asked, about which incident, with what. A row of the command table names the
 * part's function; parsing, help, forms and the answer's way back are the table's business. Loop's thread only.
 */
#ifndef TOCSIN_TURN_CALL_H
#define TOCSIN_TURN_CALL_H

#include "turn/turn.h"

/* All of it is borrowed for the call. */
struct call {
    struct turn *turn;
    const struct incident *incident; /* one that the asker may see; NULL: the command is about none */
    const char *person;              /* person id; NULL: nobody in particular */
    const char *by;                  /* for commands and events */
    const char *zone;                /* to tell times in */
    const char *const *arguments;    /* as many as the row has; a person's as their id. NULL: not given */
    struct str *answer;              /* one sentence, CommonMark; empty: "Done." */
};

/* 0, or an error whose text says what to do instead; then nothing was done. */
typedef int call_handler(const struct call *call, struct error *err);

#endif
