/*
 * desk - commands that an agent types in a ticket of a support desk: the ticket is the channel, and everybody at the desk reads the
 * answer. So the asker sees what the public sees, whoever they are; what they do is theirs. Loop's thread only.
 */
#ifndef TOCSIN_COMMAND_DESK_H
#define TOCSIN_COMMAND_DESK_H

#include <cjson/cJSON.h>

#include "command/run.h"

/* Are the channels of that connector tickets? */
bool desk_is(const struct core *core, const char *connector);
/*
 * Makes an asker of a chat one of the ticket that the message is in, and returns the line to run. One that declares without a title takes
 * the ticket's; in a ticket of an open incident it shows that one. One that attaches without a link means this ticket. The caller frees
 * *ret_own after the line has run.
 */
const char *desk_line(struct core *core, const cJSON *event, const char *line, struct asker *asker,
                      char **ret_own);

#endif
