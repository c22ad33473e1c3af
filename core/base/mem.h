/*
 * mem - allocation that cannot fail quietly, cleanup by scope, growable arrays, assertions.
 *
 * The core aborts when memory runs out: the journal makes a restart safe, and this avoids error paths that
 * never run. So a size that comes from outside must be checked against a limit before it is allocated.
 * Everything here may be called from any thread.
 */
#ifndef TOCSIN_BASE_MEM_H
#define TOCSIN_BASE_MEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* Each returns memory that the caller frees with free(), and never NULL. */
void *xmalloc(size_t size);
void *xcalloc(size_t n, size_t size);           /* zeroed; aborts when n * size overflows */
void *xrealloc(void *p, size_t n, size_t size); /* aborts when n * size overflows */
char *xstrdup(const char *s);                   /* NULL gives NULL */
char *xstrndup(const char *s, size_t n);        /* at most n bytes, always terminated */
__attribute__((format(printf, 1, 2))) char *xasprintf(const char *format, ...);

/* Frees *slot and stores a copy of `s` there; `s` may be NULL, or *slot itself. */
void replace_text(char **slot, const char *s);

static inline void cleanup_free(void *p)
{
    free(*(void **)p);
}
#define CLEANUP(function) __attribute__((cleanup(function)))
#define CLEANUP_FREE      CLEANUP(cleanup_free)

/* Takes a pointer out of a variable, leaving NULL, so that a CLEANUP_FREE variable can be returned. */
#define steal(pointer)                                                                                         \
    ({                                                                                                         \
        __typeof__(pointer) *steal_from_ = &(pointer);                                                         \
        __typeof__(pointer) steal_value_ = *steal_from_;                                                       \
        *steal_from_ = NULL;                                                                                   \
        steal_value_;                                                                                          \
    })

#define container_of(pointer, type, member)                                                                    \
    ({                                                                                                         \
        const __typeof__(((type *)0)->member) *container_member_ = (pointer);                                  \
        (type *)((char *)(uintptr_t)container_member_ - offsetof(type, member));                               \
    })
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#undef MIN /* sys/param.h defines them too */
#undef MAX
/* Arguments are evaluated twice, so they must have no side effects. */
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))

/*
 * A growable array of values: ARRAY(int) xs = {0}; *array_add(&xs) = 3; array_free(&xs).
 * array_add returns the address of a new zeroed last element, valid until the array changes.
 */
#define ARRAY(type)                                                                                            \
    struct {                                                                                                   \
        type *v;                                                                                               \
        size_t n, cap;                                                                                         \
    }
#define array_add(a)       (array_grow((void **)&(a)->v, &(a)->n, &(a)->cap, sizeof(*(a)->v)), &(a)->v[(a)->n - 1])
#define array_remove(a, i) array_shrink((a)->v, &(a)->n, sizeof(*(a)->v), (i)) /* keeps the order */
#define array_free(a)      (free((a)->v), (a)->v = NULL, (a)->n = (a)->cap = 0)
void array_grow(void **v, size_t *n, size_t *cap, size_t size);
void array_shrink(void *v, size_t *n, size_t size, size_t index);

/*
 * require: if the condition is false, the program has a bug; aborts in every build and says where.
 * fails_assert: the same in a debug build; in a release build it logs once and returns true, so that the caller
 * takes its error path.
 */
#define require(condition)                                                                                     \
    (__builtin_expect(!(condition), 0) ? require_failed(#condition, __FILE__, __LINE__) : (void)0)
#define fails_assert(condition)                                                                                \
    (__builtin_expect(!(condition), 0) ? assert_failed(#condition, __FILE__, __LINE__) : false)
__attribute__((noreturn)) void require_failed(const char *what, const char *file, int line);
bool assert_failed(const char *what, const char *file, int line);

#endif
