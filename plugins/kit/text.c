#include <tocsin/kit/text.h>

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void kit_text_finish(struct kit_text *text)
{
    free(text->p);
    *text = (struct kit_text){.most = text->most};
}

static bool reserve(struct kit_text *text, size_t more)
{
    if (text->failed)
        return false;
    size_t need = text->n + more + 1;
    if (more > SIZE_MAX / 4 || (text->most && text->n + more > text->most)) {
        text->failed = true;
        return false;
    }
    if (need <= text->cap)
        return true;
    size_t cap = need < 64 ? 64 : need + need / 2;
    char *p = realloc(text->p, cap);
    if (!p) {
        text->failed = true;
        return false;
    }
    text->p = p;
    text->cap = cap;
    return true;
}

void kit_text_addn(struct kit_text *text, const char *more, size_t n)
{
    if (!n || !reserve(text, n))
        return;
    memcpy(text->p + text->n, more, n);
    text->n += n;
    text->p[text->n] = '\0';
}

void kit_text_add(struct kit_text *text, const char *more)
{
    if (more)
        kit_text_addn(text, more, strlen(more));
}

void kit_text_addc(struct kit_text *text, char c)
{
    kit_text_addn(text, &c, 1);
}

void kit_text_addf(struct kit_text *text, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    if (n > 0 && reserve(text, (size_t)n)) {
        vsnprintf(text->p + text->n, (size_t)n + 1, format, again);
        text->n += (size_t)n;
    }
    va_end(again);
    va_end(args);
}

const char *kit_text_get(const struct kit_text *text)
{
    return text->p ? text->p : "";
}

/* Length of the character at p, 0 when it is none: too long a form, a surrogate, beyond U+10FFFF, cut short. */
static size_t character(const unsigned char *p, size_t n)
{
    static const struct {
        unsigned char first, last, least, most; /* of the first byte; of the second */
        size_t n;
    } forms[] = {
        {0x00, 0x7f, 0x00, 0xff, 1}, {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
        {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
        {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
    };
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        if (p[0] < forms[i].first || p[0] > forms[i].last)
            continue;
        bool good = n >= forms[i].n && (forms[i].n < 2 || (p[1] >= forms[i].least && p[1] <= forms[i].most));
        for (size_t k = 2; good && k < forms[i].n; k++)
            good = (p[k] & 0xc0) == 0x80;
        return good ? forms[i].n : 0;
    }
    return 0;
}

bool kit_utf8_valid(const char *bytes, size_t n)
{
    const unsigned char *p = (const unsigned char *)bytes;
    for (size_t at = 0, length; at < n; at += length) {
        length = character(p + at, n - at);
        if (!length)
            return false;
    }
    return true;
}

size_t kit_utf8_cut(const char *text, size_t n, size_t most)
{
    if (n <= most)
        return n;
    while (most && ((unsigned char)text[most] & 0xc0) == 0x80)
        most--;
    return most;
}

/* U+0080 to U+009F are control characters too, and terminals obey some. */
static bool is_control(const unsigned char *p, size_t length)
{
    return (length == 1 && (*p < 0x20 || *p == 0x7f)) || (length == 2 && p[0] == 0xc2 && p[1] < 0xa0);
}

void kit_lower(char *text)
{
    for (; *text; text++)
        *text = (char)(*text >= 'A' && *text <= 'Z' ? *text - 'A' + 'a' : *text);
}

const char *kit_line_after(const char *text, const char *words)
{
    size_t n = strlen(words);
    while (text && strncasecmp(text, words, n) != 0) {
        text = strchr(text, '\n');
        text = text ? text + 1 : NULL;
    }
    return text ? text + n : NULL;
}

bool kit_has_word(const char *words, const char *word)
{
    size_t n = strlen(word);
    for (const char *at = words; n && (at = strstr(at, word)); at += n) {
        if ((at == words || at[-1] == ' ') && (!at[n] || at[n] == ' '))
            return true;
    }
    return false;
}

const char *kit_said_to(const char *text, const char *name, bool bare)
{
    size_t n = strlen(name);
    text += strspn(text, " ");
    bool at = *text == '@';
    text += at;
    if ((!at && !bare) || strncasecmp(text, name, n) != 0 ||
        (text[n] ? !strchr(at ? " ,:" : ",:", text[n]) : !at))
        return NULL;
    text += n;
    return text + strspn(text, " ,:");
}

size_t kit_clean_name(const char *from, char *to, size_t size)
{
    const unsigned char *p = (const unsigned char *)from;
    size_t n = strlen(from), at = 0, out = 0;
    while (at < n) {
        size_t length = character(p + at, n - at);
        if (length && !is_control(p + at, length)) {
            if (out + length + 1 > size)
                break;
            memcpy(to + out, p + at, length);
            out += length;
        }
        at += length ? length : 1;
    }
    to[out] = '\0';
    return out;
}
