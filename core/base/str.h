/*
 * str - a growable string, and what one needs to treat text from outside with care.
 *
 * Invariants: after str_init or {0}, p is NULL or NUL-terminated at p[len], and len < cap. Bytes may hold
 * anything; text that came from outside passes utf8_sanitize before it is kept.
 */
#ifndef TOCSIN_BASE_STR_H
#define TOCSIN_BASE_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct str {
    char *p;
    size_t len, cap;
};

void str_finish(struct str *s); /* frees; s may be NULL or {0} */
#define CLEANUP_STR CLEANUP(str_finish)
void str_clear(struct str *s); /* keeps the memory */
void str_reserve(struct str *s, size_t more);
void str_add(struct str *s, const char *text); /* NULL adds nothing */
void str_addn(struct str *s, const char *bytes, size_t n);
void str_addc(struct str *s, char c);
__attribute__((format(printf, 2, 3))) void str_addf(struct str *s, const char *format, ...);
__attribute__((format(printf, 2, 0))) void str_vaddf(struct str *s, const char *format, va_list args);
/* "minor, major or critical": words, NULL-terminated, with a conjunction before the last one. */
void str_add_list(struct str *s, const char *const *words, const char *conjunction);
const char *str_text(const struct str *s); /* never NULL; owned by s */
char *str_take(struct str *s);             /* the caller frees; never NULL; s is empty afterwards */

bool utf8_valid(const char *bytes, size_t n);
/* Copies text: bad UTF-8 becomes U+FFFD, NUL and control characters (but \n and \t) vanish, the result is cut
   at a character's boundary to at most max bytes. Never NULL; the caller frees. */
char *utf8_sanitize(const char *bytes, size_t n, size_t max);
/* The greatest length <= max at which text of n bytes may be cut without splitting a character. */
size_t utf8_cut(const char *bytes, size_t n, size_t max);

bool text_equal(const char *a, const char *b); /* either may be NULL: NULL equals NULL only */
bool text_equal_nocase(const char *a, const char *b);
bool text_starts(const char *text, const char *prefix);
bool text_empty(const char *text); /* NULL, "" or only white space */
/* Shell-like match with * and ? over the whole text, without backtracking blow-up (linear for one *). */
bool text_matches(const char *pattern, const char *text);

#endif
