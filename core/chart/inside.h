/*
 * inside - how charts are drawn: a pen, and axes. Only this folder includes it. Pure.
 */
#ifndef TOCSIN_CHART_INSIDE_H
#define TOCSIN_CHART_INSIDE_H

#include "chart/chart.h"

#define WIDTH  340 /* of a chart */
#define TEXT   12  /* sizes of text; this one is that of the whole chart */
#define SMALL  10
#define LETTER 7 /* a column of TEXT is that wide at most, nearly always */

enum role { ROLE_INK, ROLE_FAINT, ROLE_GRID /* of lines */, ROLE_BAR, ROLE_PART, ROLE_MARK, ROLE_PAPER, ROLES };

struct pen {
    const struct chart *chart;
    enum chart_look look;
    struct str *svg;
    int y; /* all above it is drawn */
};

/* pen.c */
const char *pen_role(const struct pen *pen, enum role role); /* as attributes */
void pen_rect(const struct pen *pen, enum role role, int x, int y, int width, int height);
/* The same, hatched. */
void pen_hatch(const struct pen *pen, int x, int y, int width, int height);
/* Lines of the grid, as the path of an SVG: "M0 0v9M20 0v9" */
void pen_grid(const struct pen *pen, const struct str *path);
void pen_mark(const struct pen *pen, int x, int y, int height); /* upright, on what is drawn already */
struct place {
    int x, y, size;
    const char *anchor; /* the "middle" or "end" of the text is there; NULL: its start */
    enum role role;     /* ROLE_INK is that of the whole chart */
    size_t columns;     /* that it may take; 0: any */
};
void pen_text(const struct pen *pen, const struct place *place, const char *text);
size_t text_columns_of(const char *text);
/* How many rows are drawn. */
size_t rows_drawn(const struct chart *chart);

/* axis.c: from 0 to `end`, in steps. */
struct axis {
    int64_t step, end;
};
struct axis axis_of(const struct chart *chart);
int axis_at(const struct axis *axis, int64_t value, int length);
/* "12", "30 min", "2 h"; all in one unit */
void axis_label(const struct axis *axis, enum chart_unit unit, int64_t value, struct str *out);
/* Steps of times, each some times the one before. */
struct time_axis {
    size_t first, last; /* of the steps */
};
struct time_axis time_axis_of(const struct chart *chart);
duration time_axis_step(size_t i, const char **ret_name); /* and as its label says it: "10 min" */
int time_axis_at(const struct time_axis *axis, int64_t value, int length);

/* say.c: what is said of a row: "12 h, before 9 h", "6, 2 declined" */
void row_say(const struct chart *chart, const struct chart_row *row, struct str *out);

/* bars.c, columns.c, spans.c: below pen->y, which moves on. */
void draw_bars(struct pen *pen);
void draw_columns(struct pen *pen);
void draw_spans(struct pen *pen);
/* A row's label, and what is said of it. */
void draw_label(const struct pen *pen, const struct chart_row *row, int y);

#endif
