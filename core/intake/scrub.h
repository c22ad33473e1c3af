/*
 * scrub - takes well-known secrets out of what senders say, before it is kept or shown: passwords in URLs, authorization headers,
 * cookies, and values whose name says that they are secret.
 *
 * It costs a pass over the text, so it is done when an alert is kept as a sample or opens a group, never for one that is only
 * counted. It knows names and forms, not the secrets themselves, so it can miss one. Pure.
 */
#ifndef TOCSIN_INTAKE_SCRUB_H
#define TOCSIN_INTAKE_SCRUB_H

#include <stdbool.h>

#include "intake/arena.h"

#define SCRUBBED "[hidden]" /* stands for a secret */

/* The text without secrets; the text itself if it has none. */
const char *scrub_text(struct arena *arena, const char *text);
/* Is what has this name a secret, such as "password", "x-api-key" or "Set-Cookie"? */
bool scrub_names_secret(const char *name);

#endif
