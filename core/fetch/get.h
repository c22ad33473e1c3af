/*
 * get - reads one page over HTTPS, from a server that may be hostile. Blocks. Only tocsin-fetch uses it.
 *
 * At most GET_BYTES (after decompression), for GET_TIME, by way of GET_REDIRECTS redirects. Certificates are verified. The address that
 * was named may be of any network, since its operator wrote it; a redirect to another host leads to public addresses alone, and never
 * away from https. Plain http is for loopback, and stays there. Errors name hosts, and nothing else of an address.
 */
#ifndef TOCSIN_FETCH_GET_H
#define TOCSIN_FETCH_GET_H

#include <stdbool.h>

#include "base/error.h"
#include "base/str.h"
#include "base/time.h"

#define GET_BYTES     ((size_t)256 << 10)
#define GET_TIME      (30 * SECOND)
#define GET_REDIRECTS 3

struct got {
    bool unchanged; /* since that ETag; there is no body */
    struct str body;
    struct str etag;
};
void got_finish(struct got *got);
/* etag: of what is known; NULL: nothing. The caller finishes *ret. */
int get(const char *url, const char *etag, struct got *ret, struct error *err);

#endif
