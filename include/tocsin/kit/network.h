/*
 * network - which networks an address belongs to. Ask about the one that a connection is about to be made to, after names were looked up. Pure.
 *
 * An IPv4 address that is within one of IPv6, as mapped or by NAT64, counts as the one that it is.
 */
#ifndef TOCSIN_KIT_NETWORK_H
#define TOCSIN_KIT_NETWORK_H

#include <stdbool.h>

#include <sys/socket.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Is it an address of the Internet, by which everybody means the same machine? */
bool kit_network_is_public(const struct sockaddr *address);
/* Is it this machine, by an address that never leaves it? */
bool kit_network_is_loopback(const struct sockaddr *address);

#ifdef __cplusplus
}
#endif

#endif
