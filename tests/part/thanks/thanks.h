/*
 * thanks - thanks people who helped: counts the thanks of each incident, shows them on its card, and asks for them if there are
 * none.
 *
 * The smallest possible part, for the tests: see tests/part/try.sh. Loop thread only.
 */
#ifndef TOCSIN_THANKS_THANKS_H
#define TOCSIN_THANKS_THANKS_H

#include "turn/call.h"
#include "turn/part.h"

extern const struct part thanks_part;

/* `thank @ana`: arguments[0] is the person. */
call_handler thanks_give;

#endif
