/*
 * link - the way from a connector to its platform, as a check bends it: a relay on a port of its own that passes bytes on, or
 * lets the platform seem slow, cut off, gone, or too busy. It knows no protocol, but for how HTTP and SMTP say "too often".
 *
 * The connector is told the relay's address in the place of the platform's, or as its proxy for https; then TLS passes unopened, and
 * certificates hold. So this needs no help of either. Loop thread only.
 */
#ifndef TOCSIN_CONFORMANCE_LINK_H
#define TOCSIN_CONFORMANCE_LINK_H

#include <stdbool.h>

#include "base/error.h"

struct link;
struct uv_loop_s;

enum link_mode {
    LINK_OPEN,
    LINK_HELD, /* the platform gets everything, and nothing comes back */
    LINK_CUT,  /* all connections end where the platform begins its `nth` answer; there are no new ones then */
    LINK_GONE, /* connections end, and new ones are refused */
    LINK_BUSY, /* HTTP is answered with 429 and a Retry-After of LINK_BUSY_S seconds, SMTP with 421 */
};
#define LINK_BUSY_S 7

/* Finds the platform, and begins to listen on 127.0.0.1. host NULL: it is a proxy, which is told the platform (CONNECT). */
int link_create(struct uv_loop_s *loop, const char *host, const char *port, struct link **ret,
                struct error *err);
int link_port(const struct link *link);
int link_connections(const struct link *link); /* how many there were so far */
/* From now on. What was bent before ends: held and refused connections do not come back. */
void link_set(struct link *link, enum link_mode mode, int nth);
/* Did it hold, cut, refuse or answer anything since link_set? Of what is gone, nobody can know: true. */
bool link_was_used(const struct link *link);
/* Closes everything; frees the memory when the loop next runs. */
void link_destroy(struct link *link);

#endif
