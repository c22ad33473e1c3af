/* From text as phones and platforms send it to text that can be compared. Pure. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "command/line.h"

static bool is_space(unsigned c)
{
    return c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x202f || c == 0x205f ||
           c == 0x3000;
}

/* Joiners join letters of scripts that need them, and emoji; after ASCII they only hide. */
static bool is_idle_joiner(unsigned c, const struct str *before)
{
    bool joiner = c == 0x200c || c == 0x200d || c == 0x34f;
    return joiner && (!before->len || (unsigned char)before->p[before->len - 1] < 0x80);
}

static void trim_end(struct str *text)
{
    while (text->len && isspace((unsigned char)text->p[text->len - 1]))
        text->p[--text->len] = '\0';
}

static void cut_front(struct str *text, size_t n)
{
    n += strspn(text->p + n, " \t\r\n");
    memmove(text->p, text->p + n, text->len - n + 1);
    text->len -= n;
}

/* The word after a fence that says in which language its lines are. */
static size_t language(const char *p)
{
    size_t n = strspn(p, "abcdefghijklmnopqrstuvwxyz");
    return p[n] == '\n' ? n : 0;
}

/* Takes one pair of marks off all of the text: a fence, backticks, emphasis. A stray mark of code at the end closes one that stood
   before a prefix. False: there is none. */
static bool unwrap_once(struct str *text)
{
    static const char *const marks[] = {"```", "`", "**", "__", "~~", "*", "_", "~"};
    for (size_t i = 0; i < ARRAY_SIZE(marks); i++) {
        size_t n = strlen(marks[i]);
        bool closed = text->len > n && strcmp(text->p + text->len - n, marks[i]) == 0;
        const char *first = closed ? strstr(text->p, marks[i]) : NULL;
        bool code = *marks[i] == '`', stray = code && first == text->p + text->len - n;
        if (!first || (!stray && (first != text->p || strstr(first + n, marks[i]) != text->p + text->len - n)))
            continue;
        text->p[text->len -= n] = '\0';
        if (!stray)
            cut_front(text, n == 3 ? n + language(text->p + n) : n);
        trim_end(text);
        return true;
    }
    return false;
}

char *command_clean(const char *text)
{
    CLEANUP_FREE char *valid = utf8_sanitize(text, strlen(text), COMMAND_BYTES + 1);
    struct str out = {0};
    size_t n;
    for (const char *p = valid; *p; p += n) {
        unsigned c = utf8_decode(p, &n);
        if (is_space(c))
            str_addc(&out, ' ');
        else if (c == 0x2028 || c == 0x2029)
            str_addc(&out, '\n');
        else if (!utf8_is_invisible(c) && !is_idle_joiner(c, &out))
            str_addn(&out, p, n);
    }
    trim_end(&out);
    return str_take(&out);
}

char *command_line(const char *text)
{
    CLEANUP_FREE char *clean = command_clean(text);
    struct str line = {0};
    str_add(&line, skip_space(clean));
    while (line.len && unwrap_once(&line))
        ;
    return str_take(&line);
}

void command_mend(char *text)
{
    char *out = text;
    size_t left = strlen(text);
    for (const char *p = text; left;) {
        unsigned char c = (unsigned char)*p;
        size_t n = c < 0xc0 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
        bool whole = n <= left && utf8_valid(p, n);
        n = whole ? n : 1;
        if (whole) {
            memmove(out, p, n);
            out += n;
        }
        p += n;
        left -= n;
    }
    *out = '\0';
}

static const char emphasis[] = "*_~`"; /* marks of emphasis and code, which clients add to words */

const char *command_prefixed(const char *text)
{
    static const char *const prefixes[] = {"/inc", "!inc", "inc", "/incident", "!incident"};
    const char *p = skip_space(text);
    p = skip_space(p + strspn(p, emphasis));
    for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
        size_t n = strlen(prefixes[i]);
        if (strncasecmp(p, prefixes[i], n) != 0)
            continue;
        const char *end = p + n + strspn(p + n, emphasis);
        end += text_starts(end, "\u00a0") ? strlen("\u00a0") : 0;
        if (*end == '\0' || isspace((unsigned char)*end) || text_starts(end - 2, "\u00a0"))
            return skip_space(end);
    }
    return NULL;
}

const char *skip_space(const char *p)
{
    while (isspace((unsigned char)*p))
        p++;
    return p;
}

