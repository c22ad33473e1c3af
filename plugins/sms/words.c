#include "words.h"

#include <stdint.h>
#include <string.h>

#define SAY_MOST                                                                                               \
    280 /* bytes of what a call says: told twice, and escaped, that is less than the 4000 that TwiML may have */

/* One character of UTF-8, which has been checked. Returns its bytes. */
static size_t read_char(const char *text, uint32_t *c)
{
    const unsigned char *p = (const unsigned char *)text;
    size_t n = *p < 0x80 ? 1 : *p < 0xe0 ? 2 : *p < 0xf0 ? 3 : 4;
    *c = n == 1 ? *p : *p & (0xffu >> (n + 1));
    for (size_t i = 1; i < n; i++)
        *c = *c << 6 | (p[i] & 0x3f);
    return n;
}

/* ---- alphabets ---- */

/* Beyond ASCII. */
static const uint16_t gsm[] = {0xa3,  0xa5,  0xe8,  0xe9,  0xf9,  0xec,  0xf2,  0xc7,  0xd8, 0xf8,
                               0xc5,  0xe5,  0xc6,  0xe6,  0xdf,  0xc9,  0xa4,  0xa1,  0xc4, 0xd6,
                               0xd1,  0xdc,  0xa7,  0xbf,  0xe4,  0xf6,  0xf1,  0xfc,  0xe0, 0x394,
                               0x3a6, 0x393, 0x39b, 0x3a9, 0x3a0, 0x3a8, 0x3a3, 0x398, 0x39e};

/* What a character takes of the 7-bit alphabet; 0: it is not in it. */
static size_t septets(uint32_t c)
{
    if (c == 0x20ac || (c < 0x80 && c && strchr("[]\\^{}|~", (int)c)))
        return 2;
    if (c < 0x80)
        return c == '\n' || c == '\r' || (c >= ' ' && c != '`' && c != 0x7f);
    for (size_t i = 0; i < sizeof(gsm) / sizeof(gsm[0]); i++) {
        if (gsm[i] == c)
            return 1;
    }
    return 0;
}

static size_t units(uint32_t c)
{
    return c > 0xffff ? 2 : 1;
}

static bool is_gsm(const char *text)
{
    uint32_t c;
    while (*text) {
        text += read_char(text, &c);
        if (!septets(c))
            return false;
    }
    return true;
}

/* How many parts of `size` it takes, each as full as whole characters make it. */
static size_t fill(const char *text, size_t (*cost)(uint32_t), size_t size)
{
    size_t parts = 1, used = 0;
    uint32_t c;
    while (*text) {
        text += read_char(text, &c);
        size_t more = cost(c);
        if (used + more > size) {
            parts++;
            used = 0;
        }
        used += more;
    }
    return parts;
}

size_t words_parts(const char *text)
{
    bool narrow = is_gsm(text);
    size_t (*cost)(uint32_t) = narrow ? septets : units;
    return fill(text, cost, narrow ? 160 : 70) == 1 ? 1 : fill(text, cost, narrow ? 153 : 67);
}

static const struct {
    uint16_t from, to;
    const char *as;
} simple[] = {
    {0x60, 0x60, "'"},       {0xa0, 0xa0, " "},     {0xab, 0xab, "\""},     {0xb4, 0xb4, "'"},
    {0xb7, 0xb7, "-"},       {0xbb, 0xbb, "\""},    {0x2000, 0x200a, " "},  {0x200b, 0x200f, ""},
    {0x2010, 0x2015, "-"},   {0x2018, 0x201b, "'"}, {0x201c, 0x201f, "\""}, {0x2022, 0x2022, "-"},
    {0x2026, 0x2026, "..."}, {0x202f, 0x202f, " "}, {0x2032, 0x2032, "'"},  {0x2033, 0x2033, "\""},
    {0x2060, 0x2060, ""},    {0x2212, 0x2212, "-"}, {0xfeff, 0xfeff, ""},   {0x09, 0x09, " "},
};

static const char *simple_of(uint32_t c)
{
    for (size_t i = 0; i < sizeof(simple) / sizeof(simple[0]); i++) {
        if (c >= simple[i].from && c <= simple[i].to)
            return simple[i].as;
    }
    return NULL;
}

void words_simplify(const char *text, struct kit_text *out)
{
    uint32_t c;
    while (*text) {
        size_t n = read_char(text, &c);
        const char *as = simple_of(c);
        if (as)
            kit_text_add(out, as);
        else
            kit_text_addn(out, text, n);
        text += n;
    }
}

/* ---- a page ---- */

static void put_tail(const struct kit_page_words *words, const char *code, struct kit_text *out)
{
    if (code && *code)
        kit_text_addf(out, "\nReply %s to acknowledge.", code);
    if (words->link.n)
        kit_text_addf(out, "\n%s", kit_text_get(&words->link));
}

void words_sms(const struct kit_page_words *words, const char *code, size_t most, struct kit_text *out)
{
    struct kit_text head = {0}, tail = {0}, all = {0};
    words_simplify(kit_text_get(&words->title), &head);
    put_tail(words, code, &tail);
    size_t n = kit_utf8_cut(kit_text_get(&head), head.n, 1600);
    for (bool whole = n == head.n;; whole = false) {
        kit_text_finish(&all);
        kit_text_addn(&all, kit_text_get(&head), n);
        kit_text_addf(&all, "%s%s", whole ? "" : "...", kit_text_get(&tail));
        if (!n || words_parts(kit_text_get(&all)) <= most)
            break;
        n = kit_utf8_cut(kit_text_get(&head), head.n, n - 1);
    }
    kit_text_addn(out, kit_text_get(&all), all.n);
    kit_text_finish(&head);
    kit_text_finish(&tail);
    kit_text_finish(&all);
}

void words_say(const struct kit_page_words *words, struct kit_text *out)
{
    const char *title = kit_text_get(&words->title);
    kit_text_addn(out, title, kit_utf8_cut(title, words->title.n, SAY_MOST));
}

bool words_is_number(const char *text)
{
    size_t n = *text == '+' ? strspn(text + 1, "0123456789") : 0;
    return n >= 7 && n <= 15 && text[1] != '0' && !text[1 + n];
}
