/*
 * outcome - what became of an alert group: the incident that it belongs to, or why it opened none. Loop's thread only.
 */
#ifndef TOCSIN_APP_GROUPS_OUTCOME_H
#define TOCSIN_APP_GROUPS_OUTCOME_H

#include "app/page.h"
#include "engine/state.h"
#include "intake/group.h"

struct outcome {
    const struct incident *incident; /* its latest one; NULL: it never had one. Borrowed until the next turn */
    char *rule;                      /* file:line, that decided; NULL: unknown, or none did */
    char *reason;  /* CommonMark: why it opened none, as far as that is remembered; NULL: it did */
    bool can_open; /* somebody may declare an incident from it */
};

/* Of a group that the visitor may see. The caller calls outcome_finish. */
void outcome_of(const struct visit *visit, const struct group *group, struct outcome *ret);
void outcome_finish(struct outcome *outcome);
/* Adds "incident" and its "incident_title", "incident_status", "declined"; "rule" and "rule_url"; "reason". */
void outcome_add(const struct outcome *outcome, struct view *view);

#endif
