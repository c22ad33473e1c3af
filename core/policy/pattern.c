#include "policy/pattern.h"

#include <ctype.h>
#include <string.h>

#define DEPTH_MOST 150

static const char *match(struct matching *m, const char *s, const char *p);

static const char *fault(struct matching *m, const char *why)
{
    if (!m->wrong)
        m->wrong = why;
    return NULL;
}

static bool spend(struct matching *m)
{
    if (--m->steps >= 0 && !m->wrong)
        return true;
    fault(m, "the pattern needs too many steps on this string");
    return false;
}

/* ---- one character ---- */

static bool in_class(int c, int letter)
{
    static const struct {
        char letter;
        int (*test)(int c);
    } classes[] = {{'a', isalpha}, {'c', iscntrl}, {'d', isdigit}, {'g', isgraph}, {'l', islower},
                   {'p', ispunct}, {'s', isspace}, {'u', isupper}, {'w', isalnum}, {'x', isxdigit}};
    for (size_t i = 0; i < sizeof(classes) / sizeof(*classes); i++) {
        if (classes[i].letter == tolower(letter))
            return (classes[i].test(c) != 0) != (isupper(letter) != 0);
    }
    return letter == c;
}

/* The end of the single-character class that begins at p: after "x", "%d" or "[…]". */
static const char *class_end(struct matching *m, const char *p)
{
    if (*p == '%')
        return p + 1 < m->pattern_end ? p + 2 : fault(m, "the pattern ends with %");
    if (*p != '[')
        return p + 1;
    p += p + 1 < m->pattern_end && p[1] == '^' ? 2 : 1;
    for (bool first = true; p < m->pattern_end && (*p != ']' || first); first = false) {
        p += *p == '%' ? 2 : 1;
    }
    return p < m->pattern_end ? p + 1 : fault(m, "the pattern has a [ without a ]");
}

/* `end` is at the ]. */
static bool in_set(int c, const char *p, const char *end)
{
    bool wanted = p[1] != '^';
    for (p += wanted ? 1 : 2; p < end; p++) {
        if (*p == '%' && p + 1 < end) {
            if (in_class(c, (unsigned char)*++p))
                return wanted;
        } else if (p + 2 < end && p[1] == '-') {
            if ((unsigned char)p[0] <= c && c <= (unsigned char)p[2])
                return wanted;
            p += 2;
        } else if ((unsigned char)*p == c) {
            return wanted;
        }
    }
    return !wanted;
}

static bool fits(const struct matching *m, const char *s, const char *p, const char *end)
{
    if (s >= m->text_end)
        return false;
    int c = (unsigned char)*s;
    switch (*p) {
    case '.':
        return true;
    case '%':
        return in_class(c, (unsigned char)p[1]);
    case '[':
        return in_set(c, p, end - 1);
    default:
        return (unsigned char)*p == c;
    }
}

/* ---- repetition ---- */

static const char *longest(struct matching *m, const char *s, const char *p, const char *end)
{
    ptrdiff_t n = 0;
    while (spend(m) && fits(m, s + n, p, end))
        n++;
    for (; n >= 0 && spend(m); n--) {
        const char *found = match(m, s + n, end + 1);
        if (found)
            return found;
    }
    return NULL;
}

static const char *shortest(struct matching *m, const char *s, const char *p, const char *end)
{
    while (spend(m)) {
        const char *found = match(m, s, end + 1);
        if (found || m->wrong)
            return found;
        if (!fits(m, s, p, end))
            return NULL;
        s++;
    }
    return NULL;
}

/* ---- captures and the rest ---- */

static const char *open_capture(struct matching *m, const char *s, const char *p, ptrdiff_t kind)
{
    if (m->level >= PATTERN_CAPTURES)
        return fault(m, "the pattern has too many captures");
    m->captures[m->level++] = (struct capture){s, kind};
    const char *found = match(m, s, p);
    if (!found)
        m->level--;
    return found;
}

static const char *close_capture(struct matching *m, const char *s, const char *p)
{
    int i = m->level - 1;
    while (i >= 0 && m->captures[i].length != CAPTURE_OPEN)
        i--;
    if (i < 0)
        return fault(m, "the pattern has a ) without a (");
    m->captures[i].length = s - m->captures[i].start;
    const char *found = match(m, s, p);
    if (!found)
        m->captures[i].length = CAPTURE_OPEN;
    return found;
}

