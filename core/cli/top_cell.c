#include "cli/top_cell.h"

#include <string.h>
#include <wchar.h>
#include <wctype.h>

#include "base/mem.h"
#include "cli/chat_wrap.h"

#define REPLACED "\uFFFD"

/* Characters that are not seen, and change how others are: marks of direction, joiners, variation selectors, tags. */
static bool is_format(wchar_t c)
{
    static const struct {
        wchar_t from, to;
    } ranges[] = {{0xad, 0xad},     {0x61c, 0x61c},   {0x180e, 0x180e},  {0x200b, 0x200f},
                  {0x2028, 0x202e}, {0x2060, 0x206f}, {0xfe00, 0xfe0f},  {0xfeff, 0xfeff},
                  {0xfff9, 0xfffb}, {0xfffe, 0xffff}, {0xe0000, 0xe0fff}};
    for (size_t i = 0; i < ARRAY_SIZE(ranges); i++) {
        if (c >= ranges[i].from && c <= ranges[i].to)
            return true;
    }
    return false;
}

/* Adds one character and returns how many bytes of the text it was. */
static size_t add_character(const char *at, struct str *out)
{
    size_t n = utf8_length(at, strlen(at));
    wchar_t c = L'\0';
    mbstate_t state = {0};
    if (*at == '\t')
        str_addc(out, ' ');
    else if (n == 0 || mbrtowc(&c, at, n, &state) != n || wcwidth(c) < 0 || is_format(c))
        str_add(out, REPLACED);
    else
        str_addn(out, at, n);
    return n ? n : 1;
}

void top_literal(const char *text, struct str *out)
{
    for (const char *at = text; at && *at;)
        at += add_character(at, out);
}

/* The bytes of the text that fit into so many columns; *ret_columns: how many they take. */
static size_t fitting(const char *text, size_t columns, size_t *ret_columns)
{
    size_t at = 0;
    *ret_columns = 0;
    while (text[at]) {
        size_t n = utf8_length(text + at, strlen(text + at)), width = text_columns(text + at, n);
        if (*ret_columns + width > columns)
            break;
        *ret_columns += width;
        at += n;
    }
    return at;
}

void top_cell(const char *text, size_t columns, struct str *out)
{
    CLEANUP_STR struct str whole = {0};
    size_t used;
    top_literal(text, &whole);
    const char *all = str_text(&whole);
    size_t n = fitting(all, columns, &used);
    if (all[n] && columns) {
        n = fitting(all, columns - 1, &used);
        str_addn(out, all, n);
        str_add(out, "…");
        used++;
    } else {
        str_addn(out, all, n);
    }
    str_addf(out, "%*s", (int)(columns - used), "");
}
