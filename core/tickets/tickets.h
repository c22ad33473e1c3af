/*
 * tickets - the tickets of desks and trackers about an incident: those of customers, the desk's own that they join (its parent), and
 * those that were made for engineers.
 *
 * Each is a document (row.h); the incident's state counts them. What must reach all of them goes in rounds, some at a time
 * (rounds.c), and is the same step for each: settle.c. What is said in a ticket is a note for the desk's own people, of the
 * incident's state or of words that customers were sent. Nothing of a private incident is said in one. Loop's thread only.
 */
#ifndef TOCSIN_TICKETS_TICKETS_H
#define TOCSIN_TICKETS_TICKETS_H

#include "turn/call.h"
#include "turn/part.h"

extern const struct part tickets_part;

/* The commands `tickets`, `attach` and `detach`. */
call_handler tickets_list, tickets_attach, tickets_detach;

/* Makes a ticket for the work in the tracker that the policy names; the incident goes to it when it is made. */
int tickets_create(const struct call *call, const char *title, struct error *err);

/* The same for a follow-up of the incident, which stays as it is. */
int tickets_create_for(const struct call *call, int64_t followup, const char *title, struct error *err);

/* The incident continues at that link. If it is a ticket that a connector knows, its end is heard of. */
void tickets_follow(struct turn *turn, const struct incident *incident, const char *link, const char *by);

/* A connector says how a ticket is now: the event `ticket`. */
void tickets_changed(struct turn *turn, const char *connector, const cJSON *event);
/* The open incident that a ticket is about, and that everybody may see; the newest of several. 0: none. */
uint64_t tickets_incident(struct core *core, const char *connector, const char *ticket);
/* The same, also of those that are over. */
uint64_t tickets_latest(struct core *core, const char *connector, const char *ticket);
/* Is that ticket of an incident? Then its changes are of interest. */
bool tickets_known(const struct core *core, const char *connector, const char *ticket);

/* Adds how many tickets an incident has, and the first of them: one sentence, and a list (CommonMark). */
void tickets_write(const struct core *core, const struct incident *incident, struct str *out);
/* Writes an incident's tickets as JSON into an open array: each, in order, whose key `takes` takes. The caller has checked who may see
   it. */
typedef bool ticket_takes(void *ctx, const char *key);
void tickets_encode(struct core *core, const struct incident *incident, ticket_takes *takes, void *ctx,
                    struct json_out *j);

#endif
