/*
 * idempotency - requests with an Idempotency-Key (IETF draft): the same request again gets the first answer, and does nothing.
 *
 * The answer is kept in the turn that does what was asked (DOC_ANSWER), so no crash comes between the two. A key belongs to its token
 * for `keep_answers`, 24 hours unless the configuration says otherwise; in that time a token may use IDEMPOTENCY_MOST of them. What was
 * refused before anything began is not kept: its key may be used again. Nor is what failed for now (500 and above). Of a secret, of what is
 * longer than IDEMPOTENCY_BYTES, and of an incident that the token's person may see no more, the same request again gets no more than
 * that it was done. Loop's thread only.
 */
#ifndef TOCSIN_WEB_IDEMPOTENCY_H
#define TOCSIN_WEB_IDEMPOTENCY_H

#include "turn/turn.h"
#include "web/request.h"

#define IDEMPOTENCY_MOST  5000
#define IDEMPOTENCY_KEY   255               /* bytes of a key, at most */
#define IDEMPOTENCY_BYTES ((size_t)1 << 20) /* of an answer, at most */

struct idempotency;

struct idempotency *idempotency_create(struct core *core, instant (*clock)(void));
void idempotency_destroy(struct idempotency *keys); /* when all requests are answered. NULL is allowed */

/* Call it with a complete request that has a token. False: it has been answered: as the first one was, or with 400 (that is no key),
   409 (the first one is under way), 422 (the key was used for something else) or 429 (the token uses too many). */
bool idempotency_begin(struct idempotency *keys, struct http_request *request);
/* Did the request come with a key? */
bool idempotency_wanted(const struct http_request *request);
/* What the answer is about; say it before it is kept. Without it: nothing of these. */
struct idempotency_about {
    uint64_t incident; /* who may not see it may not read the answer again; 0: none */
    bool secret;       /* its text is kept nowhere */
    bool fails;        /* for now, whatever its status says: the key may be used again */
};
void idempotency_about(const struct http_request *request, const struct idempotency_about *about);
/* Keeps the answer that the request will get when the turn is durable, if it came with a key; headers of the answer must be set. */
void idempotency_keep(const struct http_request *request, struct turn *turn, int status, const char *type,
                      const struct str *body);

#endif
