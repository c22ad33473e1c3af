/*
 * people - one person behind the users that connectors know: who they are, what they are called, where they can be found.
 *
 * People are never removed. All are in memory, each is a stream of its own, and a document. A user is linked to a person by
 * what the connector says: the same user again, or the same e-mail address. Loop's thread only.
 */
#ifndef TOCSIN_PEOPLE_PEOPLE_H
#define TOCSIN_PEOPLE_PEOPLE_H

#include "turn/part.h"

extern const struct part people_part;

struct person {
    char *id;           /* "ana": short, stable, what people type */
    char *name;         /* to show */
    char *email, *zone; /* NULL: not known */
};
struct identity { /* a user as a connector tells it */
    const char *connector, *user, *name, *email, *zone;
};

/* ---- in a turn ---- */

/* The person behind an identity; made, renamed or linked (same e-mail address) in this turn where needed. */
const struct person *people_identify(struct turn *turn, const struct identity *identity);
/* Whom an operator names for a token, as people_find; made in this turn, with that name on the console, when nobody is called so. */
const struct person *people_named(struct turn *turn, const char *typed);
/* What a person chose for themselves; it stands against what connectors say. ERR_NOT_FOUND: no such person or zone. */
int people_choose_zone(struct turn *turn, const char *id, const char *zone, struct error *err);

/* ---- reading; borrowed until the next turn ---- */

const struct person *people_get(const struct core *core, const char *id);
/* By what somebody typed: an id, "@ana", a full name in any case, an e-mail address. NULL: nobody, or several. */
const struct person *people_find(const struct core *core, const char *typed);
const char *people_name(void *core, const char *id);              /* for event_describe; NULL when unknown */
const char *people_zone(const struct core *core, const char *id); /* never NULL */
/* The person id of a connector's user; NULL: nobody known. */
const char *people_of_user(const struct core *core, const char *connector, const char *user);
/* The user id of a person on a connector; NULL: has none there. */
const char *people_user(const struct core *core, const char *id, const char *connector);

#endif
