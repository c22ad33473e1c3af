#include "web/same_origin.h"

#include <string.h>
#include <strings.h>

bool same_origin(struct http_request *request, const char *public_url)
{
    const char *origin = http_header(request, "origin"), *host = http_header(request, "host");
    const char *scheme = origin ? strstr(origin, "://") : NULL;
    size_t n = origin ? strlen(origin) : 0;
    if (!origin || (scheme && host && strcasecmp(scheme + 3, host) == 0))
        return true;
    return public_url && scheme && strncasecmp(public_url, origin, n) == 0 &&
           (!public_url[n] || public_url[n] == '/');
}
