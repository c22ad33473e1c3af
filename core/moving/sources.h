/* sources - the readers, one for each tool, and the rows that several of them make. Only this folder includes it. */
#ifndef TOCSIN_MOVING_SOURCES_H
#define TOCSIN_MOVING_SOURCES_H

#include "moving/moving.h"

extern const struct moving_source moving_pagerduty, moving_opsgenie, moving_oncall, moving_goalert,
    moving_alertmanager, moving_statuspage, moving_cstate;

/* recognise.c: are all documents what the source can read? The error names the tool whose export one is. */
int moving_recognise(const struct moving *m, struct error *err);
struct moving_team *team_of(struct moving *m, const char *key);          /* it is added where there is none */
struct moving_team *team_known(const struct moving *m, const char *key); /* NULL: there is none */
void add_turn(struct moving_turns *turns, const char *person);           /* NULL: nobody's */
void turns_finish(struct moving_turns *turns);
void schedule_clear(struct moving_schedule *schedule); /* all but its key */
/* A condition on a field or a tag: one of these patterns. Conditions on the same field are one. */
void rule_match(struct moving_rule *rule, const char *field, bool tag, const char *pattern);
/* A rule that silences within that span. NULL: it is over. */
struct moving_rule *rule_of_span(struct moving *m, const char *name, instant from, instant until);
void rule_drop(struct moving *m); /* the last one */
/* What a tool calls a way, and which connector it is here; a table ends with an empty row. */
struct moving_method {
    const char *theirs, *connector;
};
const char *connector_of(const struct moving_method *methods, const char *theirs); /* NULL: none */
/* ways.c: notes for each person which of their notices the policy cannot say, and drops those. */
void moving_ways(struct moving *m);

#endif
