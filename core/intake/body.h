/*
 * body - unpacks the body of a request: gzip, deflate (with or without zlib's header), zstd, br; and what old Sentry clients send
 * without saying so, base64 of zlib.
 *
 * A body that inflates to more than `max` bytes, or to more than 250 times its size (above 1 MB), is refused as
 * soon as that is noticed. The compressed stream must end where the body ends.
 */
#ifndef TOCSIN_INTAKE_BODY_H
#define TOCSIN_INTAKE_BODY_H

#include <stdbool.h>

#include "base/error.h"
#include "base/str.h"

/* True for NULL, "" and "identity": not compressed. */
bool body_is_plain(const char *encoding);

/* Appends to out. ERR_NOT_FOUND: unknown encoding; ERR_INVALID: damaged or cut short; ERR_TOO_BIG. */
int body_inflate(const char *encoding, const char *bytes, size_t n, size_t max, struct str *out,
                 struct error *err);

/* Does a short body inflate quickly? zstd and br may need megabytes for their window first. True for what is unknown. */
bool body_is_quick(const char *encoding);

/* The encoding that the first bytes show, for a sender that did not name it: gzip, deflate or zstd. NULL: none. */
const char *body_encoding_of(const char *bytes, size_t n);
/* Appends what a body in base64 holds, if that is JSON or compressed. False: it is no such body, and nothing was added. */
bool body_from_base64(const char *bytes, size_t n, struct str *out);

#endif
