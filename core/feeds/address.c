/* Which addresses a feed may have, and what is said of them. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "feeds/feeds.h"

#define URL_MOST 2000

/* *ret_host: where the host begins, behind a user and a password. Returns its length with the port; 0: there is none. */
static size_t find_authority(const char *url, const char **ret_host)
{
    const char *slashes = strstr(url, "://"), *at = NULL;
    if (!slashes)
        return 0;
    const char *begin = slashes + 3;
    size_t n = strcspn(begin, "/?#");
    for (size_t i = 0; i < n; i++)
        at = begin[i] == '@' ? begin + i : at;
    *ret_host = at ? at + 1 : begin;
    return n - (size_t)(*ret_host - begin);
}

char *feed_host(const char *url)
{
    const char *host = "";
    size_t n = find_authority(url, &host);
    if (n && *host == '[')
        n = strcspn(host, "]") + 1;
    else
        n = MIN(n, strcspn(host, ":"));
    return xstrndup(host, n);
}

bool feed_host_is_loopback(const char *host)
{
    bool number = text_starts(host, "127.") && !host[strspn(host, "0123456789.")];
    return number || strcasecmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0;
}

/* Letters, digits and what else a name of a host or an address has. */
static bool is_host(const char *host)
{
    bool bracketed = *host == '[' && strchr(host, ']') == host + strlen(host) - 1;
    for (const char *p = host; *p; p++) {
        if (!isalnum((unsigned char)*p) && !strchr("-._", *p) && !(bracketed && strchr("[]:", *p)))
            return false;
    }
    return *host;
}

static bool is_text(const char *url)
{
    for (const char *p = url; *p; p++) {
        if ((unsigned char)*p <= ' ' || *p == '\\' || *p == 0x7f)
            return false;
    }
    return strlen(url) <= URL_MOST;
}

int feed_check(const char *url, struct error *err)
{
    CLEANUP_FREE char *host = feed_host(url);
    bool http = strncasecmp(url, "http://", 7) == 0, https = strncasecmp(url, "https://", 8) == 0;
    if (!is_text(url) || !is_host(host) || !(http || https))
        return error_set(err, ERR_INVALID,
                         "url must be the address of an iCalendar, such as "
                         "url = \"https://calendars.example/england.ics\"");
    if (http && !feed_host_is_loopback(host))
        return error_set(err, ERR_INVALID,
                         "url must begin with https://, because whoever is between could change the holidays; "
                         "http:// is for 127.0.0.1 only");
    return 0;
}
