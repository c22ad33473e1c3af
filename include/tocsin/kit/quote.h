/*
 * quote - the new words of an answer by mail: without the quoted mail, the history under it, and signatures.
 *
 *     char *text = *plain ? strdup(plain) : kit_html_text(html, strlen(html));
 *     char *words = kit_new_words(text, false);
 *
 * Knows how Gmail, Outlook, Apple Mail, Yahoo, Thunderbird, Proton, Zimbra, GMX and others begin a quote, in two dozen languages.
 * Words between quotes are answers to them, so both stay. A forwarded mail stays whole. If nothing would be left, everything
 * stays. Time grows with the length of the text. Pure: any thread. The caller frees what is returned.
 */
#ifndef TOCSIN_KIT_QUOTE_H
#define TOCSIN_KIT_QUOTE_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define KIT_HISTORY "\xee\x80\x80" /* U+E000, alone on its line: what follows is history */

/* Valid UTF-8, plain or from kit_html_text. `forwarded`: the subject says so. */
char *kit_new_words(const char *text, bool forwarded);
/*
 * HTML (n bytes of valid UTF-8) as plain text with its quotes marked, so that both forms are cut alike.
 *
 * What is quoted (blockquotes of every kind, Gmail's, Yahoo's and Proton's containers) gets "> " before its lines. Where a mail
 * program puts the history behind a mark of its own (Outlook, Zimbra), a line KIT_HISTORY stands before it; signatures that are
 * marked as such are left out. Styles, scripts and whatever is not text are dropped. Nesting is bounded.
 */
char *kit_html_text(const char *html, size_t n);
/* Do two texts in HTML have the same letters and digits, whatever a platform made of the markup between them? */
bool kit_same_words(const char *html, const char *other);

#ifdef __cplusplus
}
#endif
#endif
