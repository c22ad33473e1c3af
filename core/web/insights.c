#include "web/insights.h"

#include <string.h>

#define MONTHS_MOST   120
#define MONTHS_OF_ALL 12 /* by everything at once: more takes long */
#define PIECES_MOST   3  /* months that are read piece by piece */

int insights_asked(struct http_request *request, enum insight_kind kind, instant now, struct review_query *ret,
                   struct error *err)
{
    const char *month = http_query_value(request, "month"), *months = http_query_value(request, "months"),
               *team = http_query_value(request, "team");
    struct review_query query = {
        .from = month_begins(now, 0), .team = text_empty(team) ? NULL : team, .kind = kind};
    char *end;
    long n = months ? strtol(months, &end, 10) : 1;
    if (!text_empty(month) && !month_parse(month, now, &query.from))
        return error_set(err, ERR_INVALID, "month: '%.40s' is none; write 2026-11.", month);
    if (months && (!*months || *end || n < 1))
        return error_set(err, ERR_INVALID, "'months' must be a whole number of at least 1, not '%.40s'.",
                         months);
    if (n > MONTHS_OF_ALL && kind == INSIGHT_ALL)
        return error_set(err, ERR_INVALID, "by: of more than %d months, say by what: by=team, by=service, …",
                         MONTHS_OF_ALL);
    query.months = (int)MIN(n, MONTHS_MOST);
    query.summed = query.months > PIECES_MOST;
    *ret = query;
    return 0;
}

/* ---- files ---- */

struct drawing {
    struct core *core;
    struct http_request *request;
    char *name;      /* of the file */
    struct str text; /* the CSV, or the SVG of which a PNG is made */
    bool picture;
};

static void drawing_end(struct drawing *drawing)
{
    str_finish(&drawing->text);
    free(drawing->name);
    free(drawing);
}

static void add_headers(const struct drawing *drawing)
{
    CLEANUP_FREE char *disposition =
        xasprintf("%s; filename=\"%s\"", drawing->picture ? "inline" : "attachment", drawing->name);
    http_answer_header(drawing->request, "Content-Disposition", disposition);
    http_answer_header(drawing->request, "Cache-Control", "no-store");
}

static void drawn(void *ctx, const char *png, size_t n, const struct error *err)
{
    struct drawing *drawing = ctx;
    if (err) {
        http_problem(drawing->request, 503, "%s", err->text);
    } else {
        add_headers(drawing);
        http_answer(drawing->request, 200, "image/png", png, n);
    }
    drawing_end(drawing);
}

/* Nobody reads what a crash could undo. */
static void durable(void *ctx, int rc, const struct error *err, uint64_t last_seq)
{
    struct drawing *drawing = ctx;
    (void)last_seq;
    if (!rc && drawing->picture) {
        core_draw(drawing->core, drawing->text.p, CHART_PNG, drawn, drawing);
        return;
    }
    if (rc) {
        http_problem(drawing->request, 503, "The journal is not available right now: %s", err->text);
    } else {
        add_headers(drawing);
        http_answer(drawing->request, 200, "text/csv; charset=utf-8", drawing->text.p, drawing->text.len);
    }
    drawing_end(drawing);
}

static void write_file(const struct review_figures *figures, enum review_chart chart, struct drawing *drawing)
{
    struct review_table table;
    review_chart(figures, chart, &table);
    if (drawing->picture)
        chart_draw(&table.chart, CHART_PAPER, &drawing->text);
    else
        review_csv(&table, &drawing->text);
    review_table_finish(&table);
}

/* "team.csv": its chart; REVIEW_CHARTS: there is none. */
static enum review_chart chart_of(const char *file, bool *ret_picture)
{
    const char *dot = strrchr(file, '.');
    CLEANUP_FREE char *name = xstrndup(file, dot ? (size_t)(dot - file) : 0);
    *ret_picture = dot && strcmp(dot, ".png") == 0;
    return *ret_picture || (dot && strcmp(dot, ".csv") == 0) ? review_chart_parse(name) : REVIEW_CHARTS;
}

void insights_answer_file(struct core *core, struct http_request *request, const char *file, const char *viewer,
                          instant now)
{
    bool picture;
    enum review_chart chart = chart_of(file, &picture);
    struct review_query query = {0};
    struct review_figures figures = {0};
    struct error err;
    char month[MONTH_TEXT];
    if (chart == REVIEW_CHARTS) {
        http_problem(request, 404, "'%.40s' is no chart. Write team.csv or team.png, service.csv, times.png, …",
                     file);
        return;
    }
    int rc = insights_asked(request, review_chart_kind(chart), now, &query, &err);
    query.viewer = viewer;
    rc = rc ? rc : review_figures_read(core, &query, chart, now, &figures, &err);
    if (rc) {
        http_problem_of(request, &err);
        review_figures_finish(&figures);
        return;
    }
    struct drawing *drawing = xcalloc(1, sizeof(*drawing));
    *drawing = (struct drawing){.core = core, .request = request, .picture = picture};
    month_name(query.from, month);
    drawing->name = xasprintf("%s-%s.%s", review_chart_name(chart), month, picture ? "png" : "csv");
    write_file(&figures, chart, drawing);
    review_figures_finish(&figures);
    core_when_durable(core, durable, drawing);
}
