/*
 * mention - mentions of people in a text: from a platform's <@ID> to the id that people type and read, "@ana".
 */
#ifndef TOCSIN_COMMAND_MENTION_H
#define TOCSIN_COMMAND_MENTION_H

#include "base/json.h"
#include "turn/core.h"

/* Users whom Tocsin does not know get the name that `people` (of an event; NULL: none) gives them; without one, they stay as they
   are. The caller frees the result. */
char *mentions_resolve(const struct core *core, const char *connector, const char *text, const cJSON *people);

#endif
