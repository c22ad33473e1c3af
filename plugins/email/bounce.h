/*
 * bounce - mails that say that a mail of ours did not arrive: delivery status notifications (RFC 3464), and the plain texts of
 * servers that write none. Pure: any thread.
 */
#ifndef EMAIL_BOUNCE_H
#define EMAIL_BOUNCE_H

#include "address.h"
#include "parse.h"

enum bounce_kind {
    NOT_A_BOUNCE,
    BOUNCE_FAILED,  /* for good */
    BOUNCE_DELAYED, /* it is still being tried */
    BOUNCE_FINE,    /* a receipt: delivered, relayed, read */
    BOUNCE_ABUSE,   /* somebody complained about it (RFC 5965) */
};

struct bounce {
    enum bounce_kind kind;
    char address[EMAIL_ADDRESS]; /* lower case; "": unknown */
    char text[400];              /* what the server said; "": nothing */
    struct email_token token;    /* of the mail that it is about; kind EMAIL_FOR_NOTHING: none of ours */
};

void bounce_read(const struct mail *mail, const struct email_self *self, struct bounce *ret);

#endif
