/*
 * guesses - tokens that are not valid, counted by the address that they come from: whoever guesses is told to wait, and the log says it
 * once. A valid token is never refused for what else comes from its address, which may be a proxy's.
 *
 * The table is small and never grows: a new address takes the place of the one that began longest ago. Loop's thread only.
 */
#ifndef TOCSIN_WEB_GUESSES_H
#define TOCSIN_WEB_GUESSES_H

#include <netinet/in.h>

#include "base/tally.h"

#define GUESSES_ADDRESSES 64
#define GUESSES_MOST      100 /* from one address within GUESSES_WINDOW; further ones are told to wait */
#define GUESSES_WINDOW    (10 * MINUTE)

struct guesses { /* zeroed: none */
    struct tally v[GUESSES_ADDRESSES];
};

/* What counts together: an IPv4 address, or the /64 that one of IPv6 is in. */
void guesses_network(const char *address, char out[INET6_ADDRSTRLEN]);
/* Counts one from an address ("192.0.2.1", or IPv6, of which all of one /64 count together) at `now` (monotonic, ms). Returns how many
   came since its window began, with this one, and in *ret_wait the seconds until that ends. */
int guesses_add(struct guesses *guesses, const char *address, int64_t now, int *ret_wait);

#endif
