/*
 * whom - whom a page names, and where each of them can be reached. Only this folder includes it.
 *
 * A page names a team of the policy, a rotation or a person. Of a rotation, whoever is on call now is called. A person is somebody of people{}, somebody whom Tocsin knows from chat, or an e-mail
 * address. Names and connectors are borrowed for the turn. Loop's thread only.
 */
#ifndef TOCSIN_PAGING_WHOM_H
#define TOCSIN_PAGING_WHOM_H

#include "delivery/link.h"
#include "people/people.h"
#include "turn/turn.h"

typedef ARRAY(const char *) name_list;

struct callee {
    const char *id;              /* person id, or an e-mail address; NULL: nobody has that name */
    const struct person *person; /* NULL: not known */
};

struct address { /* where a page to somebody can go */
    const struct link *link;
    const char *user, *email; /* one of them; the other is NULL */
};
typedef ARRAY(struct address) address_list;

/* The names of the people to call, in order; none: the target names nobody. The caller frees the list. */
void whom_names(struct turn *turn, const char *target, name_list *ret);
/* Why the target names nobody, as plain text. The caller frees. */
char *whom_nobody(struct turn *turn, const char *target);
/* Who that is. Somebody whom only the policy declares becomes known in this turn. */
struct callee whom_callee(struct turn *turn, const char *name);
/*
 * Where they can be reached. What people{} declares counts alone, if a connector that runs can use it; else whatever Tocsin knows.
 * An e-mail address of somebody who is not known is used unless the incident is private. The caller frees the list.
 */
void whom_addresses(struct turn *turn, const struct incident *incident, const char *name,
                    const struct callee *callee, address_list *ret);

#endif
