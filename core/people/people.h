/*
 * people - the people behind the users of all connectors: their names, addresses, time zones and user ids.
 *
 * A user belongs to one person: by the user id, or by an e-mail address for which the connector vouches. Persons who turn out to be
 * one are linked (links.h): then each of their ids means the same person, who acts as one of them. People are never removed. All are
 * in memory; each has a stream and a document in the journal. Loop's thread only.
 */
#ifndef TOCSIN_PEOPLE_PEOPLE_H
#define TOCSIN_PEOPLE_PEOPLE_H

#include "policy/roster.h"
#include "turn/part.h"

extern const struct part people_part;

struct person {
    char *id;           /* "ana": short and stable; people type it */
    char *name;         /* display name */
    char *email, *zone; /* NULL: unknown */
};
#define SIGNIN_WORD "tocsin/signin" /* stands in for a connector of whoever an identity provider vouches for */
struct identity {                   /* a user as a connector reports it; only connector and user are required */
    const char *connector, *user, *name, *email, *zone;
};

/* ---- in a turn ---- */

/* The person behind an identity. Creates, renames or links them (by e-mail address) in this turn if needed. */
const struct person *people_identify(struct turn *turn, const struct identity *identity);
/* Finds the person that an operator names for a token, like people_find. If nobody has that name, creates them in this turn, as
   a user of the console. */
const struct person *people_named(struct turn *turn, const char *typed);
/* The person whom people{} of the policy declares: known by one of the users, the e-mail address or the id, in that order. Creates
   them in this turn, or adds what is new. */
const struct person *people_declared(struct turn *turn, const struct roster_person *declared);
/* Sets the zone that a person chose; connectors no longer change it. ERR_NOT_FOUND: no such person or zone. */
int people_choose_zone(struct turn *turn, const char *id, const char *zone, struct error *err);

/* ---- reading; borrowed until the next turn. An id means the person as whom they act now, unless it says otherwise ---- */

const struct person *people_get(const struct core *core, const char *id);
/* Finds somebody by typed text: an id, "@ana", a full name in any case, or an e-mail address. NULL: nobody, or several. */
const struct person *people_find(const struct core *core, const char *typed);
/* search.c: calls `on` with each whose id, name, address or user on a platform has these words in it (NULL: all), by their ids, those after
   `after` (NULL: from the first), `most` at most. Looks through all in memory, so only for pages. True: there are more. */
bool people_search(const struct core *core, const char *words, const char *after, size_t most,
                   void (*on)(void *ctx, const struct person *person), void *ctx);
/* Finds somebody of people{} by typed text: their id there, whatever finds them once they are known, else their full name or e-mail
   address. False: nobody, or several. */
bool people_find_declared(const struct core *core, const char *typed, struct roster_person *ret);
/* The person whom people{} declares, if they are known; NULL: not yet. */
const struct person *people_of_declared(const struct core *core, const struct roster_person *declared);
/* The name that goes with that id, for what was done under it: for event_describe. NULL: unknown. */
const char *people_name(void *core, const char *id);
const char *people_zone(const struct core *core, const char *id);  /* never NULL */
const char *people_email(const struct core *core, const char *id); /* NULL: unknown */
/* The person id of a connector's user; NULL: unknown. */
const char *people_of_user(const struct core *core, const char *connector, const char *user);
/* The user id of a person on a connector, preferably of that id; NULL: they have none there. */
const char *people_user(const struct core *core, const char *id, const char *connector);
void people_each_user(const struct core *core, const char *id,
                      void (*on)(void *ctx, const char *connector, const char *user), void *ctx);
/* "slack and teams" */
void people_platforms(const struct core *core, const char *id, struct str *out);

/* ---- one person, several ids ---- */

/* The id as which they act now; `id` itself, if nobody has it. */
const char *people_now(const struct core *core, const char *id);
/* Are both ids the same person's? Either may be NULL. */
bool people_same(const struct core *core, const char *a, const char *b);
/* Calls `on` with each id of the person, `id` first, until it returns true. Returns whether it did. id NULL: false. */
bool people_any(const struct core *core, const char *id, bool (*on)(void *ctx, const char *id), void *ctx);
/* Is every member of the incident that person? */
bool people_alone(const struct core *core, const struct incident *incident, const char *id);
/* Is the person a member of the incident, by any id? */
bool people_member(const struct core *core, const struct incident *incident, const char *id);

#endif
