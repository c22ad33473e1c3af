/*
 * agents - what an agent may do for its person: a program that acts on its own, by an agent's token or through core/mcp.
 *
 * It reads what its person may see, writes down what it found, and drafts. What decides over people, over what the public reads, or over
 * who somebody is, is for people: each row of the command table says which (`agents`), and agent_check is the one place that applies it.
 * Besides that an agent has at most the role to act (access_have), so that it approves nothing on any way. Pure.
 */
#ifndef TOCSIN_ACCESS_AGENTS_H
#define TOCSIN_ACCESS_AGENTS_H

#include <stdbool.h>

#include "base/error.h"

enum agent_rule {
    AGENT_UNSAID, /* nobody has said what holds: it may not */
    AGENT_MAY,
    AGENT_LOOKS, /* it may without arguments, which only shows something */
    /* It may not: */
    AGENT_WORDS, /* it decides what customers and the public read */
    AGENT_CALLS, /* it decides who is called, and when that ends */
    AGENT_PLACE, /* it is about a person's place: a role, a shift, who takes part and who sees it */
    AGENT_SELF,  /* it is about who somebody is, and how they get in */
    AGENT_RUNS,  /* it changes how Tocsin works */
    AGENT_RULES
};

/* May it be used by an agent at all, if only to look? */
bool agent_may_use(enum agent_rule rule);

struct agent_request {
    const char *agent; /* its name; NULL: a person or a tool asks, and all is allowed */
    enum agent_rule rule;
    const char *what; /* what was typed, for the error: "approve" */
    bool bare;        /* without arguments */
};

/* ERR_REFUSED: it may not; the text (CommonMark) says why, and what it can do instead. */
int agent_check(const struct agent_request *request, struct error *err);

#endif
