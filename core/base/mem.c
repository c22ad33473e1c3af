#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"

__attribute__((noreturn)) static void out_of_memory(size_t n, size_t size)
{
    fprintf(stderr, "tocsin: out of memory (%zu * %zu bytes)\n", n, size);
    abort();
}

void *xrealloc(void *p, size_t n, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(n, size, &bytes))
        out_of_memory(n, size);
    void *grown = realloc(p, MAX(bytes, 1));
    if (!grown)
        out_of_memory(n, size);
    return grown;
}

void *xmalloc(size_t size)
{
    return xrealloc(NULL, 1, size);
}

void *xcalloc(size_t n, size_t size)
{
    void *p = calloc(MAX(n, 1), MAX(size, 1));
    if (!p)
        out_of_memory(n, size);
    return p;
}

char *xstrdup(const char *s)
{
    return s ? xstrndup(s, strlen(s)) : NULL;
}

char *xstrndup(const char *s, size_t n)
{
    size_t length = strnlen(s, n);
    char *copy = xmalloc(length + 1);
    memcpy(copy, s, length);
    copy[length] = '\0';
    return copy;
}

char *xasprintf(const char *format, ...)
{
    va_list args;
    char *text;
    va_start(args, format);
    int n = vasprintf(&text, format, args);
    va_end(args);
    if (n < 0)
        out_of_memory(1, strlen(format));
    return text;
}

void replace_text(char **slot, const char *s)
{
    char *copy = xstrdup(s); /* before the free: s may be *slot */
    free(*slot);
    *slot = copy;
}

void array_grow(void **v, size_t *n, size_t *cap, size_t size)
{
    if (*n == *cap) {
        *cap = *cap ? *cap * 2 : 8;
        *v = xrealloc(*v, *cap, size);
    }
    memset((char *)*v + *n * size, 0, size);
    ++*n;
}

void array_shrink(void *v, size_t *n, size_t size, size_t index)
{
    require(index < *n);
    char *at = (char *)v + index * size;
    memmove(at, at + size, (*n - index - 1) * size);
    --*n;
}

void require_failed(const char *what, const char *file, int line)
{
    fprintf(stderr, "tocsin: %s:%d: assertion failed: %s\n", file, line, what);
    abort();
}

bool assert_failed(const char *what, const char *file, int line)
{
#ifndef NDEBUG
    require_failed(what, file, line);
#else
    static const char *last_file;
    static int last_line;
    bool same = __atomic_exchange_n(&last_file, file, __ATOMIC_RELAXED) == file;
    same &= __atomic_exchange_n(&last_line, line, __ATOMIC_RELAXED) == line;
    if (!same)
        log_error("%s:%d: assertion failed: %s", file, line, what);
    return true;
#endif
}
