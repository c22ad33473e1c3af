/*
 * text - growable text, and checks for text from outside.
 *
 * Start with `struct kit_text text = {0};`, or `{.most = 4000}` to set a limit, add to it, and call kit_text_finish at the end.
 * The text owns its memory and copies what is added. Only one thread may use a text at a time.
 *
 * Adding never needs a check in between: when memory or the limit runs out, `failed` is set, the text stays as it was, and
 * later additions are ignored. Check `failed` once, at the end.
 */
#ifndef TOCSIN_KIT_TEXT_H
#define TOCSIN_KIT_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct kit_text {
    char *p;     /* NULL, or n bytes and a terminator; may be changed in place, not freed */
    size_t n;    /* length in bytes */
    size_t cap;  /* bytes allocated */
    size_t most; /* the limit in bytes; 0: none */
    bool failed;
};

/* Frees the text and leaves it empty, with the same limit. Accepts {0}. */
void kit_text_finish(struct kit_text *text);
/* Adds a terminated text; NULL adds nothing. */
void kit_text_add(struct kit_text *text, const char *more);
/* Adds n bytes. */
void kit_text_addn(struct kit_text *text, const char *more, size_t n);
void kit_text_addc(struct kit_text *text, char c);
/* Adds formatted text, like printf. */
__attribute__((format(printf, 2, 3))) void kit_text_addf(struct kit_text *text, const char *format, ...);
/* The text, terminated, never NULL; valid until the next change. */
const char *kit_text_get(const struct kit_text *text);

/* Is this strict UTF-8: no overlong forms, no surrogates, nothing beyond U+10FFFF? Any thread, like the rest below. */
bool kit_utf8_valid(const char *bytes, size_t n);
/* The greatest length in bytes, at most `most`, that cuts n bytes of UTF-8 without splitting a character. */
size_t kit_utf8_cut(const char *text, size_t n, size_t most);
/*
 * Copies a name so that it is safe to show: without control characters (terminal escapes included) and invalid UTF-8, and cut
 * between characters to fit `size` bytes with its terminator. Returns the length; 0 when nothing is left.
 */
size_t kit_clean_name(const char *from, char *to, size_t size);
/* Makes the letters of ASCII small, in place. */
void kit_lower(char *text);
/* What follows these words at the begin of a line, in any case of letters: the value of "Subject: " in a mail's headers. NULL: no line begins
   with them. */
const char *kit_line_after(const char *text, const char *words);
/* Is this word one of those, which are separated by spaces? */
bool kit_has_word(const char *words, const char *word);
/* What follows a name at the begin of a text that addresses it: "@tocsin accept", "@Tocsin: accept" and, where a `bare` name does, too,
   "tocsin, accept" and "tocsin: accept". NULL: it is not addressed. */
const char *kit_said_to(const char *text, const char *name, bool bare);

#ifdef __cplusplus
}
#endif
#endif
