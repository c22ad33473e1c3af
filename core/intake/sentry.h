/*
 * sentry - the formats of Sentry's SDKs: envelopes, and single events from older ones.
 *
 * Of an envelope only events are read; sessions, transactions, attachments, client reports and unknown items are
 * skipped. The key may come in X-Sentry-Auth, in Authorization, in the query, and in the dsn of the envelope; all
 * given keys must agree. SDKs drop refused events and never send them again, so as little as possible is refused.
 */
#ifndef TOCSIN_INTAKE_SENTRY_H
#define TOCSIN_INTAKE_SENTRY_H

#include "intake/request.h"

extern intake_decoder sentry_envelope;
extern intake_decoder sentry_store;

/* Checks the key from headers and query. Returns 0 and sets request->source, to NULL if no key is given; ERR_AUTH, with the
   refusal in the answer, if the key is unknown or two of them differ. */
int sentry_admit(struct intake_request *request, struct intake_answer *answer);

/* Turns the JSON of an event into an alert. ERR_INVALID: not an object; ERR_FULL: too many. A transaction is skipped. */
int sentry_event(struct intake_request *request, const cJSON *event, struct alert_list *list);

/* Its frames, causes, request, breadcrumbs and links. */
extern evidence_reader sentry_evidence;

#endif
