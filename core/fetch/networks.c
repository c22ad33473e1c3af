/* Which networks an address belongs to. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "base/mem.h"
#include "fetch/get.h"

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
static const struct network special6[] = {
    {"::", 96},     {"100::", 64}, {"64:ff9b:1::", 48}, {"2001::", 23}, {"2001:db8::", 32}, {"3fff::", 20},
    {"5f00::", 16}, {"fc00::", 7}, {"fe80::", 10},      {"fec0::", 10}, {"ff00::", 8},
};
/* Networks of which an IPv4 address is a part: where it begins. */
static const struct {
    struct network network;
    size_t at;
} holds4[] = {{{"::ffff:0:0", 96}, 12}, {{"64:ff9b::", 96}, 12}, {{"2002::", 16}, 2}};

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

static bool is_special(int family, const uint8_t *address, const struct network *networks, size_t n)
{
    bool is = false;
    for (size_t i = 0; i < n && !is; i++)
        is = is_within(family, address, &networks[i]);
    return is;
}

/* *ret: the bytes of an IPv4 address, as it is or within one of IPv6. */
static bool find4(const struct sockaddr *address, const uint8_t **ret)
{
    if (address->sa_family == AF_INET) {
        *ret = (const uint8_t *)&((const struct sockaddr_in *)(const void *)address)->sin_addr;
        return true;
    }
    const uint8_t *bytes = (const uint8_t *)&((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
    for (size_t i = 0; i < ARRAY_SIZE(holds4); i++) {
        *ret = bytes + holds4[i].at;
        if (is_within(AF_INET6, bytes, &holds4[i].network))
            return true;
    }
    *ret = bytes;
    return false;
}

bool network_is_public(const struct sockaddr *address)
{
    const uint8_t *bytes;
    if (address->sa_family != AF_INET && address->sa_family != AF_INET6)
        return false;
    return find4(address, &bytes) ? !is_special(AF_INET, bytes, special4, ARRAY_SIZE(special4))
                                  : !is_special(AF_INET6, bytes, special6, ARRAY_SIZE(special6));
}

bool network_is_loopback(const struct sockaddr *address)
{
    static const struct network loopback = {"::1", 128};
    const uint8_t *bytes;
    if (address->sa_family != AF_INET && address->sa_family != AF_INET6)
        return false;
    return find4(address, &bytes) ? bytes[0] == 127 : is_within(AF_INET6, bytes, &loopback);
}
