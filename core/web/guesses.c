#include "web/guesses.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#define NETWORK 8 /* bytes of an IPv6 address that its user cannot choose */

void guesses_network(const char *address, char out[INET6_ADDRSTRLEN])
{
    struct in6_addr bytes;
    snprintf(out, INET6_ADDRSTRLEN, "%s", address);
    if (inet_pton(AF_INET6, address, &bytes) != 1 || IN6_IS_ADDR_V4MAPPED(&bytes))
        return;
    memset(bytes.s6_addr + NETWORK, 0, sizeof(bytes.s6_addr) - NETWORK);
    inet_ntop(AF_INET6, &bytes, out, INET6_ADDRSTRLEN);
}

int guesses_add(struct guesses *guesses, const char *address, int64_t now, int *ret_wait)
{
    char network[INET6_ADDRSTRLEN];
    guesses_network(address, network);
    const struct tally *row = tally_add(guesses->v, GUESSES_ADDRESSES, network, now, GUESSES_WINDOW);
    *ret_wait = (int)((row->since + GUESSES_WINDOW - now + SECOND - 1) / SECOND);
    return row->n;
}
