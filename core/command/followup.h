/*
 * followup - what other commands say of a follow-up. Only this folder includes it.
 */
#ifndef TOCSIN_COMMAND_FOLLOWUP_H
#define TOCSIN_COMMAND_FOLLOWUP_H

#include "command/handlers.h"

/* "Ana has follow-up 3, due Fri 27 Nov 09:00 UTC". */
void followup_describe(const struct request *request, int64_t number, struct str *out);

#endif
