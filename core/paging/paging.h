/*
 * paging - gets the attention of people for an incident: whom a page calls, by which ways, and when the next one is called. Loop's
 * thread only.
 */
#ifndef TOCSIN_PAGING_PAGING_H
#define TOCSIN_PAGING_PAGING_H

#include "turn/part.h"

extern const struct part paging_part;

/* Prefix of the key of everything about a page: the pages themselves, and what is said where nobody is reached. */
#define PAGE_KEY "page:"

/* Pages the people of a team, one after the other, or a person; on every platform. `text` (may be NULL) is added to what happened;
   `rule` is the line of the policy that asks for it. Reaching nobody is said wherever the incident is told of. */
void paging_begin(struct turn *turn, uint64_t incident, const char *whom, const char *text, const char *rule);

#endif
