/*
 * str - a growable string, and functions that handle text from outside safely.
 *
 * Invariants: p is NULL (a zeroed str), or NUL-terminated at p[len] with len < cap. The bytes may be anything;
 * text from outside passes through utf8_sanitize before it is kept.
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
char *str_take(struct str *s);             /* never NULL; the caller frees it; s is empty afterwards */

bool utf8_valid(const char *bytes, size_t n);
/* The bytes of the well-formed character at the start; 0: there is none. n > 0. */
size_t utf8_length(const char *bytes, size_t n);
/* Copies text: invalid UTF-8 becomes U+FFFD, NUL and control characters (except \n and \t) are removed, and the result
   is cut between characters to at most max bytes. Never NULL; the caller frees it. */
char *utf8_sanitize(const char *bytes, size_t n, size_t max);
/* The greatest length <= max at which a text of n bytes can be cut without splitting a character. */
size_t utf8_cut(const char *bytes, size_t n, size_t max);

/* The character at the start of valid UTF-8, and its bytes. */
unsigned utf8_decode(const char *text, size_t *ret_n);
/* One that nobody sees, and that can hide or reorder others. Joiners are none, since scripts and emoji need them. */
bool utf8_is_invisible(unsigned c);

bool text_equal(const char *a, const char *b); /* either may be NULL, which equals only NULL */
bool text_equal_nocase(const char *a, const char *b);
/* As one word of a command that somebody types: in quotes if it has spaces or quotes. The caller frees it. */
char *text_typed(const char *text);
char *text_lower(const char *text); /* ASCII letters in lower case; NULL of NULL. The caller frees it */
char *text_trim(char *text);        /* without spaces around it, which leave the text; where it begins now */
/* The bytes of the next word at or after *p, which comes to its beginning; 0: there is none. A word is letters and digits, and all beyond
   ASCII. */
size_t text_word(const char **p);
bool text_starts(const char *text, const char *prefix);
bool text_empty(const char *text); /* NULL, "" or only white space */
/* Matches the whole text against a shell-like pattern with * and ?, without exponential backtracking. */
bool text_matches(const char *pattern, const char *text);
bool text_matches_nocase(const char *pattern, const char *text); /* ASCII letters match in any case */

#endif
