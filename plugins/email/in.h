/*
 * in - a mail that arrived -> at most one event.
 *
 * A mail to a signed address, or one that answers a mail of ours, belongs where that one did: to a customer (`reply`) or to a
 * channel (`message`). Any other mail is a command of one of our people, if their domain is known and vouched for; else the first
 * word of a customer. Bounces become `bounce`. What machines write is passed on once a day for each sender if it answers a
 * mail of ours, and else only logged. Nothing here answers a mail, so no loop can begin.
 */
#ifndef EMAIL_IN_H
#define EMAIL_IN_H

#include "email.h"

/* What to keep with the event, so that the mail is not read again; key NULL: nothing. */
struct email_cursor {
    const char *key, *value;
};

enum email_taken {
    EMAIL_TAKEN,   /* the core has the event, and what was to be kept */
    EMAIL_PASSED,  /* there was no event, or the core will never accept it: nothing was kept */
    EMAIL_NOT_YET, /* try again later */
};

/* Blocks until the core has the event. Any thread. */
enum email_taken email_take(const struct email *email, const char *bytes, size_t n,
                            const struct email_cursor *cursor);

#endif
