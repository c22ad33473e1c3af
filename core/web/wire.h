/*
 * wire - HTTP/1.1 as bytes: a request's head, a target's path, a chunked body. Pure, strict, fuzzed.
 *
 * Strict, since a lenient reader behind a proxy is how requests are smuggled: lines end in CRLF, names are
 * tokens, a length is digits and given once, and never together with chunks. What is refused is told by its
 * HTTP status.
 */
#ifndef TOCSIN_WEB_WIRE_H
#define TOCSIN_WEB_WIRE_H

#include <stdint.h>

#include "base/str.h"
#include "web/request.h"

#define WIRE_HEADERS   100
#define WIRE_HEAD_MOST 16384 /* bytes of a head, all lines */
#define WIRE_PATH_MOST 4096

struct wire_header {
    const char *name, *value; /* name in lower case; value without white space around it; both end in NUL */
};

struct wire_head {
    enum http_method method; /* 0: one that we do not know */
    const char *target;      /* ends in NUL */
    struct wire_header headers[WIRE_HEADERS];
    size_t n;
    int64_t length;  /* of the body; 0 where none was announced */
    bool chunked;    /* the body comes in chunks, and length means nothing */
    bool keep_alive; /* the client wants to send another request */
    bool expects;    /* waits for "100 Continue" before it sends the body */
};

/*
 * Reads a head from the start of `bytes`, in place: names are put into lower case, texts terminated. Returns
 * its length once it is whole, 0 while more is needed (nothing is changed then), or the status that refuses
 * it, negated.
 */
long wire_head(char *bytes, size_t n, struct wire_head *ret);
const char *wire_header(const struct wire_head *head, const char *name); /* NULL: absent */

/* Splits a target into its path, decoded, and its query, as sent. Returns 0, or a negated status: no NUL or
   control character, no "." or ".." part, no bad escape, no bad UTF-8. */
int wire_target(const char *target, struct str *path, const char **ret_query);
/* Decodes %xx, and + as a space where `plus`. Returns 0, or -1 for a bad escape or an escaped NUL. */
int wire_decode(const char *text, size_t n, bool plus, struct str *out);

/* A chunked body, as it comes in. Zeroed before the first bytes. */
struct wire_chunks {
    int state;
    uint64_t left; /* of the chunk at hand */
    int digits, extra;
};
/*
 * Takes bytes, appends what is body to `out` up to `limit` in all, and tells how many of the bytes it used.
 * Returns 1 at the end of the body, 0 when more is needed, or a negated status.
 */
int wire_chunks(struct wire_chunks *chunks, const char *bytes, size_t n, size_t limit, struct str *out,
                size_t *ret_used);

#endif
