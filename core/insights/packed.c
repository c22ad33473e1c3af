#include "insights/packed.h"

#include <inttypes.h>
#include <string.h>

#define NAME_MOST 4096

/* What a row has of a sum, in this order. */
static const size_t numbers[] = {
    offsetof(struct insight, incidents),      offsetof(struct insight, declined),
    offsetof(struct insight, merged),         offsetof(struct insight, drills),
    offsetof(struct insight, active),         offsetof(struct insight, work),
    offsetof(struct insight, calls.all),      offsetof(struct insight, calls.nights),
    offsetof(struct insight, calls.weekends), offsetof(struct insight, in_vain.all),
    offsetof(struct insight, in_vain.nights), offsetof(struct insight, in_vain.weekends),
    offsetof(struct insight, repeats),        offsetof(struct insight, hidden),
};

static int64_t *number_at(const struct insight *sum, size_t i)
{
    return (int64_t *)(uintptr_t)((const char *)sum + numbers[i]);
}

/* ---- written ---- */

static void put_number(int64_t n, struct str *out)
{
    char digits[24];
    size_t at = sizeof(digits);
    bool negative = n < 0;
    uint64_t left = negative ? (uint64_t)-n : (uint64_t)n;
    do
        digits[--at] = (char)('0' + left % 10);
    while (left /= 10);
    if (negative)
        digits[--at] = '-';
    str_addn(out, digits + at, sizeof(digits) - at);
    str_addc(out, ' ');
}

static void put_times(const insight_times *times, struct str *out)
{
    put_number((int64_t)times->n, out);
    for (size_t i = 0; i < times->n; i++)
        put_number(times->v[i], out);
}

static void pack(const struct insight *sum, struct str *out)
{
    const char *name = sum->name ? sum->name : "";
    str_addf(out, "%zu:%s", strlen(name), name);
    for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
        put_number(*number_at(sum, i), out);
    for (size_t i = 0; i < PIECE_TIMES; i++)
        put_times(&sum->times[i], out);
    put_times(&sum->waited, out);
    put_number((int64_t)sum->ids.n, out);
    for (size_t i = 0; i < sum->ids.n; i++)
        put_number((int64_t)sum->ids.v[i], out);
    str_addc(out, '\n');
}

void insights_pack(const struct insights *sums, enum insight_kind kind, struct str *out)
{
    insight_list list = {0};
    if (kind == INSIGHT_ALL)
        *array_add(&list) = &sums->all;
    else
        insights_list(sums, kind, &list);
    for (size_t i = 0; i < list.n; i++)
        pack(list.v[i], out);
    array_free(&list);
}

/* ---- read ---- */

/* The number at *text, and the character after it is passed. False: there is none. */
static bool take(const char **text, int64_t *ret)
{
    const char *p = *text;
    bool negative = *p == '-';
    uint64_t n = 0;
    for (p += negative; *p >= '0' && *p <= '9'; p++)
        n = n * 10 + (uint64_t)(*p - '0');
    if (p == *text + negative || !*p)
        return false;
    *ret = negative ? -(int64_t)n : (int64_t)n;
    *text = p + 1;
    return true;
}

static bool take_times(const char **text, insight_times *times)
{
    int64_t n = 0, value;
    bool good = take(text, &n);
    for (int64_t i = 0; good && i < n; i++) {
        good = take(text, &value);
        if (good)
            *array_add(times) = value;
    }
    return good;
}

static bool take_ids(const char **text, struct insight *sum)
{
    int64_t n = 0, value;
    bool good = take(text, &n);
    for (int64_t i = 0; good && i < n; i++) {
        good = take(text, &value);
        if (good)
            *array_add(&sum->ids) = (uint64_t)value;
    }
    return good;
}

static bool unpack(const char **text, struct insight *sum)
{
    int64_t value;
    bool good = true;
    for (size_t i = 0; good && i < ARRAY_SIZE(numbers); i++) {
        good = take(text, &value);
        *number_at(sum, i) += good ? value : 0;
    }
    for (size_t i = 0; good && i < PIECE_TIMES; i++)
        good = take_times(text, &sum->times[i]);
    return good && take_times(text, &sum->waited) && take_ids(text, sum) && *(*text)++ == '\n';
}

void insights_unpack(struct insights *sums, enum insight_kind kind, const char *text,
                     const char *(*now)(void *ctx, const char *name), void *ctx)
{
    int64_t length = 0;
    bool good = true;
    while (good && *text && take(&text, &length)) {
        good = length >= 0 && length < NAME_MOST && memchr(text, '\0', (size_t)length + 1) == NULL;
        if (!good)
            break;
        CLEANUP_FREE char *name = xstrndup(text, (size_t)length);
        text += length;
        good = unpack(&text, insights_sum(sums, kind, now ? now(ctx, name) : name));
    }
}
