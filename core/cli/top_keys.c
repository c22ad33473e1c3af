#include "cli/top_keys.h"

#include <curses.h>
#include <limits.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

#include "command/table.h"

#define ESCAPE     27
#define TYPED_MOST 4000

/* What a key runs for the chosen incident. */
static const struct top_bound {
    char key;
    const char *line; /* the command; "": the whole of it is typed */
    const char *ask;  /* what to type behind it; NULL: nothing */
    bool optional;    /* it may be left out */
} bounds[] = {
    {'a', "accept", NULL, true},
    {'k', "ack", NULL, true},
    {'d', "decline", "why it is not a problem", true},
    {'u', "update", "where things stand", false},
    {'p', "pause", "why, and until when", false},
    {'r', "resolve", "what fixed it", true},
    {'n', "note", "what to note", false},
    {':', "", "a command, as in chat", false},
};

static const char none_chosen[] = "No incident is chosen. Up and Down choose one.";

static const char help_text[] =
    "In the list\n"
    "\n"
    "  a            accept the incident\n"
    "  k            acknowledge its page: nobody else is called\n"
    "  d            decline it: it is not a problem\n"
    "  u            update: say where things stand\n"
    "  p            pause it, for a reason and until a time\n"
    "  r            resolve it\n"
    "  n            note something\n"
    "  :            any other command, as in chat: sev major, page @bo, help\n"
    "  Enter        open it, with its timeline\n"
    "  / s          filter by words; another order\n"
    "  g            read everything again\n"
    "  ? q          this help; quit\n"
    "\n"
    "Up, Down, Page Up, Page Down, Home and End move. Escape goes back, and leaves what was typed.\n"
    "A command that ends an incident, or decides what customers and the public read, asks first.";

const char *top_keys_line(void)
{
    return "q quit  ? help  Enter open  a accept  k ack  d decline  u update  p pause  r resolve  : command  / "
           "filter  s order";
}

void top_view_finish(struct top_view *view)
{
    char *texts[] = {view->chosen,     view->filter,    view->line,        view->here,
                     view->read.title, view->read.text, view->read.opened, view->said};
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        free(texts[i]);
    str_finish(&view->typed.text);
}

void top_read(struct top_view *view, const char *title, const char *text, const char *opened)
{
    bool same = view->mode == TOP_READ && opened && text_equal(view->read.opened, opened);
    view->read.from = same ? view->read.from : 0;
    replace_text(&view->read.title, title);
    replace_text(&view->read.text, text);
    replace_text(&view->read.opened, opened);
    view->mode = TOP_READ;
}

void top_say(struct top_view *view, bool refused, const char *text)
{
    replace_text(&view->said, text);
    view->refused = refused;
}

/* ---- what is chosen ---- */

size_t top_fitting(const struct top *top, const char *filter)
{
    size_t n = 0;
    for (size_t i = 0; i < top->rows.n; i++)
        n += top_fits(top, &top->rows.v[i], filter);
    return n;
}

static const struct top_row *fitting_at(const struct top *top, const char *filter, size_t place)
{
    for (size_t i = 0; i < top->rows.n; i++) {
        if (top_fits(top, &top->rows.v[i], filter) && place-- == 0)
            return &top->rows.v[i];
    }
    return NULL;
}

const struct top_row *top_chosen(struct top_view *view, const struct top *top)
{
    size_t place = 0;
    for (size_t i = 0; view->chosen && i < top->rows.n; i++) {
        const struct top_row *row = &top->rows.v[i];
        if (!top_fits(top, row, view->filter))
            continue;
        if (text_equal(row->name, view->chosen)) {
            view->place = place;
            return row;
        }
        place++;
    }
    replace_text(&view->chosen, NULL);
    return NULL;
}

static void choose_at(struct top_view *view, const struct top *top, long place)
{
    long last = (long)top_fitting(top, view->filter) - 1;
    long to = MAX(MIN(place, last), 0);
    const struct top_row *row = fitting_at(top, view->filter, (size_t)to);
    view->place = (size_t)to;
    replace_text(&view->chosen, row ? row->name : NULL);
}

void top_choose_first(struct top_view *view, const struct top *top)
{
    choose_at(view, top, 0);
}

