/*
 * error - one shape for every failure.
 *
 * A function that can fail returns 0 or a negative code, takes `struct error *err` last, writes it on failure
 * only, and writes its `ret_*` parameters on success only. The text says what was wrong, where, and what to
 * do. It is written for people and never holds a secret. Whoever can act on an error logs or shows it, once.
 * `err` may be NULL if the caller has no use for the text.
 */
#ifndef TOCSIN_BASE_ERROR_H
#define TOCSIN_BASE_ERROR_H

#include <stdarg.h>

enum error_code {
    ERR_INVALID = -1,   /* the input is wrong: shape, range, encoding */
    ERR_NOT_FOUND = -2, /* it does not exist, or the asker may not see it */
    ERR_REFUSED = -3,   /* understood, but not possible in this state or not allowed */
    ERR_CONFLICT = -4,  /* somebody else was faster; read again */
    ERR_TOO_BIG = -5,   /* over a limit */
    ERR_IO = -6,        /* the system or a peer failed; trying again may help */
    ERR_FULL = -7,      /* no room: disk or queue */
    ERR_AUTH = -8,      /* the asker is unknown */
    ERR_TIMEOUT = -9,
    ERR_CORRUPT = -10, /* stored data differs from what was written */
};

struct error {
    int code;
    char text[508];
};

/* Writes code and text (cut between characters) and returns code, for use as: return error_set(err, ...). */
__attribute__((format(printf, 3, 4))) int error_set(struct error *err, int code, const char *format, ...);

/* Puts "CONTEXT: " before the text and returns err->code. */
__attribute__((format(printf, 2, 3))) int error_prefix(struct error *err, const char *format, ...);

/* The stable word for a code, for machines: "invalid", "not found", … */
const char *error_word(int code);

#endif
