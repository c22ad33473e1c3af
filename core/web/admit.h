/*
 * admit - the checks of a request before its body is read: path, route, token, and what the head says about the body.
 *
 * It answers what it refuses. Loop's thread only. It never reads a body, and calls no handler but the admission of a route.
 */
#ifndef TOCSIN_WEB_ADMIT_H
#define TOCSIN_WEB_ADMIT_H

#include "web/exchange.h"
#include "web/guesses.h"

/* Call it when the head is complete. True: read the body, then hand the request over. False: it has been answered.
   `tokens` NULL: there are none. `guesses` counts tokens that are not valid. */
bool admit(struct http_request *request, const struct routes *routes, struct tokens *tokens,
           struct guesses *guesses);
/* Call it while a body of unknown length is read. False: the request has been answered. */
bool admit_more(struct http_request *request);
/* Answers a request with a body beyond the limit of its route. */
void admit_too_large(struct http_request *request);

#endif
