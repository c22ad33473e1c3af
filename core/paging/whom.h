/*
 * whom - whom a page names, level by level, and where each of them can be reached. Only this folder includes it.
 *
 * A page names a team, a rotation, an escalation of the policy, or a person: somebody of people{}, somebody whom Tocsin knows from chat, or an
 * e-mail address. Names and connectors are borrowed for the turn. Loop's thread only.
 */
#ifndef TOCSIN_PAGING_WHOM_H
#define TOCSIN_PAGING_WHOM_H

#include "delivery/link.h"
#include "escalation/escalation.h"
#include "people/people.h"
#include "turn/turn.h"

typedef ARRAY(const char *) name_list;

struct address { /* where a page to somebody can go */
    const struct link *link;
    const char *user, *email; /* one of them; the other is NULL */
};
typedef ARRAY(struct address) address_list;

/* The levels of a target that has no escalation: who is on call, its people one after the other, then everybody. `levels` has room for
   LEVELS_MOST. Returns how many. */
size_t whom_levels(const struct core *core, const char *target, struct level *levels);
/* What a page is for, by the policy's name for it where it has one, however it was typed. Borrowed. */
const char *whom_target(const struct core *core, const char *typed);
/* The names of those whom a level calls at `now`, each once. The caller frees the list. */
void whom_names(const struct core *core, const struct escalation *escalation, int level, instant now,
                name_list *ret);
/* Does the escalation name anybody at all? */
bool whom_any(const struct core *core, const struct escalation *escalation, instant now);
/* Why a target names nobody, as plain text. The caller frees. */
char *whom_nobody(const struct core *core, const char *target, instant now);

/* The id of whoever has that name; NULL: nobody, or somebody whom only the policy declares as yet. Borrowed. */
const char *whom_id(const struct core *core, const char *name);
/* The same. Somebody whom only the policy declares becomes known in this turn. */
const char *whom_become_known(struct turn *turn, const char *name);
/*
 * Where they can be reached. What people{} declares counts alone, if a connector that runs can use it; else whatever Tocsin knows.
 * An e-mail address of somebody who is not known is used unless the incident is private. The caller frees the list.
 */
void whom_addresses(const struct core *core, const struct incident *incident, const char *name,
                    address_list *ret);

#endif
