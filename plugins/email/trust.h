/*
 * trust - whether the server that took a mail in vouches for the domain of its sender: Authentication-Results (RFC 8601).
 *
 * Only the first field that names the configured server counts. That server must remove fields with its own name from what
 * arrives, as the RFC demands. Pure: any thread.
 */
#ifndef EMAIL_TRUST_H
#define EMAIL_TRUST_H

#include "parse.h"

enum trust { TRUST_UNKNOWN, TRUST_FAIL, TRUST_PASS };

/* authserv "": nobody vouches for anything. */
enum trust trust_in_sender(const struct mail *mail, const char *authserv);
/* The same of one field's value: for tests. UNKNOWN: another server's. */
enum trust trust_of_results(const char *value, const char *authserv, const char *domain);

#endif
