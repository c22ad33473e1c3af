/*
 * commands - what people ask about subscribers by commands (turn/call.h). Loop's thread only.
 */
#ifndef TOCSIN_SUBSCRIBERS_COMMANDS_H
#define TOCSIN_SUBSCRIBERS_COMMANDS_H

#include "turn/call.h"

call_handler subscribers_subscribe_command;   /* `subscribe [COMPONENTS] [--page NAME]` */
call_handler subscribers_unsubscribe_command; /* `unsubscribe [--page NAME]` */

#endif
