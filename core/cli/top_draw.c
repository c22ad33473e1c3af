#include "cli/top_draw.h"

#include <curses.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/zone.h"
#include "cli/chat_wrap.h"
#include "cli/top_cell.h"

#define ESCAPE_MS 25 /* how long the rest of a key's sequence may take */
#define SAID_MOST 4  /* lines of an answer below the list; a longer one takes the screen */

enum { COLOUR_BAD = 1, COLOUR_WARN, COLOUR_GOOD };

static SCREEN *screen;
static bool coloured;

int top_begin(bool colour, struct error *err)
{
    terminal_utf8();
    screen = newterm(NULL, stdout, stdin);
    if (!screen) {
        const char *name = getenv("TERM");
        return error_set(err, ERR_INVALID,
                         "the terminal '%.40s' (TERM) is not known here; set TERM, for example to xterm",
                         name ? name : "");
    }
    cbreak();
    noecho();
    nonl();
    nodelay(stdscr, TRUE);
    keypad(stdscr, TRUE);
    set_escdelay(ESCAPE_MS);
    coloured = colour && has_colors() && start_color() == OK && use_default_colors() == OK;
    if (coloured) {
        init_pair(COLOUR_BAD, COLOR_RED, -1);
        init_pair(COLOUR_WARN, COLOR_YELLOW, -1);
        init_pair(COLOUR_GOOD, COLOR_GREEN, -1);
    }
    return 0;
}

void top_end(void)
{
    if (!screen)
        return;
    endwin();
    delscreen(screen);
    screen = NULL;
}

void top_resize(void)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row && size.ws_col)
        resizeterm(size.ws_row, size.ws_col);
    clearok(stdscr, TRUE);
}

bool top_next_key(struct top_key *ret)
{
    wint_t code;
    int kind = get_wch(&code);
    *ret = (struct top_key){kind == KEY_CODE_YES, code};
    return kind != ERR;
}

/* ---- pieces ---- */

static attr_t tone(int colour, attr_t without)
{
    return coloured ? COLOR_PAIR(colour) | (without & A_BOLD) : without;
}

/* A text in so many columns, which are filled. */
static void put(int line, int column, size_t columns, const char *text, attr_t attributes)
{
    CLEANUP_STR struct str cell = {0};
    if (line < 0 || line >= LINES || column >= COLS)
        return;
    top_cell(text, MIN(columns, (size_t)(COLS - column)), &cell);
    attrset((int)attributes);
    mvaddnstr(line, column, str_text(&cell), (int)cell.len);
    attrset(A_NORMAL);
}

__attribute__((format(printf, 3, 4))) static void put_line(int line, attr_t attributes, const char *format, ...)
{
    CLEANUP_STR struct str text = {0};
    va_list args;
    va_start(args, format);
    str_vaddf(&text, format, args);
    va_end(args);
    put(line, 0, (size_t)COLS, str_text(&text), attributes);
}

static void add_clock(struct str *out, instant at, const char *zone)
{
    struct wall wall = zone_to_wall(at, zone);
    str_addf(out, "%02d:%02d:%02d", wall.hour, wall.minute, wall.second);
}

/* How long it is between them; nothing where one is not known. */
static void add_span(struct str *out, instant a, instant b)
{
    if (a && b)
        duration_format(a > b ? a - b : b - a, out);
}

/* ---- the columns of the list ---- */

struct drawing {
    const struct top *top;
    struct top_view *view;
    instant now; /* of the server */
    const char *zone;
};

static void cell_name(const struct drawing *d, const struct top_row *row, struct str *out)
{
    (void)d;
    str_add(out, row->name);
}

static void cell_status(const struct drawing *d, const struct top_row *row, struct str *out)
{
    (void)d;
    str_add(out, row->status);
}

static void cell_severity(const struct drawing *d, const struct top_row *row, struct str *out)
{
    (void)d;
    str_add(out, row->severity);
}

static void cell_holder(const struct drawing *d, const struct top_row *row, struct str *out)
{
    str_add(out, row->holder ? top_person(d->top, row->holder) : "nobody");
}

static void cell_open(const struct drawing *d, const struct top_row *row, struct str *out)
{
    add_span(out, row->opened, d->now);
}

static void cell_quiet(const struct drawing *d, const struct top_row *row, struct str *out)
{
    add_span(out, row->changed, d->now);
}

static void cell_service(const struct drawing *d, const struct top_row *row, struct str *out)
{
    (void)d;
    str_add(out, row->service);
}

/* When what is due first is due, or a pause ends. */
static void cell_due(const struct drawing *d, const struct top_row *row, struct str *out)
{
    instant at = row->owed ? row->due : row->until;
    if (!at)
        return;
    str_add(out, !row->owed ? "resumes in " : at <= d->now ? "late " : "in ");
    add_span(out, at, d->now);
    if (row->owed)
        str_addf(out, ": %s", row->owed);
}

