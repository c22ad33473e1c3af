/*
 * lint - what to look at again in a message to customers before it is sent. Hints, which never keep it from being sent. Pure.
 */
#ifndef TOCSIN_COMMS_LINT_H
#define TOCSIN_COMMS_LINT_H

#include "base/str.h"

/* Sentences, one after the other; nothing where there is nothing to say. Plain text. */
void lint(const char *text, struct str *out);

#endif
