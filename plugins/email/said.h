/*
 * said - the new words of a mail, for people: without quotes, history and signatures, decoded and unarmoured. Pure: any thread.
 */
#ifndef EMAIL_SAID_H
#define EMAIL_SAID_H

#include "parse.h"

#define SAID_BYTES ((size_t)30000)

/* "": it says nothing. The caller frees. */
char *said_words(const struct mail *mail);

#endif
