/*
 * url - where an address leads: the questions that are asked before a token is sent there. Pure: any thread.
 *
 * Addresses are read by libcurl's own parser, so that what is checked is what is called.
 */
#ifndef TEAMS_URL_H
#define TEAMS_URL_H

#include <stdbool.h>

struct url_origin {
    char scheme[8], host[256], port[8]; /* in lower case; the scheme's own port if none is given */
};

/* False for what is not http or https, has a user name or a password, or is no address at all. */
bool url_origin(const char *url, struct url_origin *ret_origin);
/* Is what is sent there safe from others: by https, or by http to this very machine? */
bool url_is_safe(const char *url);
/* Does an address lead to a host, given as "host", for https, or as an address with a scheme and perhaps a port? */
bool url_leads_to(const char *url, const char *host);

#endif
