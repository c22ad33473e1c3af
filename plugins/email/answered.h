/*
 * answered - which mail of ours a mail answers: by the signed address that it was sent to, else by the Message-IDs that it refers
 * to. Pure: any thread.
 */
#ifndef EMAIL_ANSWERED_H
#define EMAIL_ANSWERED_H

#include "address.h"
#include "parse.h"

/* kind EMAIL_FOR_NOTHING: none of ours. */
void answered_read(const struct mail *mail, const struct email_self *self, struct email_token *ret);

#endif
