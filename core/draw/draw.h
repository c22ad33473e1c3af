/*
 * draw - makes PNGs of SVGs, each in a process of its own: tocsin-draw, which is confined as runners are, has no network and no file but
 * fonts, and ends with the picture. So no library of pictures is loaded by tocsind, and nothing waits. One is drawn at a time; others wait
 * for their turn. Loop's thread only.
 */
#ifndef TOCSIN_DRAW_DRAW_H
#define TOCSIN_DRAW_DRAW_H

#include "chart/chart.h"
#include "host/process.h"

#define DRAW_WAITING 32            /* at most; further ones are refused */
#define DRAW_TIME    (10 * SECOND) /* for one picture */

struct draw;

struct draw *draw_create(uv_loop_t *loop, const struct program *program);
/* A picture as wide as that, in pixels. `done` is called once, perhaps at once. */
void draw_png(struct draw *draw, const char *svg, int width, chart_drawn *done, void *ctx);
/* False: one is being drawn; `drained` is called when it has ended. Nothing new is drawn. */
bool draw_drain(struct draw *draw, void (*drained)(void *ctx), void *ctx);
/* Once it has drained. It is freed when the loop has turned once more. NULL is fine. */
void draw_destroy(struct draw *draw);

#endif
