/*
 * look - what a message said, as the timeline has it: for somebody who reacts to it. Loop's thread only.
 */
#ifndef TOCSIN_COMMAND_LOOK_H
#define TOCSIN_COMMAND_LOOK_H

#include "mirror/mirror.h"

struct looked_up {
    struct original original; /* of which it is a copy, or itself */
    char *text;               /* as it reads now; NULL: it was deleted, or is not there */
    bool found;
};
/* Looks through the latest events of the incident, as the person may see them. The caller finishes *ret. */
void look_up_said(struct core *core, uint64_t incident, const char *person, const char *connector,
                  const char *message, struct looked_up *ret);
/* Why it has no text, for whoever reacted. */
const char *looked_up_why(const struct looked_up *said);
void looked_up_finish(struct looked_up *said);

#endif
