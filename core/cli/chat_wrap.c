#include "cli/chat_wrap.h"

#include <langinfo.h>
#include <locale.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#define COLUMNS_USUAL 80
#define COLUMNS_LEAST 20 /* in fewer nothing is readable anyway */
#define INDENT_USUAL  2
#define INDENT_MOST   16

void terminal_utf8(void)
{
    if (!setlocale(LC_CTYPE, "") || strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
        setlocale(LC_CTYPE, "C.UTF-8");
}

size_t terminal_columns(void)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || size.ws_col == 0)
        return COLUMNS_USUAL;
    return size.ws_col < COLUMNS_LEAST ? COLUMNS_LEAST : size.ws_col;
}

/* Bytes of "\033[1;31m" at the beginning of a text; 0: none is there. */
static size_t escape_length(const char *text, size_t n)
{
    if (n < 2 || text[0] != '\033' || text[1] != '[')
        return 0;
    size_t at = 2;
    while (at < n && text[at] != 'm')
        at++;
    return at < n ? at + 1 : n;
}

size_t text_columns(const char *text, size_t n)
{
    size_t columns = 0;
    mbstate_t state = {0};
    for (size_t at = 0; at < n;) {
        size_t escape = escape_length(text + at, n - at);
        wchar_t c;
        size_t length = escape ? escape : mbrtowc(&c, text + at, n - at, &state);
        if (length == 0 || length > n - at) { /* no character */
            length = 1;
            state = (mbstate_t){0};
            columns++;
        } else if (!escape) {
            int width = wcwidth(c);
            columns += width > 0 ? (size_t)width : 0;
        }
        at += length;
    }
    return columns;
}

static void wrap_line(const char *line, size_t n, size_t columns, struct str *out)
{
    size_t indent = strspn(line, " "), column = 0;
    indent = indent == 0 ? INDENT_USUAL : indent < INDENT_MOST ? indent : INDENT_MOST;
    for (size_t at = 0; at < n;) {
        size_t spaces = 0, word = 0;
        while (at + spaces < n && line[at + spaces] == ' ')
            spaces++;
        while (at + spaces + word < n && line[at + spaces + word] != ' ')
            word++;
        size_t width = text_columns(line + at + spaces, word);
        if (column > indent && column + spaces + width > columns) {
            str_addf(out, "\n%*s", (int)indent, "");
            column = indent + width;
        } else {
            str_addn(out, line + at, spaces);
            column += spaces + width;
        }
        str_addn(out, line + at + spaces, word);
        at += spaces + word;
    }
}

void text_wrap(const char *text, size_t columns, struct str *out)
{
    for (const char *line = text; *line;) {
        size_t n = strcspn(line, "\n");
        wrap_line(line, n, columns, out);
        if (line[n])
            str_addc(out, '\n');
        line += n + (line[n] != '\0');
    }
}
