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

/* That of the address, or else the one that began first. */
static struct guess *place_of(struct guesses *guesses, const char *address)
{
    struct guess *first = &guesses->v[0];
    for (size_t i = 0; i < GUESSES_ADDRESSES; i++) {
        struct guess *guess = &guesses->v[i];
        if (strcmp(guess->address, address) == 0)
            return guess;
        if (guess->since < first->since)
            first = guess;
    }
    return first;
}

int guesses_add(struct guesses *guesses, const char *address, int64_t now, int *ret_wait)
{
    char network[INET6_ADDRSTRLEN];
    guesses_network(address, network);
    struct guess *guess = place_of(guesses, network);
    if (strcmp(guess->address, network) != 0 || now - guess->since >= GUESSES_WINDOW) {
        memcpy(guess->address, network, sizeof(network));
        guess->since = now;
        guess->n = 0;
    }
    *ret_wait = (int)((guess->since + GUESSES_WINDOW - now + SECOND - 1) / SECOND);
    return ++guess->n;
}
