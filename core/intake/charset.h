/*
 * charset - the bytes of a body as UTF-8, in whatever way their sender wrote them.
 *
 * An error report is worth more than its encoding: a byte that is no UTF-8 becomes U+FFFD, and the rest stays. So do overlong forms,
 * halves of surrogate pairs and NUL. Only UTF-32 cannot be read; the caller refuses it by name. Pure.
 */
#ifndef TOCSIN_INTAKE_CHARSET_H
#define TOCSIN_INTAKE_CHARSET_H

#include <stdbool.h>

#include "intake/arena.h"

enum charset { CHARSET_UTF8, CHARSET_LATIN1, CHARSET_UTF16LE, CHARSET_UTF16BE, CHARSET_UTF32 };

/* What a body is written in: its byte order mark says so, else how its first bytes look, else the charset= of its Content-Type (NULL:
   none; an unknown one counts as UTF-8). *ret_mark: the bytes of the mark, to be skipped. */
enum charset charset_of(const char *content_type, const char *bytes, size_t n, size_t *ret_mark);

/* The bytes as UTF-8 without NUL: borrowed if they are that already, which is usual, else a copy in the arena. NULs at the end are left
   out. What is valid UTF-8 is never read as Latin-1, whatever its sender declared. Not for UTF-32. */
const char *charset_mend(struct arena *arena, enum charset charset, const char *bytes, size_t n, size_t *ret_n);

#endif
