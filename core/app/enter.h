/*
 * enter - the ways into the app: what begins a session once somebody has shown who they are, and what ends it. Loop's thread only.
 */
#ifndef TOCSIN_APP_ENTER_H
#define TOCSIN_APP_ENTER_H

#include "app/visit.h"

/* A new session for `wanted` (its address and agent are the request's), begun in this turn, which is committed; the browser gets its
   cookie and goes to `back`. The session that the browser had before is ended: an id from before a sign-in is worth nothing after it.
   Somebody who may not see anything is told so, and nothing begins. */
void enter_begin(struct visit *visit, struct turn *turn, struct session *wanted, const char *back);
/* Ends the visitor's session, and takes the cookie away. */
void enter_leave(struct visit *visit);
/* Counts an attempt that failed. False: there were too many from this address, and it has been answered. */
bool enter_may_try(struct visit *visit);
/* A path of ours to go on to after the sign-in, from outside; else that of the open incidents. */
const char *enter_back(const char *path);

#endif
