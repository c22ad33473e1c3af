/*
 * access - who may do what, applied: the role of each person, as access{} of the policy says (policy/access.h), and the groups that
 * their identity provider vouched for. Commands, approvals, the API and the pages ask here; nothing else decides it. What a private
 * incident shows is sight/'s business.
 *
 * What happens to access is told by events of the system: the audit trail (audit.h). Sessions of browsers are in sessions.h. Loop's
 * thread only.
 */
#ifndef TOCSIN_ACCESS_ACCESS_H
#define TOCSIN_ACCESS_ACCESS_H

#include "access/agents.h"
#include "policy/access.h"
#include "turn/part.h"

extern const struct part access_part;

/* The person's highest role. */
enum access access_of_person(const struct core *core, const char *person, instant now);
/* That of a tool's token, by its name: ACCESS_ADMINISTER unless access{} names it. Its scopes limit it further. */
enum access access_of_tool(const struct core *core, const char *token);

struct access_request {
    const char *person; /* NULL: a tool */
    enum access most;   /* what the token or the session allows at most; ACCESS_NONE: it says nothing */
    enum access needed; /* the role that it needs */
    const char *what;   /* what was typed, for the error: "declare" */
    instant now;
    const char *agent;    /* the agent that asks for them, whose role is at most to act; NULL: none */
    enum agent_rule rule; /* what holds for agents */
    bool bare;            /* nothing stands behind `what` */
};
/* The role that they have here: the lesser of the person's and what the token or session allows. */
enum access access_have(const struct core *core, const struct access_request *request);
/* ERR_REFUSED: they may not; the text (CommonMark) says what they may, and whom to ask. */
int access_check(const struct core *core, const struct access_request *request, struct error *err);

/* The same for a person, by what they do themselves. */
int access_check_person(const struct core *core, const char *person, enum access needed, const char *what,
                        instant now, struct error *err);

/* Is that person, or a tool by the name of its token, meant by one of these words, which are those of access{}? person NULL: a tool.
   `now` 0: their groups count as the identity provider named them last, however long ago. */
bool access_is_among(const struct core *core, const text_list *words, const char *person, const char *token,
                     instant now);

/* The groups that the identity provider named at a sign-in; they count until then. Those of before are gone. */
void access_set_groups(struct turn *turn, const char *person, const text_list *groups, instant until);

#endif
