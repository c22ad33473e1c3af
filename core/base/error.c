#include "base/error.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

#define TEXT_MAX (sizeof(((struct error *)0)->text) - 1)

/* A separate buffer, since an argument may be err->text itself; with room to see where the last character ends. */
struct draft {
    char text[TEXT_MAX + 8];
};

__attribute__((format(printf, 2, 0))) static void draft_format(struct draft *d, const char *format,
                                                               va_list args)
{
    int wanted = vsnprintf(d->text, sizeof(d->text), format, args);
    size_t n = wanted < 0 ? 0 : MIN((size_t)wanted, sizeof(d->text) - 1);
    d->text[utf8_cut(d->text, n, TEXT_MAX)] = '\0';
}

int error_set(struct error *err, int code, const char *format, ...)
{
    if (!err)
        return code;
    struct draft draft;
    va_list args;
    va_start(args, format);
    draft_format(&draft, format, args);
    va_end(args);
    err->code = code;
    memcpy(err->text, draft.text, strlen(draft.text) + 1);
    return code;
}

int error_prefix(struct error *err, const char *format, ...)
{
    if (!err)
        return ERR_INVALID;
    struct draft context;
    va_list args;
    va_start(args, format);
    draft_format(&context, format, args);
    va_end(args);
    return error_set(err, err->code, "%s: %s", context.text, err->text);
}

const char *error_word(int code)
{
    static const char *const words[] = {
        "invalid", "not found", "refused", "conflict", "too big", "io", "full", "auth", "timeout", "corrupt",
    };
    size_t i = (size_t)(-(int64_t)code - 1);
    return i < ARRAY_SIZE(words) ? words[i] : "unknown";
}
