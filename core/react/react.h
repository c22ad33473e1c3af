/*
 * react - carries out the reactions of the policy, and keeps obligations up to date.
 *
 * The policy sees each event of an incident once, in the turn of that event. Its reactions are part of the same turn, so no crash
 * can separate the two. Scripts that keep triggering each other are stopped. Loop's thread only.
 */
#ifndef TOCSIN_REACT_REACT_H
#define TOCSIN_REACT_REACT_H

#include "turn/part.h"

extern const struct part react_part;

/* Carries out reactions to the event that the parts follow now. They, and the reactions to what they cause, add at most 20 events. */
void react_to_event(struct turn *turn, const reaction_list *reactions);
/* Carries out reactions of something else, except replies, which the caller handles. *refusals: gets a line for each refusal, for whoever typed a
   team's command; NULL: nobody did, and refusals are reported as failures of the script. */
void react_carry_out(struct turn *turn, const reaction_list *reactions, struct str *refusals);
struct paging {
    const char *whom; /* a person or a team */
    const char *text; /* for them, besides what happened; NULL: nothing */
    const char *why;  /* for the timeline; NULL: the text */
    const char *rule; /* "policy.lua:12" */
};
/* Pages somebody for an incident. Whoever is paged for a private one becomes a member. */
void react_page(struct turn *turn, uint64_t incident, const struct paging *paging);

/* Ends a pause, and tells whoever paused it: `why` ("the pause is over"). */
void react_resume(struct turn *turn, uint64_t incident, const char *by, const char *why);

/* A policy was loaded, or refused: journals it, says so where that is news, and updates obligations. `text`: what was loaded, or why it
   was refused. */
void react_policy_loaded(struct core *core, bool ok, const char *text, instant now);
/* The same once, at start. A good policy is news only if the last one was refused. */
void react_policy_started(struct core *core, bool ok, const char *text, instant now);
/* What the policy says has changed by itself, since days became holidays: updates what follows from it in open incidents. */
void react_policy_renewed(struct core *core, instant now);
/* A script failed: logs it, and reports it in the incident (0: in the announcements), at most once a minute for the same line. Safe
   to call within a turn: the report follows with the next tick. */
void react_script_failed(struct core *core, const char *where, const char *text, uint64_t incident);
/* People are told of the failure at that place otherwise: it is not reported again within a minute. */
void react_failure_told(struct turn *turn, const char *where);
/* Logs a script's failure, without its text if the incident is private. */
void react_log(struct core *core, uint64_t incident, const char *where, const char *text);

#endif
