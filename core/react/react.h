/*
 * react - what the policy answers is carried out, and what it says is owed is kept up to date.
 *
 * Each event of an incident is shown to the policy once, in the turn that it came of; what scripts ask for happens in that turn
 * too, so no crash separates the two. Scripts that answer each other without end are stopped. Loop's thread only.
 */
#ifndef TOCSIN_REACT_REACT_H
#define TOCSIN_REACT_REACT_H

#include "turn/part.h"

extern const struct part react_part;

/* Carries out what scripts want, but for replies, which the caller gives. *refusals: a line for each refusal, for who typed a
   team's own command; NULL: nobody did, and refusals are told as the script's failures. */
void react_carry_out(struct turn *turn, const reaction_list *reactions, struct str *refusals);
/* Pages a person or rotation for an incident, as `rule` (file:line) asks. Who is paged for a private one is let in. */
void react_page(struct turn *turn, uint64_t incident, const char *whom, const char *text, const char *rule);

/* Policy was loaded or refused (`text` says why): journaled, obligations computed anew. */
void react_policy_loaded(struct core *core, bool ok, const char *text, instant now);
/* A script failed: said where people look, in its incident (0: where incidents are announced), at most once a minute for the
   same place. Safe to call from within a turn: it is told with the next tick. */
void react_script_failed(struct core *core, const char *where, const char *text, uint64_t incident);
/* A script's failure into the log, without its words where the incident is private. */
void react_log(struct core *core, uint64_t incident, const char *where, const char *text);

#endif
