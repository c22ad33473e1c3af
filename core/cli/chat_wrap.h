/*
 * chat_wrap - lines of text as rows of a terminal. Widths are those of the locale's characters: call terminal_utf8 first. Pure but
 * for terminal_columns.
 */
#ifndef TOCSIN_CLI_CHAT_WRAP_H
#define TOCSIN_CLI_CHAT_WRAP_H

#include <stddef.h>

#include "base/str.h"

void terminal_utf8(void);      /* what is typed and shown is UTF-8, also where no locale is set */
size_t terminal_columns(void); /* of standard output; 80 where it does not say */
/* Columns that n bytes take, without escape sequences of colours. */
size_t text_columns(const char *text, size_t n);
/* Breaks long lines at spaces; rows after the first are indented as their line is, or by two. A
   word longer than a row is left whole. */
void text_wrap(const char *text, size_t columns, struct str *out);

#endif
