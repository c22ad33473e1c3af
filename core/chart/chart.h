/*
 * chart - numbers as a picture: an SVG of bars, of columns, or of spans of time; and the same in words.
 *
 * It is drawn for a width of 340 pixels, so it is read on a phone as well. Nothing is said by colour alone: each value stands in words
 * beside its bar, a part of it is hatched, and what was before is a mark. On a page it has classes, so that the page's style gives it the
 * colours of day and night; on paper (a PNG) it has colours of its own, a background and its title. Labels come from outside: they are
 * escaped, and cut to what fits. The same chart gives the same bytes. Pure.
 */
#ifndef TOCSIN_CHART_CHART_H
#define TOCSIN_CHART_CHART_H

#include "base/error.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/time.h"

#define CHART_ROWS 12 /* that are drawn; how many more there are is said */
#define CHART_FEW  4  /* of a span: so few values are shown themselves */
#define CHART_NONE (-1)
#define CHART_PNG  1104 /* pixels: how wide a PNG of one on paper is, so that three are one of its own */

enum chart_shape {
    CHART_BARS,    /* one below the other, each with its label */
    CHART_COLUMNS, /* side by side, as months are */
    CHART_SPANS,   /* times, on an axis where each step is some times the one before */
};
enum chart_unit { CHART_COUNT, CHART_TIME /* a duration */ };
enum chart_look { CHART_PAGE, CHART_PAPER };

struct chart_row {
    char *label;    /* of a column a short one: "Nov" */
    char *below;    /* of a column, a second line: "2026"; NULL: none */
    int64_t value;  /* at least 0; of a span: half of its values are within */
    int64_t part;   /* of a bar or column: so much of it is hatched; of a span: nine of ten are within */
    int64_t before; /* the value before; CHART_NONE: nothing is known of it */
    int64_t few[CHART_FEW]; /* of a span with so few values: they, in order */
    size_t n;               /* of a span: how many there are */
};

struct chart {
    const char *name; /* letters, digits and -, static: the SVG's ids end with it */
    enum chart_shape shape;
    enum chart_unit unit;
    char *title, *about;                        /* "People's time by service"; "October 2026, of payments" */
    const char *value_is, *part_is, *before_is; /* the legend, static: "people's time"; NULL: not in it */
    ARRAY(struct chart_row) rows;
};
void chart_finish(struct chart *chart); /* frees its content, not the struct */
/* A new last row, with nothing known before it; valid until the next one. */
struct chart_row *chart_add(struct chart *chart, const char *label);

void chart_draw(const struct chart *chart, enum chart_look look, struct str *svg);
/* All that is drawn, as one plain sentence: for whoever does not see it. */
void chart_words(const struct chart *chart, struct str *out);
/* "12", "1h 30m"; from ten hours on whole ones: "12 h". */
void chart_value(enum chart_unit unit, int64_t value, struct str *out);

/* What came of drawing an SVG as a PNG (draw/draw.h). `err` NULL: it was drawn; the bytes are borrowed for the call. */
typedef void chart_drawn(void *ctx, const char *png, size_t n, const struct error *err);

#endif
