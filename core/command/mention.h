/*
 * mention - people in a text: from a platform's <@ID> to the id that is typed and read everywhere, "@ana".
 */
#ifndef TOCSIN_COMMAND_MENTION_H
#define TOCSIN_COMMAND_MENTION_H

#include "hub/hub.h"

/* Users that nobody is known for stay as they are. The caller frees. */
char *mentions_resolve(const struct hub *hub, const char *connector, const char *text);

#endif