static void cell_title(const struct drawing *d, const struct top_row *row, struct str *out)
{
    (void)d;
    str_addf(out, "%s%s%s", row->private ? "[private] " : "", row->drill ? "[drill] " : "", row->title);
}

/* What is shown from which width of the terminal on. The title takes what is left. */
static const struct column {
    const char *word;
    int width, from;
    void (*cell)(const struct drawing *d, const struct top_row *row, struct str *out);
} columns[] = {
    {"INCIDENT", 9, 0, cell_name},       {"STATUS", 14, 0, cell_status}, {"SEVERITY", 9, 90, cell_severity},
    {"WHO HAS IT", 12, 76, cell_holder}, {"OPEN", 8, 0, cell_open},      {"QUIET", 8, 110, cell_quiet},
    {"SERVICE", 14, 130, cell_service},  {"DUE", 20, 96, cell_due},      {"TITLE", 0, 0, cell_title},
};

/* One row, or the head where `row` is NULL. */
static void draw_row(const struct drawing *d, int line, const struct top_row *row, attr_t attributes)
{
    CLEANUP_STR struct str whole = {0};
    int left = COLS;
    for (size_t i = 0; i < ARRAY_SIZE(columns) && left > 0; i++) {
        const struct column *column = &columns[i];
        CLEANUP_STR struct str text = {0};
        if (COLS < column->from)
            continue;
        if (row)
            column->cell(d, row, &text);
        else
            str_add(&text, column->word);
        int width = column->width ? MIN(column->width, left) : left;
        top_cell(str_text(&text), (size_t)(column->width ? width - 1 : width), &whole);
        str_add(&whole, column->width ? " " : "");
        left -= width;
    }
    put(line, 0, (size_t)COLS, str_text(&whole), attributes);
}

static attr_t row_tone(const struct drawing *d, const struct top_row *row)
{
    if (row->owed && row->due <= d->now)
        return tone(COLOUR_BAD, A_BOLD);
    return text_equal(row->status, "triage") ? tone(COLOUR_WARN, A_BOLD) : A_NORMAL;
}

/* ---- the parts of the screen ---- */

static void draw_head(const struct drawing *d, const struct top_link *link, instant now)
{
    CLEANUP_STR struct str clock = {0}, left = {0};
    size_t pages = 0, late = 0;
    for (size_t i = 0; i < d->top->rows.n; i++) {
        pages += d->top->rows.v[i].pages.n;
        late += d->top->rows.v[i].owed && d->top->rows.v[i].due <= d->now;
    }
    add_clock(&clock, now, d->zone);
    if (link->lost) {
        str_add(&left, "not connected since ");
        add_clock(&left, link->lost, d->zone);
        str_addf(&left, ": %s", link->why ? link->why : link->url);
    } else {
        str_addf(&left, "%zu open, %zu late, %zu page%s", d->top->rows.n, late, pages, pages == 1 ? "" : "s");
        if (d->view->filter)
            str_addf(&left, ", %zu with %s", top_fitting(d->top, d->view->filter), d->view->filter);
        str_addf(&left, "  %s", link->url);
    }
    bool room = COLS > 3 * (int)clock.len;
    put_line(0, A_REVERSE, "%*s%s ", COLS - (int)clock.len - 1, "", room ? clock.p : "");
    put(0, 1, (size_t)MAX(COLS - (room ? (int)clock.len + 3 : 1), 0), str_text(&left),
        A_REVERSE | (link->lost ? tone(COLOUR_BAD, A_BOLD) : A_NORMAL));
}

static void draw_list(const struct drawing *d, int first, int lines)
{
    struct top_view *view = d->view;
    size_t shown = 0, at = 0;
    const struct top_row *chosen = top_chosen(view, d->top);
    view->room = lines > 0 ? (size_t)lines : 0;
    if (view->place < view->from)
        view->from = view->place;
    if (view->room && view->place >= view->from + view->room)
        view->from = view->place - view->room + 1;
    for (size_t i = 0; i < d->top->rows.n && shown < view->room; i++) {
        const struct top_row *row = &d->top->rows.v[i];
        if (top_fits(d->top, row, view->filter) && at++ >= view->from)
            draw_row(d, first + (int)shown++, row, row_tone(d, row) | (row == chosen ? A_REVERSE : 0));
    }
    if (!shown && lines > 0)
        put_line(first, A_NORMAL,
                 view->filter ? " No open incident has these words." : " No incident is open.");
}

static void draw_pages(const struct drawing *d, int first, int lines)
{
    int line = 0;
    for (size_t i = 0; i < d->top->rows.n; i++) {
        const struct top_row *row = &d->top->rows.v[i];
        for (size_t k = 0; k < row->pages.n && line < lines; k++) {
            CLEANUP_STR struct str words = {0}, span = {0};
            top_page_words(d->top, &row->pages.v[k], &words);
            add_span(&span, row->pages.v[k].at, d->now);
            put_line(first + line++, tone(COLOUR_WARN, A_BOLD), "Page of %s for %s: %s, for %s", row->name,
                     row->pages.v[k].target, str_text(&words), str_text(&span));
        }
    }
}

