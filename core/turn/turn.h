/*
 * turn - one atomic step. Commands are decided on the current state, their events are folded at once, the parts follow, and
 * everything that results (events, documents, actions) is appended to the journal as one batch.
 *
 * Answers, acknowledgements and actions leave only when that batch is durable. Either all of it is stored, or nothing. A turn
 * is begun, filled and committed within one call from the loop; it reads no clock. Loop's thread only.
 */
#ifndef TOCSIN_TURN_TURN_H
#define TOCSIN_TURN_TURN_H

#include "engine/decide.h"
#include "turn/core.h"

#define BY_RULE   "rule"
#define BY_CLOCK  "clock"
#define BY_SYSTEM "system"

struct turn;

struct turn *turn_begin(struct core *core, instant now);
/* Runs one command. For "declare", `incident` is 0 and *ret_incident is the new number; ret_incident may be NULL. A refused
   command leaves the turn unchanged. */
int turn_do(struct turn *turn, uint64_t incident, const struct command *command, uint64_t *ret_incident,
            struct error *err);
/* Journals an event of a group, a person or the system as it is. Takes ownership of its contents. */
void turn_tell(struct turn *turn, struct event *event);
/* Queues a copy of an action about an incident (NULL: none), and fills in its cause, rule and time. The caller has checked with
   sight/ that it may go there. */
void turn_send(struct turn *turn, struct action *action, const struct incident *incident);
/* Every change of the outbox so far waits for this turn to be durable. */
void turn_covers_actions(struct turn *turn);
/* Ends the turn. `done` (may be NULL) is called when all of it is durable, or with the error. A turn without events is a
   barrier: everything that it read is durable when `done` is called. */
void turn_commit(struct turn *turn, journal_done *done, void *ctx);

/* The incident in its current state, which is stored at the end of the turn; NULL: no such incident. Borrowed for the turn. */
const struct incident *turn_incident(struct turn *turn, uint64_t id);
struct journal_batch *turn_batch(struct turn *turn); /* for further documents */
instant turn_now(const struct turn *turn);
struct core *turn_core(const struct turn *turn);
uint64_t turn_number(const struct turn *turn);    /* counts from 1 at the start of the process */
size_t turn_event_count(const struct turn *turn); /* so far */
size_t turn_following(const struct turn *turn);   /* which of them the parts follow now, from 0 */
/* Is this turn durable, or did it fail, so that memory is read again? */
bool turn_is_reported(const struct core *core, uint64_t number);
/* A new idempotency key, never used again: "INC-42/7.1". The caller frees. */
char *turn_key(struct turn *turn);
char *turn_key_as(struct turn *turn, const char *prefix); /* the same after a prefix that says what it is for */
/* Sets the line of the policy ("team.lua:7", borrowed) that requests what is sent from now on; NULL: none. Returns the one
   before. */
const char *turn_set_rule(struct turn *turn, const char *rule);

/* What is done as `by` from now on in this turn, that agent does for them: its events say so. Both are copied. */
void turn_set_agent(struct turn *turn, const char *agent, const char *by);
const char *turn_agent(const struct turn *turn); /* that one; NULL: none */

/* Decodes an event from its row in the journal. The caller finishes it. */
int turn_event_of_row(const struct journal_event *row, struct event *ret, struct error *err);

#endif
