/*
 * signin - the command `signin`: a link that signs the asker in with a browser, and their sessions. Loop's thread only.
 */
#ifndef TOCSIN_ACCESS_SIGNIN_H
#define TOCSIN_ACCESS_SIGNIN_H

#include "turn/call.h"

/* `signin`, `signin list`, `signin revoke ID`, `signin revoke all` */
call_handler signin_command;

#endif
