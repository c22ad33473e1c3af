/*
 * html - the HTML of a mail as plain text, with its quotes marked, so that quote.h can cut both forms alike.
 *
 * What is quoted (blockquotes of every kind, Gmail's, Yahoo's and Proton's containers) gets "> " before its lines. Where a mail
 * program puts the history behind a mark of its own (Outlook, Zimbra), a line HTML_HISTORY stands before it; signatures that are
 * marked as such are left out. Styles, scripts and whatever is not text are dropped. Time grows with the length of the input,
 * nesting is bounded. Pure: any thread.
 */
#ifndef EMAIL_HTML_H
#define EMAIL_HTML_H

#include <stddef.h>

#define HTML_HISTORY "\xee\x80\x80" /* U+E000, alone on its line */

/* n bytes of valid UTF-8. The caller frees. */
char *html_text(const char *html, size_t n);

#endif
