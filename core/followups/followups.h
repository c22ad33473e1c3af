/*
 * followups - work that an incident leaves behind: who does it, by when, and its clock.
 *
 * Each is a document, and each change of it an event of its incident. Open ones are in memory; those that are over are read from the
 * journal. When one is due its owner is reminded, then the channel of its team, again and again until it is done, dropped or moved.
 * What is said of one goes only where its incident may be seen. Loop's thread only.
 */
#ifndef TOCSIN_FOLLOWUPS_FOLLOWUPS_H
#define TOCSIN_FOLLOWUPS_FOLLOWUPS_H

#include "turn/call.h"
#include "turn/part.h"

extern const struct part followups_part;

#define FOLLOWUP_BYTES 400 /* of what is to be done, at most */

enum followup_state { FOLLOWUP_OPEN, FOLLOWUP_DONE, FOLLOWUP_DROPPED };

struct followup {    /* owns its texts */
    char *owner;     /* a person id */
    char *text;      /* what is to be done */
    char *team;      /* the incident's, when it was made; NULL: it had none */
    char *by;        /* who asked for it */
    char *why;       /* it is over: what was said with that; NULL: nothing */
    char *connector; /* of its ticket; NULL: it has none */
    char *ticket;    /* the ticket's id there */
    int64_t number;  /* from 1; of all incidents */
    uint64_t incident;
    instant made, due;
    instant looks;    /* when its clock comes next */
    int64_t reminded; /* how often somebody was, since it was due */
    enum followup_state state;
};
void followup_finish(struct followup *followup); /* frees its content, not the struct */

/* A follow-up of the incident; *ret_number is its number. `wish` has owner, text, by and due. ERR_INVALID: the text is too long. */
int followup_make(struct turn *turn, uint64_t incident, const struct followup *wish, int64_t *ret_number,
                  struct error *err);
/* As it was written last. False: there is none of that number. The caller finishes it. */
bool followup_get(const struct core *core, int64_t number, struct followup *ret);
/* It is done or dropped. ERR_CONFLICT: it was already over. */
int followup_end(struct turn *turn, int64_t number, enum followup_state state, const char *by, const char *why,
                 struct error *err);
/* Gives it another owner (NULL: the same) or another date (0: the same); one that was over is open again. */
void followup_move(struct turn *turn, int64_t number, const char *owner, instant due, const char *by);

typedef bool followup_on(void *ctx, const struct followup *followup);
/* Calls `on` for each open one of an incident (0: of all), the one that is due first first, until it returns false. */
void followups_each_open(const struct core *core, uint64_t incident, followup_on *on, void *ctx);
/* The same for those of an incident that are over, in the order in which they were made. Sees what is durable. */
void followups_each_over(const struct core *core, uint64_t incident, followup_on *on, void *ctx);

#endif
