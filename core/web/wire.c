#include "web/wire.h"

#include <string.h>

#include "base/mem.h"

static const struct {
    const char *name;
    enum http_method method;
} methods[] = {
    {"GET", HTTP_GET},       {"POST", HTTP_POST},       {"PUT", HTTP_PUT},   {"PATCH", HTTP_PATCH},
    {"DELETE", HTTP_DELETE}, {"OPTIONS", HTTP_OPTIONS}, {"HEAD", HTTP_HEAD},
};

const char *http_method_name(enum http_method method)
{
    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
        if (methods[i].method == method)
            return methods[i].name;
    return "?";
}

/* A byte of a token (RFC 9110, 5.6.2) in lower case; 0: not allowed in one. */
static char token_char(unsigned char c)
{
    static const char others[] = "!#$%&'*+-.^_`|~";
    if (c >= 'A' && c <= 'Z')
        return (char)(c + 'a' - 'A');
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
        return (char)c;
    return c && strchr(others, c) ? (char)c : 0;
}

/* A table of the above, made once, since heads are read byte by byte. */
static const char *token_table(void)
{
    static char table[256];
    static bool made;
    for (int i = 0; !made && i < 256; i++)
        table[i] = token_char((unsigned char)i);
    made = true;
    return table;
}

/* Parses "METHOD target HTTP/1.x" in place; `end` points at its CR. */
static int request_line(char *line, char *end, struct wire_head *ret)
{
    *end = '\0';
    char *space = memchr(line, ' ', (size_t)(end - line));
    char *last = space ? memchr(space + 1, ' ', (size_t)(end - space - 1)) : NULL;
    if (!space || !last || space == line)
        return -400;
    *space = *last = '\0';
    for (const char *c = line; *c; c++)
        if (!token_table()[(unsigned char)*c])
            return -400;
    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
        if (strcmp(line, methods[i].name) == 0)
            ret->method = methods[i].method;
    ret->target = space + 1;
    for (const char *c = ret->target; c < last; c++)
        if ((unsigned char)*c <= ' ' || *c == 0x7f)
            return -400;
    if (strncmp(last + 1, "HTTP/", 5) != 0)
        return -400;
    if (strcmp(last + 1, "HTTP/1.1") != 0 && strcmp(last + 1, "HTTP/1.0") != 0)
        return -505;
    ret->keep_alive = last[8] == '1';
    return ret->method ? 0 : -501;
}

