#include "cli/chat_type.h"

#include <histedit.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <wchar.h>

#include "base/mem.h"
#include "base/str.h"
#include "cli/chat_wrap.h"
#include "command/table.h"

#define HISTORY_LINES 1000
#define PROMPT        L"> "

/* libedit's own wide interface: behind its imitation of readline a long line that is not ASCII writes to freed memory. */
static EditLine *line;
static HistoryW *past;
static const struct typing *typing;
static bool ended;
static volatile sig_atomic_t interrupted; /* by which signal */
static bool asked;                        /* whether ^C means it; typing goes on otherwise */

static void on_signal(int number)
{
    interrupted = number;
}

bool typing_begun(void)
{
    const LineInfoW *typed = el_wline(line);
    return typed->lastchar != typed->buffer;
}

/* Text on the line is worth a question: ^C is also how shells clear a line. */
bool typing_interrupted(void)
{
    if (interrupted != SIGINT || !typing->question || asked || !typing_begun())
        return interrupted;
    interrupted = 0;
    asked = true;
    el_wset(line, EL_PREP_TERM, 1); /* libedit gives the terminal back when a signal comes */
    typing_show(typing->question);
    return false;
}

/* ---- characters ---- */

static void add_wide(const wchar_t *from, const wchar_t *end, struct str *out)
{
    char bytes[MB_LEN_MAX];
    for (mbstate_t state = {0}; from < end; from++) {
        size_t n = wcrtomb(bytes, *from, &state);
        if (n != (size_t)-1)
            str_addn(out, bytes, n);
    }
}

static wchar_t *wide_of(const char *text)
{
    size_t size = strlen(text) + 1;
    wchar_t *wide = xcalloc(size, sizeof(*wide));
    if (mbstowcs(wide, text, size) == (size_t)-1)
        wide[0] = L'\0';
    return wide;
}

static wchar_t *prompt(EditLine *unused)
{
    static wchar_t text[] = PROMPT;
    (void)unused;
    return text;
}

/* ---- completion ---- */

static const char *const own_words[] = {"join", "rooms", "quit", "inc"};

static bool is_own(const char *word)
{
    for (size_t i = 0; i < ARRAY_SIZE(own_words); i++) {
        if (text_equal(own_words[i], word))
            return true;
    }
    return false;
}

/* Rooms after /join, commands after /inc. At the beginning of the line, the client's own words and then the commands. */
static const char *candidate(const char *typed, size_t index)
{
    size_t n;
    const char *const *words = command_words(&n);
    if (text_starts(typed, "/join "))
        return typing->room(index);
    if (text_starts(typed, "/inc "))
        return index < n ? words[index] : NULL;
    if (index < ARRAY_SIZE(own_words))
        return own_words[index];
    index -= ARRAY_SIZE(own_words);
    return index < n ? is_own(words[index]) ? "" : words[index] : NULL;
}

struct matches {
    const char *first;
    size_t n, common; /* bytes that all of them begin with */
    struct str all;
};

static void find_matches(const char *typed, const char *begin, struct matches *m)
{
    const char *word;
    for (size_t i = 0; (word = candidate(typed, i)); i++) {
        if (!*word || !text_starts(word, begin))
            continue;
        m->first = m->first ? m->first : word;
        m->common = m->n++ ? m->common : strlen(word);
        for (size_t k = 0; k < m->common; k++) {
            if (word[k] != m->first[k])
                m->common = k;
        }
        str_addf(&m->all, "%s  ", word);
    }
    m->common = m->first ? utf8_cut(m->first, strlen(m->first), m->common) : 0;
}

