/*
 * lint - what to look at again in a message to customers before it is sent. Hints, which never keep it from being sent. Pure.
 */
#ifndef TOCSIN_COMMS_LINT_H
#define TOCSIN_COMMS_LINT_H

#include "base/str.h"
#include "base/time.h"

struct lint_message {
    const char *text, *languages; /* languages as in wording.h; NULL: none */
    const char *names[2];         /* of the incident's service and team; NULL: it has none */
    duration update_within;       /* customers must hear again so soon after it; 0: the policy does not say */
};

/* Sentences, one after the other; nothing where there is nothing to say. Plain text. What is so in some languages only names them. */
void lint(const struct lint_message *message, struct str *out);

#endif
