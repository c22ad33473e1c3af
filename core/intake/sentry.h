/*
 * sentry - what Sentry's SDKs send: envelopes, and single events as older ones do.
 *
 * Of an envelope only events are read; sessions, transactions, attachments, client reports and what is not
 * known are passed over. The key may come in X-Sentry-Auth, in Authorization, in the query, and as the dsn
 * of the envelope; all that are given must agree. SDKs drop what is refused and never send it again, so
 * nothing is refused that could be taken.
 */
#ifndef TOCSIN_INTAKE_SENTRY_H
#define TOCSIN_INTAKE_SENTRY_H

#include "intake/request.h"

extern intake_decoder sentry_envelope;
extern intake_decoder sentry_store;

/* The key of headers and query: 0 and request->source set, or source NULL when none is given; ERR_AUTH, said
   in the answer, when it is not known or two of them differ. */
int sentry_admit(struct intake_request *request, struct intake_answer *answer);

/* One event's JSON as an alert. ERR_INVALID when it is no object; ERR_FULL. A transaction makes none, and 0. */
int sentry_event(struct intake_request *request, const cJSON *event, struct alert_list *list);

#endif
