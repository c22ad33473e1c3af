/*
 * kind - what a model can be asked for, and which ordinary command takes it once a person accepts it. Pure.
 */
#ifndef TOCSIN_ASSIST_KIND_H
#define TOCSIN_ASSIST_KIND_H

#include <stdbool.h>
#include <stddef.h>

struct assist_kind {
    const char *name;    /* as it is typed: "title" */
    const char *what;    /* "a title" */
    const char *command; /* that takes it: "title" */
    const char *accept;  /* the label of its button */
    const char *wanted;  /* what the model is asked for */
    size_t most;         /* bytes of a proposal */
    bool line;           /* it is one line */
    bool value;          /* its command takes a value; else CommonMark, in which the proposal must be literal */
};

const struct assist_kind *assist_kind_find(const char *name); /* NULL: there is none */
const struct assist_kind *assist_kind_at(size_t i);           /* NULL: there are no more */

#endif
