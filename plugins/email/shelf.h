/*
 * shelf - keeps the attachments of mails that arrive in a directory, within a quota. They are written as they came, and never
 * opened.
 *
 * A file is named after the mail's event and its number there, never after the name that the mail gives it: so the same mail, read
 * again, is the same file. Only its owner can read it (0600). What exceeds the quota removes the oldest ones; files with other names
 * are left alone. Any thread.
 */
#ifndef EMAIL_SHELF_H
#define EMAIL_SHELF_H

#include <stdint.h>

#include <tocsin/connector.h>

#include "parse.h"

#define SHELF_PATH 400

struct email_shelf;

/* Makes the directory if it does not exist. NULL: error->text says what is wrong. `directory` is borrowed. */
struct email_shelf *email_shelf_create(const struct tocsin_host *host, const char *directory, int64_t bytes,
                                       struct tocsin_error *error);
void email_shelf_destroy(struct email_shelf *shelf); /* accepts NULL */
/* Keeps one attachment and writes its path; `event` is the event's id. False: it is not kept, and the log says why. */
bool email_shelf_keep(struct email_shelf *shelf, const char *event, size_t number, const struct mail_file *file,
                      char path[SHELF_PATH]);

#endif
