/*
 * dispatch - who carries out which command: the other half of commands.def. Loop's thread only.
 */
#ifndef TOCSIN_COMMAND_DISPATCH_H
#define TOCSIN_COMMAND_DISPATCH_H

#include "command/handlers.h"

/* Carries out ask->row and writes the answer; a refusal goes to err, and leaves nothing done. */
int dispatch(struct asking *ask, struct error *err);

#endif
