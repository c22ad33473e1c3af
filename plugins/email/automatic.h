/*
 * automatic - whether a person wrote a mail, or a machine (RFC 3834 and what servers do besides). Pure: any thread.
 */
#ifndef EMAIL_AUTOMATIC_H
#define EMAIL_AUTOMATIC_H

#include "address.h"
#include "parse.h"

enum automatic {
    BY_PERSON,
    BY_ANSWERER, /* an out-of-office, a receipt of a help desk */
    BY_MAILER,   /* a newsletter, a list, another system */
    BY_OURSELVES,
    BY_LOOP, /* it went through too many servers, or comes back to us again */
};

enum automatic automatic_sender(const struct mail *mail, const struct email_self *self);

#endif
