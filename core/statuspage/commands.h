/*
 * commands - what people ask of the status page by commands (turn/call.h). Loop's thread only.
 */
#ifndef TOCSIN_STATUSPAGE_COMMANDS_H
#define TOCSIN_STATUSPAGE_COMMANDS_H

#include "turn/call.h"

call_handler statuspage_component_command; /* `component [NAME [STATE]]` */
/* Lists the open posts, or maintenance alone, and the drafts for it that belong to no incident. */
void statuspage_list(const struct call *call, bool maintenance);

#endif
