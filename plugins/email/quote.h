/*
 * quote - the new words of an answer: without the quoted mail, the history under it, and signatures.
 *
 * Knows how Gmail, Outlook, Apple Mail, Yahoo, Thunderbird, Proton, Zimbra, GMX and others begin a quote, in a dozen languages.
 * Words between quotes are answers to them, so both stay. A forwarded mail stays whole. If nothing would be left, everything
 * stays. Time grows with the length of the text. Pure: any thread.
 */
#ifndef EMAIL_QUOTE_H
#define EMAIL_QUOTE_H

#include <stdbool.h>

/* Valid UTF-8; of html.h too, with its marks. `forwarded`: the subject says so. The caller frees. */
char *quote_cut(const char *text, bool forwarded);

#endif
