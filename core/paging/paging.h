/*
 * paging - gets the attention of people for an incident. A page calls the people of its target level by level (escalation/), each by the ways
 * that reach them, until somebody acknowledges it; then the other calls end.
 *
 * All that happens with a page is an event of its incident, and what comes next follows from the state, so a restart or a clock that jumps
 * needs no care. Nothing here blocks. Loop's thread only.
 */
#ifndef TOCSIN_PAGING_PAGING_H
#define TOCSIN_PAGING_PAGING_H

#include "turn/call.h"
#include "turn/part.h"

extern const struct part paging_part;

/* Prefix of the key of everything about a page: the pages themselves, and what is said where nobody is reached. */
#define PAGE_KEY "page:"

struct paging_wish {  /* all borrowed */
    const char *whom; /* a team, a rotation, an escalation or a person, with or without @ */
    const char *text; /* is added to what happened; NULL: nothing */
    const char *rule; /* the line of the policy that asks for it; NULL: a person does */
    const char *by;   /* who asks for it; NULL: a rule */
    bool everybody;   /* all of them at once */
};
/*
 * Begins a page, unless one to the same people is open for this incident. False: it names nobody, which is said wherever the incident is
 * told of.
 */
bool paging_begin(struct turn *turn, uint64_t incident, const struct paging_wish *wish);

/* The same, asked for by a person (`wish` names them). Adds one sentence. ERR_NOT_FOUND: it names nobody. */
int paging_ask(struct turn *turn, uint64_t incident, const struct paging_wish *wish, struct str *answer,
               struct error *err);
/* Calls the next level of the latest page now, though somebody may have acknowledged it. ERR_REFUSED: there is none. */
int paging_escalate(struct turn *turn, const struct incident *incident, const char *by, const char *why,
                    struct str *answer, struct error *err);
/* Pages a person by all of their ways, for a private drill that ends when they acknowledge it. */
int paging_test(struct turn *turn, const char *person, struct str *answer, struct error *err);
/* Pages spare a person until then; 0: not any more. */
void paging_mute(struct turn *turn, const char *person, instant until);
/* Adds a line for each page of the incident: for whom, when, how, and what it was worth. CommonMark; times are in `zone`. */
void paging_list(struct core *core, const struct incident *incident, instant now, const char *zone,
                 struct str *out);

/* A connector's event about a page (tocsin/connector.h, "Pages"). */
void paging_event(struct turn *turn, const char *connector, const cJSON *event);
/* The incident that a message is a page about, if that page is to this person (NULL: to anybody); 0: it is none. */
uint64_t paging_of_message(const struct core *core, const char *connector, const char *message,
                           const char *person);
/* Why no page would reach somebody of the policy now: none of their ways has a connector that is up. NULL: one has. Borrowed. */
const char *paging_unreached(const struct core *core, const char *person);
/* Is a page of the incident open? */
bool paging_calls(const struct incident *incident);

/*
 * Somebody acknowledges the open pages of an incident (NULL: those that call them, of all open incidents). `via`: how, "a key"; NULL: by a
 * command. Adds one sentence of what that did. ERR_CONFLICT: somebody else has. ERR_REFUSED: there is nothing to acknowledge.
 */
int paging_acknowledge(struct turn *turn, const struct incident *incident, const char *by, const char *via,
                       struct str *answer, struct error *err);

#endif
