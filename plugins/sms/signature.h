/*
 * signature - does a request come from Twilio? It signs the address and the fields of the form, or a hash of another body that the
 * address has. Pure: any thread.
 */
#ifndef SMS_SIGNATURE_H
#define SMS_SIGNATURE_H

#include <stdbool.h>

#include <tocsin/connector.h>

#define SIGNATURE_SECRETS 3

/* What requests are signed with. Borrowed. */
struct signature_keys {
    const char *header;                     /* that has the signature, in lower case */
    const char *secrets[SIGNATURE_SECRETS]; /* any of these; "": none */
};

/* `base`: the address of the connector from outside, without a slash at its end. The request's path and query follow it. */
bool signature_is_good(const struct signature_keys *keys, const char *base,
                       const struct tocsin_request *request);

#endif
