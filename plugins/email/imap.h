/*
 * imap - waits for mail in a mailbox, and passes in what is new.
 *
 * The mailbox is opened for reading only: nothing in it is changed, not even marked as read. How far it was read is kept with
 * the event of each mail, so a mail is neither lost nor passed in twice. What lay in the mailbox when it was first opened is not
 * read. When the server numbers the mailbox anew (UIDVALIDITY), mails since the last one are looked through again.
 */
#ifndef EMAIL_IMAP_H
#define EMAIL_IMAP_H

#include "email.h"

/* NULL: a pipe could not be made. */
struct email_imap *email_imap_create(const struct email *email);
void email_imap_destroy(struct email_imap *imap); /* after run has returned; accepts NULL */
/* Reads until email_imap_stop; connects again whenever the connection is lost. */
void email_imap_run(struct email_imap *imap);
/* Only waits until email_imap_stop. */
void email_imap_wait(struct email_imap *imap);
void email_imap_stop(struct email_imap *imap);
/* Connects, signs in, opens the mailbox. 0, or TOCSIN_E_… with a text. */
int32_t email_imap_check(struct email_imap *imap, struct tocsin_error *error);

/* ---- for tests ---- */

/* "29-Nov-2026 11:19:20 +0000" in a line -> seconds since 1970; 0: there is none. */
int64_t email_imap_date(const char *line);
/* Adds the numbers of "* SEARCH 4 7 9" that are above `last` to `uids`, ascending, at most `most`. Returns how many there are. */
size_t email_imap_uids(const char *line, uint32_t last, uint32_t *uids, size_t n, size_t most);

#endif
