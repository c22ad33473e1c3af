/*
 * sentry_stack - the exceptions and frames of a Sentry event: which of them count, how people see them, how they are hashed.
 *
 * An event lists exceptions from the oldest cause to the newest, and frames from the caller to the one that failed; so
 * both are read from the end.
 */
#ifndef TOCSIN_INTAKE_SENTRY_STACK_H
#define TOCSIN_INTAKE_SENTRY_STACK_H

#include <cjson/cJSON.h>

#include "intake/fingerprint.h"

#define STACK_EXCEPTIONS 8
#define STACK_FRAMES     30

struct stack_exception {
    const char *type, *value; /* "" when absent */
    bool handled, says_handled, synthetic;
    const cJSON
        *frames[STACK_FRAMES]; /* those that count, starting with the one that failed, without repeats */
    size_t n_frames;
};

struct stack {
    struct stack_exception exceptions[STACK_EXCEPTIONS]; /* newest first */
    size_t n;
};

void stack_read(const cJSON *event, struct stack *ret);
/* Adds the identifying parts; false when there is no exception. */
bool stack_identify(const struct stack *stack, struct fingerprint *f);
/* True if no exception has a real type, a value or an identifying frame. */
bool stack_says_nothing(const struct stack *stack);
/* "charge in payments": where the newest exception came from; "" when unknown. */
const char *stack_culprit(const struct stack *stack, struct arena *arena);
/* A few lines for people. */
void stack_describe(const struct stack *stack, struct str *out);

const char *frame_function(const cJSON *frame);
const char *frame_module(const cJSON *frame); /* the module, else the base name of the file */
const char *frame_file(const cJSON *frame);   /* the file with its path, else the module */

#endif