/* Each that is not well on a line of its own, and the others by name. */
static void draw_connectors(const struct drawing *d, int first, int lines)
{
    CLEANUP_STR struct str well = {0};
    int line = 0;
    for (size_t i = 0; i < d->top->connectors.n; i++) {
        const struct top_connector *connector = &d->top->connectors.v[i];
        CLEANUP_STR struct str span = {0};
        if (connector->well) {
            str_addf(&well, "%s%s", well.len ? ", " : "", connector->name);
        } else if (line < lines - 1) {
            add_span(&span, connector->since, d->now);
            put_line(first + line++, tone(COLOUR_BAD, A_BOLD), "%s: %s for %s%s%s", connector->name,
                     connector->state, str_text(&span), connector->reason ? ": " : "",
                     connector->reason ? connector->reason : "");
        }
    }
    if (line < lines)
        put_line(first + line, tone(COLOUR_GOOD, A_NORMAL),
                 well.len ? "Connectors running: %s" : "No connector runs.%s", str_text(&well));
}

static int count_pages(const struct top *top)
{
    size_t n = 0;
    for (size_t i = 0; i < top->rows.n; i++)
        n += top->rows.v[i].pages.n;
    return (int)n;
}

static int count_unwell(const struct top *top)
{
    int n = 0;
    for (size_t i = 0; i < top->connectors.n; i++)
        n += !top->connectors.v[i].well;
    return n;
}

/* Lines of a text from `from` on, wrapped. Returns how many lines it has. */
static size_t draw_text(const char *text, size_t from, int first, int lines, attr_t attributes)
{
    CLEANUP_STR struct str wrapped = {0};
    size_t n = 0;
    text_wrap(text, (size_t)MAX(COLS - 1, 1), &wrapped);
    for (const char *at = str_text(&wrapped); *at; n++) {
        size_t length = strcspn(at, "\n");
        CLEANUP_FREE char *line = xstrndup(at, length);
        if (n >= from && n < from + (size_t)MAX(lines, 0))
            put(first + (int)(n - from), 0, (size_t)COLS, line, attributes);
        at += length + (at[length] == '\n');
    }
    return n;
}

/* The last line: what is asked, or the keys. The end of what is typed stays in sight. */
static void draw_foot(const struct drawing *d, int line)
{
    CLEANUP_STR struct str text = {0};
    bool typing = d->view->mode == TOP_TYPE;
    if (typing || d->view->mode == TOP_CONFIRM) {
        top_question(d->view, d->top, &text);
        const char *shown = str_text(&text);
        while (typing && text_columns(shown, strlen(shown)) >= (size_t)COLS)
            shown += utf8_length(shown, strlen(shown));
        put(line, 0, (size_t)COLS, shown, A_BOLD);
        move(line, MIN((int)text_columns(shown, strlen(shown)), COLS - 1));
    } else {
        put(line, 0, (size_t)COLS,
            d->view->mode == TOP_READ ? "Esc back  Up, Down, Page Up, Page Down move" : top_keys_line(),
            A_REVERSE);
    }
    curs_set(typing);
}

/* From below: the keys, what came of the last command, connectors, pages. On a low terminal the list comes first. */
static void draw_below(const struct drawing *d, int *bottom)
{
    int said = d->view->said ? MIN((int)draw_text(d->view->said, 0, 0, 0, A_NORMAL), SAID_MOST) : 0;
    int pages = count_pages(d->top);
    if (said && LINES > 4) {
        *bottom -= said;
        draw_text(d->view->said, 0, *bottom, said, d->view->refused ? tone(COLOUR_BAD, A_BOLD) : A_BOLD);
    }
    if (LINES >= 10) {
        int lines = 1 + MIN(count_unwell(d->top), LINES / 6);
        *bottom -= lines;
        draw_connectors(d, *bottom, lines);
    }
    if (LINES >= 12 && pages) {
        int lines = MIN(pages, LINES / 4);
        *bottom -= lines;
        draw_pages(d, *bottom, lines);
    }
}

void top_draw(const struct top *top, struct top_view *view, const struct top_link *link, instant now,
              const char *zone)
{
    struct drawing d = {top, view, top_now(top, now), zone};
    int bottom = LINES - 1;
    erase();
    draw_head(&d, link, now);
    if (view->mode == TOP_READ) {
        put_line(1, A_BOLD, "%s", view->read.title);
        view->room = (size_t)MAX(bottom - 2, 1);
        view->read.lines = draw_text(view->read.text, view->read.from, 2, bottom - 2, A_NORMAL);
    } else {
        draw_below(&d, &bottom);
        draw_row(&d, 1, NULL, A_BOLD);
        draw_list(&d, 2, bottom - 2);
    }
    draw_foot(&d, LINES - 1);
    refresh();
}