/* Parses "Name: value" in place. */
static int header_line(char *line, char *end, struct wire_head *ret)
{
    const char *table = token_table();
    char *c = line;
    for (; c < end && table[(unsigned char)*c]; c++)
        *c = table[(unsigned char)*c];
    if (c == line || c == end || *c != ':')
        return -400; /* includes folded lines, and a space before the colon */
    if (ret->n == WIRE_HEADERS)
        return -431;
    *c++ = '\0';
    while (c < end && (*c == ' ' || *c == '\t'))
        c++;
    while (end > c && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    *end = '\0';
    for (const char *v = c; v < end; v++)
        if (((unsigned char)*v < ' ' && *v != '\t') || *v == 0x7f)
            return -400;
    ret->headers[ret->n++] = (struct wire_header){line, c};
    return 0;
}

static int take_length(const char *value, struct wire_head *head, bool *seen)
{
    int64_t length = 0;
    if (*seen || !*value || strlen(value) > 15)
        return -400;
    for (const char *c = value; *c; c++) {
        if (*c < '0' || *c > '9')
            return -400;
        length = length * 10 + (*c - '0');
    }
    head->length = length;
    *seen = true;
    return 0;
}

/* Does a list with commas contain a word, in any case? */
static bool lists(const char *value, const char *word)
{
    size_t n = strlen(word);
    for (const char *c = value; *c;) {
        while (*c == ' ' || *c == '\t' || *c == ',')
            c++;
        size_t length = strcspn(c, ", \t");
        if (length == n && strncasecmp(c, word, n) == 0)
            return true;
        c += length;
    }
    return false;
}

static int take_connection(const char *value, struct wire_head *head, bool *seen)
{
    (void)seen;
    if (lists(value, "close"))
        head->keep_alive = false;
    else if (lists(value, "keep-alive"))
        head->keep_alive = true;
    return 0;
}

static int take_encoding(const char *value, struct wire_head *head, bool *seen)
{
    (void)seen;
    if (head->chunked || strcasecmp(value, "chunked") != 0)
        return -501;
    head->chunked = true;
    return 0;
}

static int take_expect(const char *value, struct wire_head *head, bool *seen)
{
    (void)seen;
    head->expects = strcasecmp(value, "100-continue") == 0;
    return head->expects ? 0 : -417;
}

static int take_host(const char *value, struct wire_head *head, bool *seen)
{
    (void)value, (void)head;
    bool twice = *seen;
    *seen = true;
    return twice ? -400 : 0;
}

/* Applies the headers that decide how the bytes after the head are read. */
static int framing(struct wire_head *head)
{
    enum { LENGTH, HOST };
    static const struct {
        const char *name;
        int (*take)(const char *value, struct wire_head *head, bool *seen);
    } rows[] = {
        [LENGTH] = {"content-length", take_length},
        [HOST] = {"host", take_host},
        {"connection", take_connection},
        {"transfer-encoding", take_encoding},
        {"expect", take_expect},
    };
    enum { ROWS = sizeof(rows) / sizeof(rows[0]) };
    bool seen[ROWS] = {false}, needs_host = head->keep_alive; /* so far: it is HTTP/1.1 */
    for (size_t i = 0; i < head->n; i++) {
        for (size_t k = 0; k < ROWS; k++) {
            const char *name = head->headers[i].name;
            if (*name != *rows[k].name || strcmp(name, rows[k].name) != 0)
                continue;
            int rc = rows[k].take(head->headers[i].value, head, &seen[k]);
            if (rc < 0)
                return rc;
        }
    }
    return (head->chunked && seen[LENGTH]) || (needs_host && !seen[HOST]) ? -400 : 0;
}

/* The length of the head with its empty line; 0: it is not complete. */
static size_t head_end(const char *bytes, size_t n)
{
    const char *end = memmem(bytes, n, "\r\n\r\n", 4);
    return end ? (size_t)(end - bytes) + 4 : 0;
}

long wire_head(char *bytes, size_t n, struct wire_head *ret)
{
    size_t whole = head_end(bytes, n < WIRE_HEAD_MOST ? n : WIRE_HEAD_MOST);
    if (whole == 0)
        return n < WIRE_HEAD_MOST ? 0 : -431;
    ret->method = 0;
    ret->n = 0;
    ret->length = 0;
    ret->chunked = ret->keep_alive = ret->expects = false;
    char *stop = bytes + whole - 2; /* the empty line */
    for (char *line = bytes; line < stop;) {
        char *end = memchr(line, '\n', (size_t)(stop - line));
        if (!end || end == line || end[-1] != '\r')
            return -400;
        int rc = line == bytes ? request_line(line, end - 1, ret) : header_line(line, end - 1, ret);
        if (rc < 0)
            return rc;
        line = end + 1;
    }
    int rc = framing(ret);
    return rc < 0 ? rc : (long)whole;
}

const char *wire_header(const struct wire_head *head, const char *name)
{
    for (size_t i = 0; i < head->n; i++)
        if (*head->headers[i].name == *name && strcmp(head->headers[i].name, name) == 0)
            return head->headers[i].value;
    return NULL;
}

/* ---- targets ---- */

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int wire_decode(const char *text, size_t n, bool plus, struct str *out)
{
    for (size_t i = 0; i < n; i++) {
        char c = text[i];
        if (c == '+' && plus) {
            c = ' ';
        } else if (c == '%') {
            if (n - i < 3 || hex(text[i + 1]) < 0 || hex(text[i + 2]) < 0)
                return -1;
            c = (char)(hex(text[i + 1]) * 16 + hex(text[i + 2]));
            i += 2;
        }
        if (c == '\0')
            return -1;
        str_addc(out, c);
    }
    return 0;
}

static bool climbs(const char *path)
{
    for (const char *part = path; part; part = strchr(part + 1, '/')) {
        size_t n = strcspn(part + 1, "/");
        if ((n == 1 && part[1] == '.') || (n == 2 && part[1] == '.' && part[2] == '.'))
            return true;
    }
    return false;
}

/* Text without control characters. */
static bool is_clean(const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
            return false;
    }
    return true;
}

