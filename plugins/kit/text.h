/*
 * text - a growable text, and care for text from outside. For connectors: it includes nothing of the core.
 *
 * A kit_text never fails in the middle: when memory runs out, or more than its limit is added, `failed` is set, the text
 * stays as it was, and everything added later is ignored. One looks once, at the end.
 */
#ifndef KIT_TEXT_H
#define KIT_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct kit_text {
    char *p; /* NULL, or terminated at p[n] */
    size_t n, cap;
    size_t most; /* 0: no limit */
    bool failed;
};

void kit_text_finish(struct kit_text *text);
void kit_text_add(struct kit_text *text, const char *more);
void kit_text_addn(struct kit_text *text, const char *more, size_t n);
void kit_text_addc(struct kit_text *text, char c);
__attribute__((format(printf, 2, 3))) void kit_text_addf(struct kit_text *text, const char *format, ...);
const char *kit_text_get(const struct kit_text *text); /* never NULL */

bool kit_utf8_valid(const char *bytes, size_t n);
/* Greatest length <= most at which text may be cut without splitting a character. */
size_t kit_utf8_cut(const char *text, size_t n, size_t most);
/*
 * Copies a name for showing: control characters (the terminal's too) and bad UTF-8 are left out, the result is cut at a
 * character's boundary to fit `size` with its end. Returns its length.
 */
size_t kit_clean_name(const char *from, char *to, size_t size);

#endif
