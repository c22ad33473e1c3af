/*
 * input - a file that is named on the command line, read whole.
 */
#ifndef TOCSIN_CLI_INPUT_H
#define TOCSIN_CLI_INPUT_H

#include "base/error.h"
#include "base/str.h"

#define INPUT_BYTES ((size_t)12 << 20)

/* Appends all of it; "-" is standard input. Refuses one with more than INPUT_BYTES. */
int input_read(const char *path, struct str *out, struct error *err);

#endif
