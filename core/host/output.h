/*
 * output - what a runner writes for people: log messages, and lines of its standard output and error. Loop's thread only.
 *
 * It becomes lines of our log, in the connector's name: of a bounded length, valid UTF-8, and so many in ten seconds; more are
 * counted, not kept. The bytes stay the caller's.
 */
#ifndef TOCSIN_HOST_OUTPUT_H
#define TOCSIN_HOST_OUTPUT_H

#include <stdbool.h>

#include "base/log.h"
#include "base/str.h"

struct output {
    const char *connector; /* borrowed */
    struct str out, error; /* the lines that have not ended yet */
    int64_t since;         /* of the ten seconds at hand, monotonic ms */
    int lines, dropped;    /* in them */
};

void output_init(struct output *output, const char *connector);
void output_finish(struct output *output);
void output_line(struct output *output, enum log_level level, const char *text, size_t n);
/* Some of its standard error, or output; n 0: its end. */
void output_take(struct output *output, bool error, const char *bytes, size_t n);

#endif
