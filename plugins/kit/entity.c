#include "entity.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const struct named {
    const char *name, *text;
} names[] = {
    {"amp", "&"},    {"lt", "<"},     {"gt", ">"},     {"quot", "\""},  {"apos", "'"},   {"nbsp", " "},
    {"copy", "©"},   {"reg", "®"},    {"trade", "™"},  {"euro", "€"},   {"pound", "£"},  {"cent", "¢"},
    {"yen", "¥"},    {"sect", "§"},   {"hellip", "…"}, {"mdash", "—"},  {"ndash", "–"},  {"lsquo", "‘"},
    {"rsquo", "’"},  {"ldquo", "“"},  {"rdquo", "”"},  {"sbquo", "‚"},  {"bdquo", "„"},  {"laquo", "«"},
    {"raquo", "»"},  {"bull", "•"},   {"middot", "·"}, {"deg", "°"},    {"plusmn", "±"}, {"times", "×"},
    {"frac12", "½"}, {"larr", "←"},   {"rarr", "→"},   {"iexcl", "¡"},  {"iquest", "¿"}, {"auml", "ä"},
    {"ouml", "ö"},   {"uuml", "ü"},   {"Auml", "Ä"},   {"Ouml", "Ö"},   {"Uuml", "Ü"},   {"szlig", "ß"},
    {"agrave", "à"}, {"aacute", "á"}, {"acirc", "â"},  {"atilde", "ã"}, {"aring", "å"},  {"aelig", "æ"},
    {"ccedil", "ç"}, {"egrave", "è"}, {"eacute", "é"}, {"ecirc", "ê"},  {"euml", "ë"},   {"igrave", "ì"},
    {"iacute", "í"}, {"icirc", "î"},  {"iuml", "ï"},   {"ntilde", "ñ"}, {"ograve", "ò"}, {"oacute", "ó"},
    {"ocirc", "ô"},  {"otilde", "õ"}, {"oslash", "ø"}, {"ugrave", "ù"}, {"uacute", "ú"}, {"ucirc", "û"},
    {"Agrave", "À"}, {"Eacute", "É"}, {"Ccedil", "Ç"}, {"Oslash", "Ø"}, {"Aring", "Å"},  {"zwnj", ""},
    {"zwj", ""},     {"shy", ""},     {"ensp", " "},   {"emsp", " "},   {"thinsp", " "},
};

static void encode(uint32_t c, char out[5])
{
    size_t n = 0;
    if (c < 0x80) {
        out[n++] = (char)c;
    } else if (c < 0x800) {
        out[n++] = (char)(0xc0 | c >> 6);
        out[n++] = (char)(0x80 | (c & 63));
    } else if (c < 0x10000) {
        out[n++] = (char)(0xe0 | c >> 12);
        out[n++] = (char)(0x80 | (c >> 6 & 63));
        out[n++] = (char)(0x80 | (c & 63));
    } else {
        out[n++] = (char)(0xf0 | c >> 18);
        out[n++] = (char)(0x80 | (c >> 12 & 63));
        out[n++] = (char)(0x80 | (c >> 6 & 63));
        out[n++] = (char)(0x80 | (c & 63));
    }
    out[n] = '\0';
}

static size_t read_number(const char *p, size_t n, char out[5])
{
    char digits[12];
    size_t hex = n > 2 && (p[2] == 'x' || p[2] == 'X'), from = 2 + hex, count = 0;
    while (from + count < n && count < 9 && p[from + count] != ';')
        count++;
    if (!count || count > 8 || from + count >= n || p[from + count] != ';')
        return 0;
    memcpy(digits, p + from, count);
    digits[count] = '\0';
    if (digits[strspn(digits, hex ? "0123456789abcdefABCDEF" : "0123456789")])
        return 0;
    unsigned long c = strtoul(digits, NULL, hex ? 16 : 10);
    if (c == 0xa0)
        c = ' ';
    if (c < ' ' || (c >= 127 && c < 0xa0) || (c >= 0xd800 && c < 0xf900) || c > 0x10ffff)
        c = c == '\n' || c == '\t' || c == '\r' ? ' ' : 0xfffd;
    encode((uint32_t)c, out);
    return from + count + 1;
}

size_t kit_entity_read(const char *p, size_t n, char out[5])
{
    if (n > 2 && p[1] == '#')
        return read_number(p, n, out);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        size_t length = strlen(names[i].name);
        if (length + 1 < n && strncmp(p + 1, names[i].name, length) == 0 && p[length + 1] == ';') {
            memcpy(out, names[i].text, strlen(names[i].text) + 1);
            return length + 2;
        }
    }
    return 0;
}
