/* What people formatted in Slack, as CommonMark. Reads plain text (slack_plain), in which the marks are as they typed them. Pure. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "in.h"

#define FENCE "```"

struct formatted {
    struct kit_text *out;
    bool any; /* something was formatted */
};

static const struct mark {
    char slack;
    const char *commonmark;
    bool code; /* nothing in it is a mark */
} marks[] = {{'*', "**", false}, {'_', "*", false}, {'~', "~~", false}, {'`', "`", true}};

static const struct mark *mark_of(char c)
{
    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
        if (marks[i].slack == c)
            return &marks[i];
    }
    return NULL;
}

static bool is_word(const char *text, size_t n, size_t i)
{
    return i < n && (isalnum((unsigned char)text[i]) || (unsigned char)text[i] >= 0x80);
}

/* Where the span that begins at `i` ends; 0: none does. Its marks touch words inside, and none outside. */
static size_t span_end(const char *text, size_t n, size_t i)
{
    char c = text[i];
    if ((i && (is_word(text, n, i - 1) || text[i - 1] == c)) || i + 2 >= n ||
        isspace((unsigned char)text[i + 1]) || text[i + 1] == c)
        return 0;
    for (size_t k = i + 2; k < n && text[k] != '\n'; k++) {
        if (text[k] == c && !isspace((unsigned char)text[k - 1]) && !is_word(text, n, k + 1))
            return k;
    }
    return 0;
}

static size_t link_size(const char *text, size_t n)
{
    size_t size = 0;
    if (strncasecmp(text, "https://", n < 8 ? n : 8) != 0 && strncasecmp(text, "http://", n < 7 ? n : 7) != 0)
        return 0;
    while (size < n && (unsigned char)text[size] > ' ' && !strchr("<>\"", text[size]))
        size++;
    while (size && strchr(".,;:!?)'*_~`", text[size - 1]))
        size--;
    return size > 8 ? size : 0;
}

static void put_literal(struct formatted *f, char c)
{
    if (c > 0 && ispunct((unsigned char)c))
        kit_text_addc(f->out, '\\');
    kit_text_addc(f->out, c);
}

static void put_inline(struct formatted *f, const char *text, size_t n);

static void put_span(struct formatted *f, const struct mark *mark, const char *text, size_t n)
{
    f->any = true;
    kit_text_add(f->out, mark->commonmark);
    if (mark->code)
        kit_text_addn(f->out, text, n);
    else
        put_inline(f, text, n);
    kit_text_add(f->out, mark->commonmark);
}

static void put_inline(struct formatted *f, const char *text, size_t n)
{
    for (size_t i = 0; i < n;) {
        const struct mark *mark = mark_of(text[i]);
        size_t end = mark ? span_end(text, n, i) : 0, link = end ? 0 : link_size(text + i, n - i);
        const char *mention =
            text[i] == '<' && i + 1 < n && text[i + 1] == '@' ? memchr(text + i, '>', n - i) : NULL;
        if (end) {
            put_span(f, mark, text + i + 1, end - i - 1);
            i = end + 1;
        } else if (link) {
            kit_text_addf(f->out, "<%.*s>", (int)link, text + i);
            i += link;
        } else if (mention) {
            size_t size = (size_t)(mention - (text + i)) + 1;
            kit_text_addn(f->out, text + i, size);
            i += size;
        } else {
            put_literal(f, text[i++]);
        }
    }
}

static void put_lines(struct formatted *f, const char *text, size_t n)
{
    bool quoted = false;
    for (size_t i = 0; i < n;) {
        const char *newline = memchr(text + i, '\n', n - i);
        size_t size = newline ? (size_t)(newline - (text + i)) : n - i, skip = text[i] == '>' ? 1 : 0;
        bool quote = skip;
        skip += quote && size > 1 && text[i + 1] == ' ';
        if (quote != quoted && i)
            kit_text_add(f->out, "\n"); /* a quote ends where a blank line is */
        f->any |= quote;
        kit_text_add(f->out, quote ? "> " : "");
        put_inline(f, text + i + skip, size - skip);
        kit_text_add(f->out, newline ? "\n" : "");
        quoted = quote;
        i += size + (newline != NULL);
    }
}

bool slack_formatted(const char *plain, struct kit_text *out)
{
    struct formatted f = {out, false};
    for (const char *fence; (fence = strstr(plain, FENCE)); plain = fence) {
        const char *code = fence + strlen(FENCE), *end = strstr(code, FENCE);
        if (!end)
            break;
        put_lines(&f, plain, (size_t)(fence - plain));
        kit_text_add(out, "\n" FENCE "\n");
        kit_text_addn(out, code + (*code == '\n'), (size_t)(end - code) - (*code == '\n'));
        kit_text_add(out, "\n" FENCE "\n");
        f.any = true;
        fence = end + strlen(FENCE);
    }
    put_lines(&f, plain, strlen(plain));
    return f.any;
}