/* Where none is chosen, the place of the last one is. */
static void move_by(struct top_view *view, const struct top *top, long by)
{
    bool any = top_chosen(view, top) != NULL;
    choose_at(view, top, (long)view->place + (any || labs(by) > 1 ? by : 0));
}

/* How far a key moves in something of that length; 0: it is none that moves. */
static long step_of(const struct top_view *view, struct top_key key, size_t length)
{
    long page = view->room > 1 ? (long)view->room - 1 : 1;
    const struct {
        unsigned int code;
        long by;
    } steps[] = {
        {KEY_UP, -1},           {KEY_DOWN, 1}, {KEY_PPAGE, -page}, {KEY_NPAGE, page}, {KEY_HOME, -(long)length},
        {KEY_END, (long)length}};
    for (size_t i = 0; key.special && i < ARRAY_SIZE(steps); i++) {
        if (steps[i].code == key.code)
            return steps[i].by;
    }
    return 0;
}

/* ---- commands ---- */

/* Does the command end an incident, or decide what customers and the public read? */
static bool is_weighty(const char *line)
{
    static const char *const ends[] = {"decline", "resolve", "close", "merge", "ticket", "false-page"};
    size_t n = strcspn(line, " ");
    CLEANUP_FREE char *word = xstrndup(line, n);
    if (text_starts(word, "INC-") || text_starts(word, "inc-"))
        return is_weighty(line + n + strspn(line + n, " "));
    const struct command_row *row = command_find(word, NULL);
    for (size_t i = 0; row && i < ARRAY_SIZE(ends); i++) {
        if (text_equal(row->name, ends[i]))
            return true;
    }
    return row && row->agents == AGENT_WORDS;
}

static enum top_do run(struct top_view *view, const char *line)
{
    replace_text(&view->line, line);
    replace_text(&view->here, view->chosen);
    view->mode = is_weighty(line) ? TOP_CONFIRM : TOP_LIST;
    return view->mode == TOP_CONFIRM ? TOP_NOTHING : TOP_RUN;
}

static void begin_typing(struct top_view *view, const struct top_bound *bound, const char *text)
{
    view->mode = TOP_TYPE;
    view->typed.for_what = bound;
    str_clear(&view->typed.text);
    str_add(&view->typed.text, text);
}

static enum top_do press_bound(struct top_view *view, const struct top_bound *bound)
{
    bool lacks = *bound->line && !view->chosen;
    top_say(view, lacks, lacks ? none_chosen : NULL);
    if (lacks)
        return TOP_NOTHING;
    if (!bound->ask)
        return run(view, bound->line);
    begin_typing(view, bound, "");
    return TOP_NOTHING;
}

/* ---- typing ---- */

static void back_one(struct str *text)
{
    if (text->len)
        text->len = utf8_cut(text->p, text->len, text->len - 1);
    if (text->p)
        text->p[text->len] = '\0';
}

static void add_typed(struct str *text, unsigned int c)
{
    char bytes[MB_LEN_MAX];
    mbstate_t state = {0};
    size_t n = iswcntrl(c) ? 0 : wcrtomb(bytes, (wchar_t)c, &state);
    if (n != (size_t)-1 && text->len < TYPED_MOST)
        str_addn(text, bytes, n);
}

static enum top_do typed(struct top_view *view, const struct top *top)
{
    const struct top_bound *bound = view->typed.for_what;
    const char *text = str_text(&view->typed.text);
    bool empty = text_empty(text);
    view->mode = TOP_LIST;
    if (!bound) {
        replace_text(&view->filter, empty ? NULL : text);
        if (!top_chosen(view, top))
            top_choose_first(view, top);
        return TOP_NOTHING;
    }
    if (empty && !bound->optional)
        return TOP_NOTHING;
    CLEANUP_FREE char *line =
        xasprintf("%s%s%s", bound->line, *bound->line && !empty ? " " : "", empty ? "" : text);
    return run(view, line);
}

