/*
 * envelope - the grammar of a Sentry envelope, as bytes.
 *
 *   envelope header JSON \n { item header JSON \n payload [\n] }
 *
 * A newline is 0x0a only; a carriage return belongs to the line or payload that contains it. With "length", a
 * payload has exactly that length and is followed by a newline or the end; without it, the payload extends to the
 * next newline or the end. Empty lines after the last item are allowed. Nothing is copied: headers and payloads
 * are parts of the given bytes.
 */
#ifndef TOCSIN_INTAKE_ENVELOPE_H
#define TOCSIN_INTAKE_ENVELOPE_H

#include "intake/request.h"

#define ENVELOPE_ITEMS 1000

struct envelope {
    const char *bytes, *at, *end;
    int items;
};

struct envelope_item {
    const char *type; /* never NULL */
    const char *payload;
    size_t n;
};

/* *ret_header: the header of the envelope, an object. A refusal is in the answer. */
int envelope_begin(struct envelope *envelope, struct intake_request *request, const cJSON **ret_header,
                   struct intake_answer *answer);
/* 1: an item; 0: no more items; negative: malformed, the refusal is in the answer. */
int envelope_next(struct envelope *envelope, struct intake_request *request, struct envelope_item *ret,
                  struct intake_answer *answer);

#endif
