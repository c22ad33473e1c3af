#include <tocsin/kit/network.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

struct network {
    const char *first;
    int bits;
};

/* Networks of one machine, of one site, of no one, and of many at once (IANA's special-purpose registries). */
static const struct network special4[] = {
    {"0.0.0.0", 8},     {"10.0.0.0", 8},      {"100.64.0.0", 10},  {"127.0.0.0", 8},    {"169.254.0.0", 16},
    {"172.16.0.0", 12}, {"192.0.0.0", 24},    {"192.0.2.0", 24},   {"192.88.99.0", 24}, {"192.168.0.0", 16},
    {"198.18.0.0", 15}, {"198.51.100.0", 24}, {"203.0.113.0", 24}, {"224.0.0.0", 3},
};
/* All that is global of IPv6, and what is special of it, as 6to4 is. */
static const struct network global6[] = {{"2000::", 3}};
static const struct network special6[] = {{"2001::", 23}, {"2001:db8::", 32}, {"2002::", 16}, {"3fff::", 20}};
/* Networks of which an IPv4 address is the end. */
static const struct network holds4[] = {{"::ffff:0:0", 96}, {"64:ff9b::", 96}};

static bool is_within(int family, const uint8_t *address, const struct network *network)
{
    uint8_t first[16];
    if (inet_pton(family, network->first, first) != 1)
        return false;
    size_t whole = (size_t)network->bits / 8;
    uint8_t mask = (uint8_t)(0xff00 >> network->bits % 8);
    return memcmp(address, first, whole) == 0 &&
           (network->bits % 8 == 0 || (address[whole] & mask) == (first[whole] & mask));
}

static bool is_in(int family, const uint8_t *address, const struct network *networks, size_t n)
{
    bool is = false;
    for (size_t i = 0; i < n && !is; i++)
        is = is_within(family, address, &networks[i]);
    return is;
}
#define IS_IN(family, address, networks)                                                                       \
    is_in((family), (address), (networks), sizeof(networks) / sizeof((networks)[0]))

/* The family of the address that counts: AF_INET, also within one of IPv6, or AF_INET6; its bytes in *ret. 0: it is another's. */
static int family_of(const struct sockaddr *address, const uint8_t **ret)
{
    if (address->sa_family == AF_INET) {
        *ret = (const uint8_t *)&((const struct sockaddr_in *)(const void *)address)->sin_addr;
        return AF_INET;
    }
    if (address->sa_family != AF_INET6)
        return 0;
    *ret = ((const struct sockaddr_in6 *)(const void *)address)->sin6_addr.s6_addr;
    if (!IS_IN(AF_INET6, *ret, holds4))
        return AF_INET6;
    *ret += 12;
    return AF_INET;
}

bool kit_network_is_public(const struct sockaddr *address)
{
    const uint8_t *bytes;
    int family = family_of(address, &bytes);
    if (family == AF_INET6)
        return IS_IN(AF_INET6, bytes, global6) && !IS_IN(AF_INET6, bytes, special6);
    return family == AF_INET && !IS_IN(AF_INET, bytes, special4);
}

bool kit_network_is_loopback(const struct sockaddr *address)
{
    static const struct network loopback = {"::1", 128};
    const uint8_t *bytes;
    int family = family_of(address, &bytes);
    return family == AF_INET6 ? is_within(AF_INET6, bytes, &loopback) : family == AF_INET && bytes[0] == 127;
}
