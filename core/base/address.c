#include "base/address.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "base/mem.h"

int address_parse(const char *text, struct sockaddr_storage *ret, struct error *err)
{
    const char *colon = strrchr(text, ':');
    char *end = NULL;
    long port = colon && colon[1] ? strtol(colon + 1, &end, 10) : -1;
    if (port < 0 || port > 65535 || *end)
        return error_set(err, ERR_INVALID,
                         "\"%s\" is not an address to listen on; use 127.0.0.1:8088, [::1]:8088 or :8088",
                         text);
    bool bracket = text[0] == '[' && colon[-1] == ']';
    CLEANUP_FREE char *host =
        bracket ? xstrndup(text + 1, (size_t)(colon - text) - 2) : xstrndup(text, (size_t)(colon - text));
    int rc = *host == '\0' || bracket ? uv_ip6_addr(*host ? host : "::", (int)port, (struct sockaddr_in6 *)ret)
                                      : uv_ip4_addr(host, (int)port, (struct sockaddr_in *)ret);
    if (rc < 0)
        return error_set(err, ERR_INVALID,
                         "\"%s\" is not a numeric address; to listen on every address, use :%ld", host, port);
    return 0;
}
