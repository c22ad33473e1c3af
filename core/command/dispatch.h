/*
 * dispatch - finds the handler of a command: the other half of commands.def. Loop's thread only.
 */
#ifndef TOCSIN_COMMAND_DISPATCH_H
#define TOCSIN_COMMAND_DISPATCH_H

#include "command/handlers.h"

/* Carries out request->row and writes the answer. A refusal goes to err, and changes nothing. */
int dispatch(struct request *request, struct error *err);

#endif