static enum top_do press_typing(struct top_view *view, const struct top *top, struct top_key key)
{
    struct str *text = &view->typed.text;
    if (key.special ? key.code == KEY_ENTER : key.code == '\n' || key.code == '\r')
        return typed(view, top);
    if (key.special ? key.code == KEY_BACKSPACE : key.code == 127 || key.code == '\b')
        back_one(text);
    else if (!key.special && key.code == ESCAPE)
        view->mode = TOP_LIST;
    else if (!key.special && key.code == 'U' - '@')
        str_clear(text);
    else if (!key.special)
        add_typed(text, key.code);
    return TOP_NOTHING;
}

/* ---- the others ---- */

static enum top_do press_confirming(struct top_view *view, struct top_key key)
{
    bool yes = !key.special && (key.code == 'y' || key.code == 'Y');
    view->mode = TOP_LIST;
    top_say(view, false, yes ? NULL : "Nothing was done.");
    return yes ? TOP_RUN : TOP_NOTHING;
}

static enum top_do press_reading(struct top_view *view, struct top_key key)
{
    size_t lines = view->read.lines, most = lines > view->room ? lines - view->room : 0;
    long by = step_of(view, key, lines), to = (long)view->read.from + by;
    if (by)
        view->read.from = to < 0 ? 0 : MIN((size_t)to, most);
    else if (!key.special && (key.code == ESCAPE || key.code == 'q' || key.code == '\r' || key.code == '\n'))
        view->mode = TOP_LIST;
    return TOP_NOTHING;
}

static enum top_do open_chosen(struct top_view *view)
{
    if (!view->chosen) {
        top_say(view, true, none_chosen);
        return TOP_NOTHING;
    }
    top_read(view, view->chosen, "Reading it …", view->chosen);
    return TOP_OPEN;
}

static enum top_do press_other(struct top_view *view, struct top *top, unsigned int c)
{
    switch (c) {
    case '\r':
    case '\n':
        return open_chosen(view);
    case '/':
        begin_typing(view, NULL, view->filter ? view->filter : "");
        return TOP_NOTHING;
    case 's':
        top_sort(top, (top->order + 1) % TOP_ORDERS);
        top_say(view, false, top_order_words(top->order));
        return TOP_NOTHING;
    case '?':
        top_read(view, "Keys", help_text, NULL);
        return TOP_NOTHING;
    case ESCAPE:
        replace_text(&view->filter, NULL);
        top_say(view, false, NULL);
        return TOP_NOTHING;
    case 'g':
        return TOP_AGAIN;
    default:
        return c == 'q' ? TOP_QUIT : TOP_NOTHING;
    }
}

static enum top_do press_list(struct top_view *view, struct top *top, struct top_key key)
{
    long by = step_of(view, key, top->rows.n);
    top_chosen(view, top);
    if (by)
        move_by(view, top, by);
    if (by || (key.special && key.code != KEY_ENTER))
        return TOP_NOTHING;
    for (size_t i = 0; !key.special && i < ARRAY_SIZE(bounds); i++) {
        if ((unsigned char)bounds[i].key == key.code)
            return press_bound(view, &bounds[i]);
    }
    return press_other(view, top, key.special ? '\r' : key.code);
}

enum top_do top_press(struct top_view *view, struct top *top, struct top_key key)
{
    switch (view->mode) {
    case TOP_TYPE:
        return press_typing(view, top, key);
    case TOP_CONFIRM:
        return press_confirming(view, key);
    case TOP_READ:
        return press_reading(view, key);
    default:
        return press_list(view, top, key);
    }
}

void top_question(const struct top_view *view, const struct top *top, struct str *out)
{
    const struct top_bound *bound = view->typed.for_what;
    const struct top_row *row = top_find(top, view->mode == TOP_CONFIRM ? view->here : view->chosen);
    if (view->mode == TOP_CONFIRM) {
        str_addf(out, "y runs `%s`", view->line);
        if (row)
            str_addf(out, " in %s, %s", row->name, row->title);
        str_add(out, "; any other key does not");
    } else if (!bound) {
        str_addf(out, "Filter: %s", str_text(&view->typed.text));
    } else {
        str_addf(out, "%s%s%s (%s%s): %s", *bound->line ? bound->line : "command", row ? " " : "",
                 row ? row->name : "", bound->ask, bound->optional ? ", may be empty" : "",
                 str_text(&view->typed.text));
    }
}