static const char *word_end(const char *p)
{
    while (*p && !isspace((unsigned char)*p))
        p++;
    return p;
}

static const char *const quotes[][2] = {
    {"\"", "\""}, {"'", "'"}, {"`", "`"}, {"“", "”"}, {"„", "“"}, {"”", "”"}, {"‘", "’"}, {"«", "»"},
};

/* The closing quote for an opening quote of row i at p. NULL: there is no such pair. */
static const char *closing(const char *p, size_t i)
{
    return text_starts(p, quotes[i][0]) ? strstr(p + strlen(quotes[i][0]), quotes[i][1]) : NULL;
}

static bool starts_quote(const char *p, size_t *ret_n)
{
    for (size_t i = 0; i < ARRAY_SIZE(quotes); i++) {
        *ret_n = strlen(quotes[i][0]);
        if (text_starts(p, quotes[i][0]))
            return true;
    }
    return false;
}

bool is_quoted_word(const char *p)
{
    p = skip_space(p);
    const char *end = word_end(p);
    for (size_t i = 0; i < ARRAY_SIZE(quotes); i++) {
        const char *close = closing(p, i);
        if (close && close < end)
            return true;
    }
    return false;
}

size_t starts_smart_quote(const char *p)
{
    size_t n;
    return starts_quote(p, &n) && n > 1 ? n : 0;
}

size_t dash_at(const char *p)
{
    static const char *const dashes[] = {"-", "‐", "‑", "‒", "–",  "—",  "―", "−",
                                         "⁃", "˗", "⸺", "⸻", "﹘", "﹣", "－"};
    for (size_t i = 0; i < ARRAY_SIZE(dashes); i++) {
        if (text_starts(p, dashes[i]))
            return strlen(dashes[i]);
    }
    return 0;
}

bool is_quoted(const char *p)
{
    size_t n;
    return starts_quote(skip_space(p), &n) && *skip_space(p) != '`';
}

/* The length of a punctuation mark or quote at the end of these n bytes; 0: none. */
static size_t ends_word(const char *p, size_t n)
{
    static const char *const ends[] = {".", ",", ";", ":", "!", "?", "\"", "'", "`",
                                       "*", "_", "~", "”", "“", "’", "»",  "…"};
    for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
        size_t length = strlen(ends[i]);
        if (n > length && memcmp(p + n - length, ends[i], length) == 0)
            return length;
    }
    return 0;
}

/* ---- links ---- */

/* A link as platforms write it: `<https://…|label>`, `<https://…>`, `[label](https://…)`. */
struct link {
    const char *url, *label; /* without a label it is the address */
    size_t url_length, label_length;
    const char *end;
};

static bool is_address(const char *p, size_t n)
{
    return memmem(p, n, "://", 3) || (n > 7 && strncasecmp(p, "mailto:", 7) == 0) ||
           (n > 4 && strncasecmp(p, "tel:", 4) == 0);
}

static bool read_angled(const char *p, struct link *ret)
{
    size_t n = strcspn(p + 1, ">\n");
    const char *close = p + 1 + n, *bar = memchr(p + 1, '|', n);
    size_t url = bar ? (size_t)(bar - p) - 1 : n;
    bool labelled = bar && bar + 1 < close;
    const char *label = labelled ? bar + 1 : p + 1;
    *ret = (struct link){p + 1, label, url, labelled ? (size_t)(close - label) : url, close + 1};
    return *close == '>' && is_address(p + 1, url);
}

static bool read_bracketed(const char *p, struct link *ret)
{
    size_t n = strcspn(p + 1, "]\n");
    if (n == 0 || !text_starts(p + 1 + n, "]("))
        return false;
    const char *url = p + n + 3;
    size_t length = strcspn(url, ") \t\n");
    *ret = (struct link){url, p + 1, length, n, url + length + 1};
    return url[length] == ')' && is_address(url, length);
}

static bool read_link(const char *p, struct link *ret)
{
    return (*p == '<' && read_angled(p, ret)) || (*p == '[' && read_bracketed(p, ret));
}

/* Where the word at p ends; a link is one word, whatever its label. */
static const char *marked_end(const char *p)
{
    struct link link;
    const char *inside = p + strspn(p, emphasis);
    return word_end(read_link(inside, &link) ? link.end : p);
}

char *link_address(const char *token)
{
    struct link link;
    return read_link(token, &link) ? xstrndup(link.url, link.url_length) : xstrdup(token);
}

