/*
 * flowed - undoes format=flowed (RFC 3676): joins the lines that a mail program broke. Pure: any thread.
 */
#ifndef EMAIL_FLOWED_H
#define EMAIL_FLOWED_H

#include <stdbool.h>

/* `joined`: DelSp, the space at a line's end goes, too. The caller frees. */
char *flowed_undo(const char *text, bool joined);

#endif
