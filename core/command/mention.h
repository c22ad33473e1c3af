/*
 * mention - people in a text: from a platform's <@ID> to the id that is typed and read everywhere, "@ana".
 */
#ifndef TOCSIN_COMMAND_MENTION_H
#define TOCSIN_COMMAND_MENTION_H

#include "base/json.h"
#include "turn/core.h"

/* Users who are no person of ours are called as `people` (an event's; NULL: none) calls them, else they stay as they are. The caller
   frees. */
char *mentions_resolve(const struct core *core, const char *connector, const char *text, const cJSON *people);

#endif
