/*
 * envelope - the grammar of a Sentry envelope, as bytes.
 *
 *   envelope header JSON \n { item header JSON \n payload [\n] }
 *
 * A newline is 0x0a alone; a carriage return belongs to the line or the payload it stands in. With "length"
 * a payload is exactly so long and followed by a newline or the end; without, it goes to the next newline or
 * the end. Empty lines after the last item are let pass. Nothing is copied: headers and payloads are parts
 * of the given bytes.
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

/* *ret_header: the envelope's header, an object. Refuses in the answer. */
int envelope_begin(struct envelope *envelope, struct intake_request *request, const cJSON **ret_header,
                   struct intake_answer *answer);
/* 1: an item; 0: there is no further one; negative: malformed, said in the answer. */
int envelope_next(struct envelope *envelope, struct intake_request *request, struct envelope_item *ret,
                  struct intake_answer *answer);

#endif
