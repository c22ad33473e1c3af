/*
 * links - addresses that sign somebody in once: a chat connector sends one to somebody whom it knows. Only the hash of its secret is
 * kept. Opening it uses nothing up, since previews of chats open links; a press on the page behind it does. Loop's thread only.
 */
#ifndef TOCSIN_ACCESS_LINKS_H
#define TOCSIN_ACCESS_LINKS_H

#include "base/secret.h"
#include "turn/turn.h"

#define SIGNIN_LINK_HOLDS (10 * MINUTE)

/* A new link for the person; the one before no longer works. */
void signin_link_make(struct turn *turn, const char *person, char ret_secret[SECRET_TEXT]);
/* Whom it signs in; NULL: it was used, came too late, or never was. Borrowed until the next turn. */
const char *signin_link_person(const struct core *core, const char *secret, instant now);
/* Uses it up. Call it in the turn in which the session begins. */
void signin_link_use(struct turn *turn, const char *secret);

#endif
