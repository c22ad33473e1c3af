/*
 * body - a request's body without its content encoding: gzip, deflate (with zlib's header or without), zstd,
 * br.
 *
 * Bounded before and after: what inflates to more than `max` bytes, or to more than 250 times itself (above
 * 1 MB), is refused as soon as it shows. A stream must end where the body ends.
 */
#ifndef TOCSIN_INTAKE_BODY_H
#define TOCSIN_INTAKE_BODY_H

#include "base/error.h"
#include "base/str.h"

/* True for NULL, "" and "identity": there is nothing to do. */
bool body_is_plain(const char *encoding);

/* Appends to out. ERR_NOT_FOUND: no such encoding; ERR_INVALID: damaged or cut; ERR_TOO_BIG. */
int body_inflate(const char *encoding, const char *bytes, size_t n, size_t max, struct str *out,
                 struct error *err);

#endif
