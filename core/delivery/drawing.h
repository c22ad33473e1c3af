/*
 * drawing - actions whose picture is drawn before they are handed out. Only this folder includes it.
 *
 * To the outbox such an action is with its connector already. Whatever becomes of the picture, it is handed out: with it, or with its words.
 * None of this is stored: after a restart the outbox offers the action again. Loop's thread only.
 */
#ifndef TOCSIN_DELIVERY_DRAWING_H
#define TOCSIN_DELIVERY_DRAWING_H

#include "delivery/state.h"

/* Takes an action whose body has a picture, for a connector that can show it. False: it has none. */
bool drawing_begin(struct core *core, const struct action *action);
/* Hands out those whose picture is ready, as far as their connectors can take them. */
void drawing_hand_out(struct core *core);
void drawings_finish(struct delivery *delivery);

#endif
