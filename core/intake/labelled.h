/*
 * labelled - alerts made of labels and annotations: Alertmanager's, Prometheus's, Grafana's.
 *
 * Labels become tags, and so do annotations but those that are the title and the message. Severity, service,
 * environment, host and release are read from the labels that commonly name them, the most specific first. The
 * fingerprint covers all labels but those that name a replica ("instance", "pod", …); these make the member.
 */
#ifndef TOCSIN_INTAKE_LABELLED_H
#define TOCSIN_INTAKE_LABELLED_H

#include "intake/reader.h"
#include "intake/request.h"

/* The array of alerts that the reader stands at. Returns 0, ERR_INVALID when *ret_at has no labels, ERR_FULL
   when there are too many; a fault of the JSON is left for reader_end. */
int labelled_take(struct intake_request *request, const char *source, struct reader *r, struct alert_list *list,
                  size_t *ret_at);
/* The same with the refusal in the answer; and the end of the document is checked as well, where `whole`. */
int labelled_refuse(int r, size_t at, struct intake_answer *answer);
int labelled_end(struct reader *r, struct intake_answer *answer);

extern intake_decoder alertmanager_webhook; /* {"version":"4","alerts":[…]} */
extern intake_decoder alertmanager_alerts;  /* […], as Prometheus posts to /api/v2/alerts */
extern intake_decoder grafana_webhook;

#endif
