/*
 * exchange - what tocsind asks tocsin-draw, and what it answers. Pure.
 */
#ifndef TOCSIN_DRAW_EXCHANGE_H
#define TOCSIN_DRAW_EXCHANGE_H

#include "base/error.h"
#include "base/str.h"

#define DRAW_SVG_MOST    ((size_t)512 << 10)
#define DRAW_PNG_MOST    ((size_t)1 << 20)
#define DRAW_WIDTH_MOST  2400
#define DRAW_HEIGHT_MOST 4800

struct draw_request {
    char *svg;
    int width; /* of the picture, in pixels */
};
void draw_request_finish(struct draw_request *request);
void draw_request_write(const struct draw_request *request, struct str *json);
int draw_request_parse(const char *json, size_t n, struct draw_request *ret, struct error *err);

struct draw_answer {
    char *why; /* it could not be drawn, plain text; NULL: it was */
    struct str png;
};
void draw_answer_finish(struct draw_answer *answer);
void draw_answer_write(const struct draw_answer *answer, struct str *json);
/* Whoever wrote it parsed an SVG, so it is not trusted. The caller finishes *ret. */
int draw_answer_parse(const char *json, size_t n, struct draw_answer *ret, struct error *err);

#endif
