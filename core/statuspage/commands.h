/*
 * commands - what people ask of the status page by commands (turn/call.h). Loop's thread only.
 */
#ifndef TOCSIN_STATUSPAGE_COMMANDS_H
#define TOCSIN_STATUSPAGE_COMMANDS_H

#include "turn/call.h"

call_handler statuspage_component_command; /* `component [NAME [STATE]]` */
call_handler statuspage_posts_command;     /* `posts` */

#endif
