/*
 * fallback - tells the connector that announces while no chat can be reached (reach.h) when that begins and ends. Only this folder
 * includes it.
 *
 * Whether it announces follows from the links; that it was told so is a document, so that a restart tells nobody twice.
 */
#ifndef TOCSIN_ROOMS_FALLBACK_H
#define TOCSIN_ROOMS_FALLBACK_H

#include "turn/turn.h"

/* Says so in the fallback when it begins to announce, with what waits to be announced, and when it ends. */
void fallback_update(struct turn *turn);

int fallback_load(struct core *core, struct error *err);
instant fallback_tick(struct core *core, instant now);

#endif