/* Did the client make the link of what was typed, "shop.io" or "+44 20"? A word that is also a part of the address is somebody's label. */
static bool is_own_label(const struct link *link)
{
    const char *label = link->label;
    size_t n = link->label_length;
    return n <= link->url_length && memmem(link->url, link->url_length, label, n) && !is_address(label, n) &&
           (memchr(label, '.', n) || text_starts(link->url, "tel:"));
}

char *plain_links(const char *text)
{
    struct str out = {0};
    struct link link;
    while (*text) {
        bool linked = read_link(text, &link) && is_own_label(&link);
        if (linked)
            str_addn(&out, link.label, link.label_length);
        else
            str_addc(&out, *text);
        text = linked ? link.end : text + 1;
    }
    return str_take(&out);
}

/* ---- words and names ---- */

/* Takes pairs of emphasis and code, and links, off these bytes. */
static void strip_marks(const char **p, size_t *n)
{
    struct link link;
    for (bool again = true; again && *n;) {
        again = *n > 2 && strchr(emphasis, **p) && **p == (*p)[*n - 1];
        if (again) {
            (*p)++, *n -= 2;
        } else if (read_link(*p, &link) && link.end == *p + *n) {
            *p = link.label, *n = link.label_length;
            again = link.label != link.url;
        }
    }
}

char *clean_name(const char *token)
{
    struct str out = {0};
    const char *p = token;
    size_t n = strlen(token), dash;
    strip_marks(&p, &n);
    bool one = !memchr(p, ' ', n);
    for (size_t i = 0; i < n; i += dash ? dash : 1) {
        dash = one ? dash_at(p + i) : 0;
        str_addc(&out, dash ? '-' : p[i]);
    }
    return str_take(&out);
}

/* The part of the word at p without quotes, emphasis, a link and punctuation around it. */
static size_t bare_word(const char **at, const char *end)
{
    struct link link;
    size_t n, cut;
    const char *p = *at;
    p += strspn(p, emphasis) < (size_t)(end - p) ? strspn(p, emphasis) : 0;
    if (read_link(p, &link)) {
        p = link.label;
        end = p + link.label_length;
    }
    while ((starts_quote(p, &n) || (n = strspn(p, emphasis))) && p + n < end)
        p += n;
    *at = p;
    for (n = (size_t)(end - p); (cut = ends_word(p, n));)
        n -= cut;
    return n;
}

void read_word(const char *p, char word[WORD_MOST + 1], const char **ret_end)
{
    size_t length = 0, dash;
    p = skip_space(p);
    *ret_end = marked_end(p);
    word[0] = '\0';
    size_t n = bare_word(&p, *ret_end);
    if (n > WORD_MOST)
        return;
    for (size_t i = 0; i < n; i += dash ? dash : 1) {
        dash = dash_at(p + i);
        word[length++] = dash ? '-' : (char)tolower((unsigned char)p[i]);
    }
    word[length] = '\0';
}

char *whole_text(const char *p, size_t n)
{
    while (n && isspace((unsigned char)*p))
        p++, n--;
    while (n && isspace((unsigned char)p[n - 1]))
        n--;
    CLEANUP_FREE char *text = xstrndup(p, n);
    for (size_t i = 0; n && i < ARRAY_SIZE(quotes); i++) {
        size_t open = strlen(quotes[i][0]), close = strlen(quotes[i][1]);
        if (closing(text, i) == text + n - close && n > open + close)
            return whole_text(text + open, n - open - close);
    }
    return n ? steal(text) : NULL;
}

/* Recurses once, from `name="…"` into the quotes. */
char *read_token(const char *p, const char **ret_end)
{
    p = skip_space(p);
    for (size_t i = 0; i < ARRAY_SIZE(quotes); i++) {
        const char *close = closing(p, i);
        if (!close)
            continue;
        *ret_end = close + strlen(quotes[i][1]);
        return whole_text(p, (size_t)(*ret_end - p));
    }
    size_t name = strspn(p, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_");
    if (name && p[name] == '=' && is_quoted(p + name + 1) && !isspace((unsigned char)p[name + 1])) {
        CLEANUP_FREE char *value = read_token(p + name + 1, ret_end);
        return xasprintf("%.*s=%s", (int)name, p, value ? value : "");
    }
    *ret_end = marked_end(p);
    return whole_text(p, (size_t)(*ret_end - p));
}
