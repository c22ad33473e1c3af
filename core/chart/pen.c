/* Shapes and texts of an SVG, in the colours of a page or of paper. */
#include <string.h>

#include "chart/inside.h"
#include "template/literal.h"

/* Colours by Okabe and Ito, which people tell apart who see fewer colours. A page gives its own to the classes. */
static const char *const roles[][ROLES] = {
    [CHART_PAGE] = {"class=\"c-ink\"", "class=\"c-faint\"", "class=\"c-grid\"", "class=\"c-bar\"",
                    "class=\"c-part\"", "class=\"c-mark\"", "class=\"c-paper\""},
    [CHART_PAPER] = {"fill=\"#1c2024\"", "fill=\"#59616b\"", "stroke=\"#d5d9de\"", "fill=\"#0072b2\"",
                     "fill=\"#d55e00\"", "fill=\"#1c2024\"", "fill=\"#fff\""},
};

const char *pen_role(const struct pen *pen, enum role role)
{
    return roles[pen->look][role];
}

void pen_rect(const struct pen *pen, enum role role, int x, int y, int width, int height)
{
    if (width > 0 && height > 0)
        str_addf(pen->svg, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" %s/>", x, y, width, height,
                 pen_role(pen, role));
}

void pen_hatch(const struct pen *pen, int x, int y, int width, int height)
{
    if (width > 0 && height > 0)
        str_addf(pen->svg, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"url(#hatch-%s)\"/>", x, y,
                 width, height, pen->chart->name);
}

void pen_grid(const struct pen *pen, const struct str *path)
{
    str_addf(pen->svg, "<path d=\"%s\" %s/>", str_text(path), pen_role(pen, ROLE_GRID));
}

void pen_mark(const struct pen *pen, int x, int y, int height)
{
    pen_rect(pen, ROLE_PAPER, x - 2, y, 5, height);
    pen_rect(pen, ROLE_MARK, x - 1, y, 3, height);
}

/* ---- texts ---- */

/* What lies beyond U+2FFF (ideographs, emoji) is twice as wide. */
static size_t columns_of(const char *at, size_t *ret_n)
{
    *ret_n = MAX(utf8_length(at, strnlen(at, 4)), (size_t)1);
    return (unsigned char)*at < 0xe3 ? 1 : 2;
}

size_t text_columns_of(const char *text)
{
    size_t columns = 0, n;
    for (const char *at = text; *at; at += n)
        columns += columns_of(at, &n);
    return columns;
}

/* The bytes of it that take at most so many columns. */
static size_t cut_of(const char *text, size_t columns)
{
    size_t taken = 0, n;
    for (const char *at = text; *at; at += n) {
        taken += columns_of(at, &n);
        if (taken > columns)
            return (size_t)(at - text);
    }
    return strlen(text);
}

void pen_text(const struct pen *pen, const struct place *place, const char *text)
{
    CLEANUP_FREE char *tame = literal_tame(text);
    bool fits = !place->columns || text_columns_of(tame) <= place->columns;
    CLEANUP_FREE char *shown =
        fits ? xstrdup(tame) : xasprintf("%.*s…", (int)cut_of(tame, place->columns - 1), tame);
    str_addf(pen->svg, "<text x=\"%d\" y=\"%d\"", place->x, place->y);
    if (place->size != TEXT)
        str_addf(pen->svg, " font-size=\"%d\"%s", place->size,
                 place->size > TEXT ? " font-weight=\"bold\"" : "");
    if (place->anchor)
        str_addf(pen->svg, " text-anchor=\"%s\"", place->anchor);
    if (place->role != ROLE_INK)
        str_addf(pen->svg, " %s", pen_role(pen, place->role));
    str_add(pen->svg, ">");
    literal_add(pen->svg, shown);
    str_add(pen->svg, "</text>");
}

size_t rows_drawn(const struct chart *chart)
{
    return chart->shape == CHART_BARS ? MIN(chart->rows.n, (size_t)CHART_ROWS) : chart->rows.n;
}
