/* A chart as a whole: its frame, its title on paper, its legend. */
#include "chart/chart.h"

#include "chart/inside.h"
#include "template/literal.h"

#define PADDING 14 /* on paper */

void chart_finish(struct chart *chart)
{
    for (size_t i = 0; i < chart->rows.n; i++) {
        free(chart->rows.v[i].label);
        free(chart->rows.v[i].below);
    }
    array_free(&chart->rows);
    free(chart->title);
    free(chart->about);
    *chart = (struct chart){0};
}

struct chart_row *chart_add(struct chart *chart, const char *label)
{
    struct chart_row *row = array_add(&chart->rows);
    *row = (struct chart_row){.label = xstrdup(label), .before = CHART_NONE};
    return row;
}

/* ---- the legend ---- */

static void draw_value_sign(const struct pen *pen, int x, int y)
{
    if (pen->chart->shape != CHART_SPANS)
        pen_rect(pen, ROLE_BAR, x, y, 12, 9);
    else
        str_addf(pen->svg, "<circle cx=\"%d\" cy=\"%d\" r=\"5\" %s/>", x + 6, y + 4, pen_role(pen, ROLE_BAR));
}

static void draw_part_sign(const struct pen *pen, int x, int y)
{
    if (pen->chart->shape != CHART_SPANS)
        pen_hatch(pen, x, y, 12, 9);
    else
        str_addf(pen->svg, "<circle cx=\"%d\" cy=\"%d\" r=\"5\" %s/><circle cx=\"%d\" cy=\"%d\" r=\"3\" %s/>",
                 x + 6, y + 4, pen_role(pen, ROLE_BAR), x + 6, y + 4, pen_role(pen, ROLE_PAPER));
}

static void draw_few_sign(const struct pen *pen, int x, int y)
{
    str_addf(pen->svg, "<path d=\"M%d %dl5 5 -5 5 -5 -5z\" %s/>", x + 6, y - 1, pen_role(pen, ROLE_PART));
}

static void draw_before_sign(const struct pen *pen, int x, int y)
{
    pen_mark(pen, x + 6, y - 2, 13);
}

static bool has_few(const struct chart *chart)
{
    bool few = false;
    for (size_t i = 0; chart->shape == CHART_SPANS && i < chart->rows.n; i++)
        few |= chart->rows.v[i].n <= CHART_FEW;
    return few;
}

static void draw_legend(struct pen *pen)
{
    const struct chart *chart = pen->chart;
    const struct {
        const char *text;
        void (*sign)(const struct pen *pen, int x, int y);
    } items[] = {{chart->value_is, draw_value_sign},
                 {chart->part_is, draw_part_sign},
                 {has_few(chart) ? "one of a few" : NULL, draw_few_sign},
                 {chart->before_is, draw_before_sign}};
    int x = 0;
    pen->y += 4;
    for (size_t i = 0; i < ARRAY_SIZE(items); i++) {
        if (!items[i].text)
            continue;
        int width = 18 + (int)text_columns_of(items[i].text) * LETTER;
        if (x + width > WIDTH && x) {
            x = 0;
            pen->y += TEXT + 6;
        }
        items[i].sign(pen, x, pen->y + 2);
        pen_text(pen,
                 &(struct place){.x = x + 17, .y = pen->y + TEXT - 1, .size = TEXT - 1, .role = ROLE_FAINT},
                 items[i].text);
        x += width + 6;
    }
    pen->y += TEXT + 4;
}

/* ---- the frame ---- */

static void draw_title(struct pen *pen)
{
    struct place place = {.y = 14, .size = 15, .columns = 38};
    pen_text(pen, &place, pen->chart->title);
    place = (struct place){.y = 31, .size = TEXT, .role = ROLE_FAINT, .columns = 50};
    pen_text(pen, &place, pen->chart->about);
    pen->y = 42;
}

static void draw_more(struct pen *pen)
{
    size_t drawn = rows_drawn(pen->chart);
    CLEANUP_STR struct str text = {0};
    if (drawn == pen->chart->rows.n)
        return;
    str_addf(&text, "and %zu more", pen->chart->rows.n - drawn);
    pen_text(pen, &(struct place){.y = pen->y + TEXT, .size = TEXT - 1, .role = ROLE_FAINT}, text.p);
    pen->y += TEXT + 4;
}

static void draw_nothing(struct pen *pen)
{
    pen_text(pen, &(struct place){.y = pen->y + TEXT, .size = TEXT, .role = ROLE_FAINT}, "Nothing.");
    pen->y += TEXT + 8;
}

static void draw_all(struct pen *pen)
{
    static void (*const shapes[])(struct pen * pen) = {
        [CHART_BARS] = draw_bars, [CHART_COLUMNS] = draw_columns, [CHART_SPANS] = draw_spans};
    if (pen->look == CHART_PAPER)
        draw_title(pen);
    if (!pen->chart->rows.n) {
        draw_nothing(pen);
        return;
    }
    shapes[pen->chart->shape](pen);
    draw_more(pen);
    draw_legend(pen);
}

static void add_hatch(const struct pen *pen, struct str *svg)
{
    if (pen->chart->shape != CHART_SPANS && pen->chart->part_is)
        str_addf(svg,
                 "<defs><pattern id=\"hatch-%s\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\" "
                 "patternTransform=\"rotate(45)\"><rect width=\"5\" height=\"5\" %s/><rect width=\"3\" "
                 "height=\"5\" %s/></pattern></defs>",
                 pen->chart->name, pen_role(pen, ROLE_PAPER), pen_role(pen, ROLE_PART));
}

static void add_frame(const struct pen *pen, struct str *svg)
{
    CLEANUP_STR struct str words = {0};
    int around = pen->look == CHART_PAPER ? PADDING : 0, width = WIDTH + 2 * around,
        height = pen->y + 2 * around;
    chart_words(pen->chart, &words);
    str_addf(svg, "<svg %s font-size=\"%d\" viewBox=\"%d %d %d %d\" role=\"img\" aria-label=\"",
             pen->look == CHART_PAGE ? "class=\"chart\""
                                     : "xmlns=\"http://www.w3.org/2000/svg\" "
                                       "font-family=\"DejaVu Sans, sans-serif\" fill=\"#1c2024\"",
             TEXT, -around, -around, width, height);
    literal_add(svg, words.p);
    str_add(svg, "\">");
    if (pen->look == CHART_PAPER)
        str_addf(svg, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" %s/>", -around, -around, width,
                 height, pen_role(pen, ROLE_PAPER));
}

void chart_draw(const struct chart *chart, enum chart_look look, struct str *svg)
{
    CLEANUP_STR struct str drawn = {0};
    struct pen pen = {.chart = chart, .look = look, .svg = &drawn};
    draw_all(&pen);
    add_frame(&pen, svg);
    add_hatch(&pen, svg);
    str_add(svg, str_text(&drawn));
    str_add(svg, "</svg>");
}
