/*
 * draw - the component that draws pictures, for the core. Loop's thread only.
 */
#ifndef TOCSIN_DAEMON_DRAW_H
#define TOCSIN_DAEMON_DRAW_H

#include "draw/draw.h"

struct draw *daemon_draw(void);

#endif