static void mend(struct str *path)
{
    CLEANUP_FREE char *valid = utf8_sanitize(path->p, path->len, SIZE_MAX);
    str_clear(path);
    str_add(path, valid);
}

int wire_target(const char *target, struct str *path, const char **ret_query)
{
    str_clear(path);
    size_t n = strcspn(target, "?#");
    if (target[0] != '/')
        return -400;
    if (n > WIRE_PATH_MOST)
        return -414;
    if (wire_decode(target, n, false, path) < 0 || climbs(path->p))
        return -400;
    if (!is_clean(path->p, path->len) || !is_clean(target + n, strlen(target + n)))
        return -400;
    if (!utf8_valid(path->p, path->len))
        mend(path);
    *ret_query = target[n] == '?' ? target + n + 1 : "";
    return 0;
}

/* ---- chunks: SIZE[;extension]CRLF bytes CRLF ... 0 CRLF [trailers] CRLF ---- */

enum { SIZE, EXTENSION, SIZE_LF, DATA, DATA_CR, DATA_LF, TRAILER, TRAILER_LINE, TRAILER_LF, LAST_LF, END };

#define EXTRA_MOST 4096 /* bytes of extensions and trailers */

static int size_char(struct wire_chunks *chunks, char c)
{
    int digit = hex(c);
    if (digit >= 0 && chunks->digits < 12) {
        chunks->left = chunks->left * 16 + (uint64_t)digit;
        chunks->digits++;
        return SIZE;
    }
    if (chunks->digits == 0 || digit >= 0)
        return -400;
    if (c == '\r')
        return SIZE_LF;
    return c == ';' || c == ' ' || c == '\t' ? EXTENSION : -400;
}

/* The state after a byte that is not data. */
static int next_state(struct wire_chunks *chunks, char c)
{
    switch (chunks->state) {
    case SIZE:
        return size_char(chunks, c);
    case EXTENSION:
        return c == '\r' ? SIZE_LF : c == '\n' || ++chunks->extra > EXTRA_MOST ? -400 : EXTENSION;
    case SIZE_LF:
        return c != '\n' ? -400 : chunks->left ? DATA : TRAILER;
    case DATA_CR:
        return c == '\r' ? DATA_LF : -400;
    case DATA_LF:
        chunks->digits = 0;
        return c == '\n' ? SIZE : -400;
    case TRAILER:
        return c == '\r' ? LAST_LF : c == '\n' ? -400 : TRAILER_LINE;
    case TRAILER_LINE:
        return c == '\r' ? TRAILER_LF : c == '\n' || ++chunks->extra > EXTRA_MOST ? -400 : TRAILER_LINE;
    case TRAILER_LF:
        return c == '\n' ? TRAILER : -400;
    default:
        return c == '\n' ? END : -400;
    }
}

int wire_chunks(struct wire_chunks *chunks, const char *bytes, size_t n, size_t limit, struct str *out,
                size_t *ret_used)
{
    size_t i = 0;
    while (i < n && chunks->state != END) {
        if (chunks->state != DATA) {
            int state = next_state(chunks, bytes[i++]);
            if (state < 0)
                return state;
            chunks->state = state;
            continue;
        }
        if (chunks->left > limit - out->len)
            return -413;
        size_t part = chunks->left < n - i ? (size_t)chunks->left : n - i;
        str_addn(out, bytes + i, part);
        i += part;
        chunks->left -= part;
        if (chunks->left == 0)
            chunks->state = DATA_CR;
    }
    *ret_used = i;
    return chunks->state == END;
}
