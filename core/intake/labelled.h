/*
 * labelled - alerts made of labels and annotations, from Alertmanager, Prometheus and Grafana.
 *
 * Labels become tags, and so do annotations, except the title and the message. Severity, service, environment, host
 * and release are read from the labels that commonly hold them, the most specific first. The fingerprint covers all
 * labels except those that name a replica ("instance", "pod", …), which make the member.
 */
#ifndef TOCSIN_INTAKE_LABELLED_H
#define TOCSIN_INTAKE_LABELLED_H

#include "intake/reader.h"
#include "intake/request.h"

/* Reads the array of alerts at the reader. Returns 0, ERR_INVALID when alert *ret_at has no labels, ERR_FULL when there are
   too many; errors in the JSON are left to reader_end. */
int labelled_take(struct intake_request *request, const char *source, struct reader *r, struct alert_list *list,
                  size_t *ret_at);
/* Puts the refusal for such an error into the answer; checks the end of the document. */
int labelled_refuse(int r, size_t at, struct intake_answer *answer);
int labelled_end(struct reader *r, struct intake_answer *answer);

/* All of the list came in the notification with this groupKey; p NULL: it has none. */
void labelled_notified(const struct reader_text *group_key, struct alert_list *list);
/* Does a label of this name tell one of several replicas with the same problem: "instance", "pod"? */
bool labelled_names_replica(const char *key);
/* Takes service, environment, host, release and level from the tags that commonly hold them, as from labels. */
void labelled_meaning(struct alert *alert, struct arena *arena);

extern intake_decoder alertmanager_webhook; /* {"version":"4","alerts":[…]} */
extern intake_decoder alertmanager_alerts;  /* […], as Prometheus posts to /api/v2/alerts */
extern intake_decoder grafana_webhook;

#endif
