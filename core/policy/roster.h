/*
 * roster - who can be paged, as people{} and team{} of the policy declare it. Texts are borrowed until the next load. Loop's
 * thread only.
 *
 * A page names a team or a person. A team is the list of its people, in the order in which they are paged.
 */
#ifndef TOCSIN_POLICY_ROSTER_H
#define TOCSIN_POLICY_ROSTER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct policy;

#define WAY_CALL "call" /* the way that rings: by whichever connector can */

struct roster_user {
    char *connector, *user;
};
struct roster_person {
    const char *id, *name, *email;   /* name, email NULL: not declared */
    const struct roster_user *users; /* on some connectors */
    size_t n;
};

/* Their user id on the connector; NULL: people{} names none. */
static inline const char *roster_user_on(const struct roster_person *person, const char *connector)
{
    for (size_t i = 0; i < person->n; i++) {
        if (text_equal(person->users[i].connector, connector))
            return person->users[i].user;
    }
    return NULL;
}

/* False: people{} does not declare that id. Case does not matter. */
bool policy_person(const struct policy *policy, const char *id, struct roster_person *ret);
/* Those of people{}, one after the other. False: there are no more. */
bool policy_person_at(const struct policy *policy, size_t i, struct roster_person *ret);
struct roster_team {
    const char *name, *rotation, *channel, *desk; /* all but the name NULL: not declared */
    bool digest;                                  /* the channel gets its month each Monday */
};
/* False: team{} does not declare it. Case does not matter. */
bool policy_find_team(const struct policy *policy, const char *name, struct roster_team *ret);
/* The one with index i, from 0; false: there are no more. */
bool policy_team_at(const struct policy *policy, size_t i, struct roster_team *ret);
/* The number of people of a team; 0: there is no such team. */
size_t policy_team(const struct policy *policy, const char *name, const char *const **ret_people);

/* Calls `on` with a sentence for each target of a rule, and each member of a team, that names nobody. */
void policy_pages_nobody(const struct policy *policy, void (*on)(void *ctx, const char *fault), void *ctx);
/* Calls `on` for each connector that people{} names. */
void policy_roster_connectors(const struct policy *policy,
                              void (*on)(void *ctx, const char *where, const char *person,
                                         const char *connector),
                              void *ctx);

#endif
