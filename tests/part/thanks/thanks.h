/*
 * thanks - who helped is thanked: counted for each incident, shown on its card, and asked for when nobody thought of it.
 *
 * A part as small as one can be, for the tests: see tests/part/try.sh. Loop's thread only.
 */
#ifndef TOCSIN_THANKS_THANKS_H
#define TOCSIN_THANKS_THANKS_H

#include "turn/call.h"
#include "turn/part.h"

extern const struct part thanks_part;

/* `thank @ana`: arguments[0] is the person. */
call_handler thanks_give;

#endif
