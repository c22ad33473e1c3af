/*
 * output - what a runner writes for people: log messages, and lines on its standard output and error. Loop thread only.
 *
 * They become lines of our log under the connector's name: limited in length, valid UTF-8, and only so many in ten seconds;
 * further lines are counted and dropped. The caller keeps the bytes.
 */
#ifndef TOCSIN_HOST_OUTPUT_H
#define TOCSIN_HOST_OUTPUT_H

#include <stdbool.h>

#include "base/log.h"
#include "base/str.h"

struct output {
    const char *connector; /* borrowed */
    struct str out, error; /* unfinished lines */
    int64_t since;         /* when the current ten seconds began, monotonic ms */
    int lines, dropped;    /* in these ten seconds */
};

void output_init(struct output *output, const char *connector);
void output_finish(struct output *output);
void output_line(struct output *output, enum log_level level, const char *text, size_t n);
/* Takes bytes of its standard error or output; n 0: the end. */
void output_take(struct output *output, bool error, const char *bytes, size_t n);

#endif
