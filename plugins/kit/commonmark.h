/*
 * commonmark - one parser (md4c), a renderer for each kind of place that a message may go to.
 *
 * Input is hostile: bad UTF-8 and control characters vanish, raw HTML is text, only http, https and mailto links stay
 * links, what a target could take for markup or a mention is escaped, and both input and output have limits.
 */
#ifndef KIT_COMMONMARK_H
#define KIT_COMMONMARK_H

#include <stdbool.h>
#include <stddef.h>

#include "kit/text.h"

#define KIT_COMMONMARK_MOST ((size_t)64 << 10) /* bytes of input; the rest is left out, and "…" put */

enum kit_target {
    KIT_PLAIN,    /* the text part of a mail */
    KIT_TERMINAL, /* plain with ANSI colours */
    KIT_SLACK,    /* mrkdwn */
    KIT_HTML,     /* a mail's HTML part, Teams */
    KIT_TARGETS
};

/* Appends the rendered text to `out`, without a newline at its end. False when `out` failed. */
bool kit_commonmark(const char *text, size_t n, enum kit_target target, struct kit_text *out);
/* Appends text that is no CommonMark (a title, a name), so that the target shows it as it is. */
bool kit_escape(const char *text, size_t n, enum kit_target target, struct kit_text *out);

#endif
