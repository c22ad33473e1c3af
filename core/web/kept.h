/*
 * kept - a file that is served again and again: its bytes as they are, by gzip and by brotli, each with its own ETag.
 *
 * It is made once, on any thread, and immutable from then on. Pure.
 */
#ifndef TOCSIN_WEB_KEPT_H
#define TOCSIN_WEB_KEPT_H

#include "base/str.h"

enum kept_encoding { KEPT_BROTLI, KEPT_GZIP, KEPT_PLAIN }; /* the best one first */
#define KEPT_ENCODINGS 3
#define KEPT_ETAG      40

struct kept_body {
    struct str bytes;     /* empty: this encoding would save nothing */
    char etag[KEPT_ETAG]; /* with its quotes; it follows from the bytes alone */
};

struct kept {
    const char *type; /* static */
    bool is_page;
    struct kept_body as[KEPT_ENCODINGS];
};

/* Takes `plain` over. */
void kept_make(const char *type, bool is_page, struct str plain, struct kept *ret);
void kept_finish(struct kept *kept); /* of {0} too */
size_t kept_size(const struct kept *kept);

/* The smallest one that the client takes. `accept`: its Accept-Encoding; NULL: it said nothing. */
enum kept_encoding kept_choose(const struct kept *kept, const char *accept);
/* As in Content-Encoding; NULL of the plain one. */
const char *kept_encoding_name(enum kept_encoding encoding);
/* Does the client have it already? `wanted`: its If-None-Match, or NULL. */
bool kept_is_known(const struct kept_body *body, const char *wanted);

#endif
