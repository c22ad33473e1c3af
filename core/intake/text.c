#include "intake/text.h"

#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/str.h"

#define SECONDS_MOST 253402300799.0 /* until the year 9999 */
#define EACH(value)  (UINT64_C(0x0101010101010101) * (value))

/* Whether all bytes are printable ASCII; a false alarm only costs a copy. */
static bool is_printable(const char *text, size_t n)
{
    uint64_t bad = 0, word;
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        memcpy(&word, text + i, 8);
        bad |= (word | ((word & EACH(0x7f)) + EACH(1)) | ~((word & EACH(0x7f)) + EACH(0x60))) & EACH(0x80);
    }
    for (; i < n; i++)
        bad |= (unsigned char)(text[i] - 0x20) >= 0x5f;
    return !bad;
}

static const char *clean(struct arena *arena, const char *text, size_t n, size_t max, bool one_line)
{
    CLEANUP_FREE char *sane = utf8_sanitize(text, n, max);
    char *copy = arena_copy(arena, sane, strlen(sane));
    for (char *p = copy; one_line && (p = strpbrk(p, "\n\t")); p++)
        *p = ' ';
    return copy;
}

const char *text_line(struct arena *arena, const char *text, size_t max)
{
    if (!text)
        return "";
    size_t n = strlen(text);
    return n <= max && is_printable(text, n) ? text : clean(arena, text, n, max, true);
}

const char *text_lines(struct arena *arena, const char *text, size_t max)
{
    if (!text)
        return "";
    size_t n = strlen(text);
    return n <= max && is_printable(text, n) ? text : clean(arena, text, n, max, false);
}

const char *text_url(struct arena *arena, const char *text, size_t max)
{
    if (!text || (strncasecmp(text, "http://", 7) != 0 && strncasecmp(text, "https://", 8) != 0))
        return "";
    /* A link that was cut would lead nowhere. */
    return strlen(text) > max || strpbrk(text, " \t\r\n<>\"") ? "" : text_line(arena, text, max);
}

const char *text_scalar(struct arena *arena, const cJSON *item, size_t max)
{
    if (cJSON_IsString(item))
        return text_line(arena, item->valuestring, max);
    if (cJSON_IsBool(item))
        return cJSON_IsTrue(item) ? "true" : "false";
    if (!cJSON_IsNumber(item) || !isfinite(item->valuedouble))
        return "";
    char digits[40];
    snprintf(digits, sizeof(digits), "%.*g", fabs(item->valuedouble) < 1e15 ? 15 : 17, item->valuedouble);
    return arena_copy(arena, digits, strlen(digits));
}

const char *text_member(struct arena *arena, const cJSON *object, const char *key, size_t max)
{
    return text_scalar(arena, cJSON_GetObjectItemCaseSensitive(object, key), max);
}

const char *text_format(struct arena *arena, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    require(n >= 0);
    char *text = arena_take(arena, (size_t)n + 1);
    vsnprintf(text, (size_t)n + 1, format, again);
    va_end(again);
    return text;
}

bool text_seconds(const cJSON *item, instant *ret)
{
    if (!cJSON_IsNumber(item) || !(item->valuedouble > 0 && item->valuedouble < SECONDS_MOST))
        return false;
    *ret = (instant)(item->valuedouble * 1000);
    return true;
}

char *text_put(char *out, uint32_t c)
{
    if (c < 0x80) {
        *out++ = (char)c;
        return out;
    }
    int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    *out++ = (char)((0xf0u << (3 - more)) | c >> (6 * more));
    while (more-- > 0)
        *out++ = (char)(0x80 | (c >> (6 * more) & 0x3f));
    return out;
}

const char *text_some(const char *text)
{
    return text_empty(text) ? "" : text;
}

const char *text_first(const char *first, ...)
{
    va_list args;
    va_start(args, first);
    const char *text = first;
    while (text && !*text)
        text = va_arg(args, const char *);
    va_end(args);
    return text ? text : "";
}
