/*
 * error - one shape for every failure.
 *
 * A function that can fail returns 0 or a negative code, takes `struct error *err` last, writes it on failure
 * only, and writes its `ret_*` parameters on success only. The text says what was wrong, where, and what to
 * do; it is meant for a person, and never holds a secret. The one who can act on an error logs or shows it,
 * once. `err` may be NULL where the caller has no use for the text.
 */
#ifndef TOCSIN_BASE_ERROR_H
#define TOCSIN_BASE_ERROR_H

#include <stdarg.h>

enum error_code {
    ERR_INVALID = -1,   /* the input is wrong: shape, range, encoding */
    ERR_NOT_FOUND = -2, /* no such thing, or none that the asker may see */
    ERR_REFUSED = -3,   /* understood, but not possible in this state or not allowed */
    ERR_CONFLICT = -4,  /* somebody else was first; read again */
    ERR_TOO_BIG = -5,   /* over a limit */
    ERR_IO = -6,        /* the system or a peer failed; trying again may help */
    ERR_FULL = -7,      /* no room: disk or queue */
    ERR_AUTH = -8,      /* who asks is not known */
    ERR_TIMEOUT = -9,
    ERR_CORRUPT = -10, /* stored data is not what was written */
};

struct error {
    int code;
    char text[508];
};

/* Writes code and text (cut at a character's boundary) and returns code, so: return error_set(err, ...). */
__attribute__((format(printf, 3, 4))) int error_set(struct error *err, int code, const char *format, ...);

/* Puts `context: ` before the text and returns err->code. */
__attribute__((format(printf, 2, 3))) int error_prefix(struct error *err, const char *format, ...);

/* "invalid", "not found", …: the stable word of a code, for machines. */
const char *error_word(int code);

#endif