static unsigned char complete(EditLine *unused, int key)
{
    CLEANUP_STR struct str typed = {0};
    const LineInfoW *info = el_wline(line);
    add_wide(info->buffer, info->cursor, &typed);
    const char *text = str_text(&typed), *space = strrchr(text, ' '), *begin = space ? space + 1 : text;
    bool command = begin == text && *text == '/';
    struct matches m = {0};
    (void)unused;
    (void)key;
    if (!command && !text_starts(text, "/join ") && !text_starts(text, "/inc "))
        return CC_ERROR;
    begin += *begin == '/';
    find_matches(text, begin, &m);
    if (m.common > strlen(begin) || m.n == 1) {
        CLEANUP_FREE char *more =
            xasprintf("%.*s%s", (int)(m.common - strlen(begin)), m.first + strlen(begin), m.n == 1 ? " " : "");
        CLEANUP_FREE wchar_t *wide = wide_of(more);
        el_winsertstr(line, wide);
    } else if (m.n) {
        str_addc(&m.all, '\n');
        typing_show(m.all.p);
    }
    str_finish(&m.all);
    return m.n ? CC_REFRESH : CC_ERROR;
}

/* ---- lines ---- */

static void remember(const char *typed)
{
    HistEventW event;
    CLEANUP_FREE wchar_t *wide = wide_of(typed);
    if (*wide)
        history_w(past, &event, H_ENTER, wide);
}

static void take(const wchar_t *from, const wchar_t *end)
{
    CLEANUP_STR struct str typed = {0};
    while (from < end && *from == L' ')
        from++;
    while (end > from && end[-1] == L' ')
        end--;
    add_wide(from, end, &typed);
    remember(str_text(&typed));
    typing->on_line(str_text(&typed));
}

static void end(void)
{
    ended = true;
    typing->on_line(NULL);
}

void typing_read(void)
{
    int n = 0;
    const wchar_t *typed = el_wgets(line, &n);
    asked = false;
    if (!typed || n <= 0)
        return;
    bool whole = typed[n - 1] == L'\n' || typed[n - 1] == L'\r', eof = n == 1 && typed[0] == 'D' - '@';
    if (!whole && !eof)
        return;
    el_wset(line, EL_UNBUFFERED, 0); /* the next line begins when this is set again */
    if (eof)
        end();
    else
        take(typed, typed + n - 1);
    if (!ended)
        el_wset(line, EL_UNBUFFERED, 1);
}

/* The line that is typed may take several rows; the new text takes their place. */
static void clear_typed(size_t columns)
{
    CLEANUP_STR struct str before = {0};
    const LineInfoW *info = el_wline(line);
    str_add(&before, "> ");
    add_wide(info->buffer, info->cursor, &before);
    size_t rows = text_columns(str_text(&before), before.len) / columns;
    if (rows)
        printf("\033[%zuA", rows);
    fputs("\r\033[J", stdout);
}

void typing_show(const char *text)
{
    CLEANUP_STR struct str wrapped = {0};
    size_t columns = terminal_columns();
    text_wrap(text, columns, &wrapped);
    clear_typed(columns);
    fputs(str_text(&wrapped), stdout);
    fflush(stdout);
    if (!ended)
        el_wset(line, EL_REFRESH);
}

/* ---- begin and end ---- */

static void catch_signals(void)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = on_signal};
    for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
        sigaction(signals[i], &action, NULL);
}

void typing_begin(const struct typing *given)
{
    HistEventW event;
    typing = given;
    ended = asked = false;
    interrupted = 0;
    terminal_utf8(); /* libedit reads characters as the locale says */
    catch_signals();
    line = el_init("tocsin", stdin, stdout, stderr);
    past = history_winit();
    history_w(past, &event, H_SETSIZE, HISTORY_LINES);
    if (typing->history)
        history_w(past, &event, H_LOAD, typing->history);
    el_wset(line, EL_PROMPT, prompt);
    el_wset(line, EL_EDITOR, L"emacs");
    el_wset(line, EL_SIGNAL, 1);
    el_wset(line, EL_HIST, history_w, past);
    el_wset(line, EL_ADDFN, L"complete", L"complete a word", complete);
    el_wset(line, EL_BIND, L"^I", L"complete", NULL);
    el_wset(line, EL_UNBUFFERED, 1);
}

void typing_end(void)
{
    HistEventW event;
    el_wset(line, EL_UNBUFFERED, 0);
    if (typing->history && history_w(past, &event, H_SAVE, typing->history) >= 0)
        chmod(typing->history, 0600); /* it may contain messages to customers */
    el_end(line);
    history_wend(past);
    fputs("\n", stdout);
}
