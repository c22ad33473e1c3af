/* Which networks an address belongs to. */
#include <tocsin/kit/network.h>

#include "../../support/check.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

static void address_of(const char *text, struct sockaddr_storage *ret)
{
    struct sockaddr_in *four = (struct sockaddr_in *)ret;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)ret;
    memset(ret, 0, sizeof(*ret));
    ret->ss_family = strchr(text, ':') ? AF_INET6 : AF_INET;
    void *bytes = strchr(text, ':') ? (void *)&six->sin6_addr : (void *)&four->sin_addr;
    assert_int_equal(inet_pton(ret->ss_family, text, bytes), 1);
}

static void only_the_internet_is_public(void **state)
{
    static const char *const public[] = {
        "1.1.1.1",    "9.255.255.255", "11.0.0.0",        "100.63.255.255", "100.128.0.0",      "172.15.0.1",
        "172.32.0.1", "192.169.0.1",   "223.255.255.255", "2606:4700::1",   "64:ff9b::101:101", "2a00::1"};
    static const char *const private[] = {"0.0.0.0",
                                          "10.255.255.255",
                                          "100.64.0.1",
                                          "127.0.0.1",
                                          "127.255.255.255",
                                          "169.254.169.254",
                                          "172.16.0.1",
                                          "172.31.255.255",
                                          "192.168.1.1",
                                          "198.19.0.1",
                                          "224.0.0.1",
                                          "255.255.255.255",
                                          "::",
                                          "::1",
                                          "::ffff:10.0.0.1",
                                          "::ffff:127.0.0.1",
                                          "fc00::1",
                                          "fdff::1",
                                          "fe80::1",
                                          "ff02::1",
                                          "64:ff9b::10.0.0.1",
                                          "2002:a00:1::",
                                          "2001:db8::1",
                                          "64:ff9b:1::1",
                                          "2002:101:101::",
                                          "2001::1",
                                          "4000::1"};
    struct sockaddr_storage address;
    (void)state;
    for (size_t i = 0; i < sizeof(public) / sizeof(public[0]); i++) {
        address_of(public[i], &address);
        if (!kit_network_is_public((struct sockaddr *)&address))
            fail_msg("%s is not public", public[i]);
    }
    for (size_t i = 0; i < sizeof(private) / sizeof(private[0]); i++) {
        address_of(private[i], &address);
        if (kit_network_is_public((struct sockaddr *)&address))
            fail_msg("%s is public", private[i]);
    }
    address.ss_family = AF_UNIX;
    assert_false(kit_network_is_public((struct sockaddr *)&address));
}

static void loopback_is_this_machine(void **state)
{
    static const char *const is[] = {"127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"};
    static const char *const is_not[] = {"128.0.0.1", "10.0.0.1", "::2", "::"};
    struct sockaddr_storage address;
    (void)state;
    for (size_t i = 0; i < sizeof(is) / sizeof(is[0]); i++) {
        address_of(is[i], &address);
        assert_true(kit_network_is_loopback((struct sockaddr *)&address));
        address_of(is_not[i], &address);
        assert_false(kit_network_is_loopback((struct sockaddr *)&address));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_internet_is_public),
        cmocka_unit_test(loopback_is_this_machine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
