/*
 * turn - one atomic step: commands are decided on the state as it stands, their events folded at once, the parts follow,
 * and all that came of it (events, documents, actions) is appended to the journal as one batch.
 *
 * Nothing leaves before that batch is durable: answers, acknowledgements and actions wait for it. All of it is kept or
 * none. A turn is begun, filled and committed within one call from the loop; it reads no clock. Loop's thread only.
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
/* Decides one command. For "declare", incident is 0 and *ret_incident (may be NULL) the new number. A refusal leaves
   the turn as it was before the command. */
int turn_do(struct turn *turn, uint64_t incident, const struct command *command, uint64_t *ret_incident,
            struct error *err);
/* An event of a group, a person or the system: journaled as it is. Takes the event over. */
void turn_tell(struct turn *turn, struct event *event);
/* Queues an action about an incident (NULL: none); its cause, rule and time are filled in, texts copied. Whoever calls this has
   asked sight/ whether it may go there. */
void turn_send(struct turn *turn, struct action *action, const struct incident *incident);
/* Whatever the outbox was asked for up to now waits for this turn to be durable. */
void turn_covers_actions(struct turn *turn);
/* Ends the turn. `done` (may be NULL) is called when all of it is durable, or with the error; a turn without events
   is a barrier: what it read was durable when `done` is called. */
void turn_commit(struct turn *turn, journal_done *done, void *ctx);

/* The incident as it is now, written at the end of this turn; NULL: no such incident. Borrowed for the turn. */
const struct incident *turn_incident(struct turn *turn, uint64_t id);
struct journal_batch *turn_batch(struct turn *turn); /* for further documents */
instant turn_now(const struct turn *turn);
struct core *turn_core(const struct turn *turn);
uint64_t turn_number(const struct turn *turn); /* tells turns apart: from 1 since the start */
/* A key for one sending of this turn, unique for ever: "INC-42/7.1"; the caller frees. */
char *turn_key(struct turn *turn);
char *turn_key_as(struct turn *turn, const char *prefix); /* the same behind a prefix, which tells what it is */
/* The line of the policy ("team.lua:7", borrowed) that asks for what is sent from now on; NULL: none. Returns the one before. */
const char *turn_set_rule(struct turn *turn, const char *rule);

/* An event from its row in the journal; finished by the caller. */
int turn_event_of_row(const struct journal_event *row, struct event *ret, struct error *err);

#endif
