/*
 * wire - HTTP/1.1 as bytes: a request's head, a target's path, a chunked body. Pure, strict, fuzzed.
 *
 * It is strict because a lenient parser behind a proxy lets requests be smuggled: lines end in CRLF, names are
 * tokens, a length consists of digits, is given once and never together with chunks, and HTTP/1.1 names its host. A
 * refusal is an HTTP status.
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
    const char *name, *value; /* name in lower case; value trimmed; both end in NUL */
};

struct wire_head {
    enum http_method method; /* 0: unknown */
    const char *target;      /* ends in NUL */
    struct wire_header headers[WIRE_HEADERS];
    size_t n;
    int64_t length;  /* of the body; 0 when there is no Content-Length */
    bool chunked;    /* the body comes in chunks, and `length` has no meaning */
    bool keep_alive; /* the client wants to send another request */
    bool expects;    /* waits for "100 Continue" before it sends the body */
};

/*
 * Parses a head at the start of `bytes`, in place: puts names into lower case and terminates texts. Returns its
 * length once it is complete, 0 while more bytes are needed (then nothing has changed), or a negated status
 * that refuses it.
 */
long wire_head(char *bytes, size_t n, struct wire_head *ret);
const char *wire_header(const struct wire_head *head, const char *name); /* NULL: absent */

/* Splits a target into its path, decoded, and its query, as sent, which may hold bytes that are no UTF-8; in the path they become
   U+FFFD. Returns 0, or a negated status for a control character, a "." or ".." part, or a bad escape. */
int wire_target(const char *target, struct str *path, const char **ret_query);
/* Decodes %xx, and + as a space if `plus`. Returns 0, or -1 for a bad escape or an escaped NUL. */
int wire_decode(const char *text, size_t n, bool plus, struct str *out);

/* The state of a chunked body. Zero it before the first bytes. */
struct wire_chunks {
    int state;
    uint64_t left; /* of the current chunk */
    int digits, extra;
};
/*
 * Takes bytes, appends those of the body to `out` up to `limit` in all, and sets *ret_used to how many it took.
 * Returns 1 at the end of the body, 0 when more is needed, or a negated status.
 */
int wire_chunks(struct wire_chunks *chunks, const char *bytes, size_t n, size_t limit, struct str *out,
                size_t *ret_used);

#endif