static const char *balanced(struct matching *m, const char *s, const char *p)
{
    if (p + 1 >= m->pattern_end)
        return fault(m, "%b in the pattern must be followed by two characters");
    if (s >= m->text_end || *s != *p)
        return NULL;
    for (int nest = 1; ++s < m->text_end && spend(m);) {
        if (*s == p[1] && --nest == 0)
            return match(m, s + 1, p + 2);
        if (*s == p[0] && p[0] != p[1])
            nest++;
    }
    return NULL;
}

static const char *frontier(struct matching *m, const char *s, const char *p)
{
    if (p >= m->pattern_end || *p != '[')
        return fault(m, "%f in the pattern must be followed by a [set]");
    const char *end = class_end(m, p);
    if (!end)
        return NULL;
    int before = s == m->text ? 0 : (unsigned char)s[-1], after = s < m->text_end ? (unsigned char)*s : 0;
    return !in_set(before, p, end - 1) && in_set(after, p, end - 1) ? match(m, s, end) : NULL;
}

static const char *back_reference(struct matching *m, const char *s, const char *p)
{
    int i = *p - '1';
    if (i < 0 || i >= m->level || m->captures[i].length == CAPTURE_OPEN)
        return fault(m, "the pattern has a back reference to a capture that does not exist");
    if (m->captures[i].length == CAPTURE_POSITION)
        return NULL; /* a position is not a string */
    size_t n = (size_t)m->captures[i].length;
    m->steps -= (int64_t)(n / 16);
    bool same = (size_t)(m->text_end - s) >= n && memcmp(m->captures[i].start, s, n) == 0;
    return same ? match(m, s + n, p + 1) : NULL;
}

/* One plain item with its repetition. *ret_next is where to continue after a single match; NULL: the result is final. */
static const char *item(struct matching *m, const char *s, const char *p, const char **ret_next)
{
    const char *end = class_end(m, p), *found;
    *ret_next = NULL;
    if (!end)
        return NULL;
    switch (end < m->pattern_end ? *end : '\0') {
    case '?':
        found = fits(m, s, p, end) ? match(m, s + 1, end + 1) : NULL;
        if (found || m->wrong)
            return found;
        *ret_next = end + 1;
        return s;
    case '+':
        return fits(m, s, p, end) ? longest(m, s + 1, p, end) : NULL;
    case '*':
        return longest(m, s, p, end);
    case '-':
        return shortest(m, s, p, end);
    default:
        *ret_next = fits(m, s, p, end) ? end : NULL;
        return *ret_next ? s + 1 : NULL;
    }
}

static const char *step(struct matching *m, const char *s, const char *p, const char **ret_next)
{
    bool more = p + 1 < m->pattern_end;
    *ret_next = NULL;
    if (*p == '(')
        return more && p[1] == ')' ? open_capture(m, s, p + 2, CAPTURE_POSITION)
                                   : open_capture(m, s, p + 1, CAPTURE_OPEN);
    if (*p == ')')
        return close_capture(m, s, p + 1);
    if (*p == '$' && !more)
        return s == m->text_end ? s : NULL;
    if (*p == '%' && more && p[1] == 'b')
        return balanced(m, s, p + 2);
    if (*p == '%' && more && p[1] == 'f')
        return frontier(m, s, p + 2);
    if (*p == '%' && more && isdigit((unsigned char)p[1]))
        return back_reference(m, s, p + 1);
    return item(m, s, p, ret_next);
}

static const char *match(struct matching *m, const char *s, const char *p)
{
    if (m->wrong)
        return NULL;
    if (++m->depth > DEPTH_MOST)
        return fault(m, "the pattern is too complex");
    while (s && p && p < m->pattern_end) {
        s = spend(m) ? step(m, s, p, &p) : NULL;
        if (!p)
            break;
    }
    m->depth--;
    return m->wrong ? NULL : s;
}

const char *pattern_match(struct matching *m, const char *at, const char *pattern)
{
    m->level = 0;
    m->depth = 0;
    return match(m, at, pattern);
}

bool pattern_is_plain(const char *pattern, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (pattern[i] == '\0' || strchr("^$*+?.([%-", pattern[i]))
            return false;
    }
    return true;
}
