/*
 * accounts - takes apart what is one person, for an operator: as `unlink` does for oneself. Loop's thread only.
 */
#ifndef TOCSIN_COMMAND_ACCOUNTS_H
#define TOCSIN_COMMAND_ACCOUNTS_H

#include "base/str.h"
#include "turn/turn.h"

/* Takes the person's user on a connector off again, and tells all of their users. `said`: what they read, CommonMark. */
int accounts_unlink(struct turn *turn, const char *person, const char *connector, const char *by,
                    struct str *said, struct error *err);

#endif
