/*
 * writeups - what the policy says of write-ups: whether one is owed, and the templates that it is made of. Loop's thread only.
 */
#ifndef TOCSIN_POLICY_WRITEUPS_H
#define TOCSIN_POLICY_WRITEUPS_H

#include "policy/policy.h"

/* When the write-up that an obligation asks for is due; 0: none is owed. */
instant policy_writeup_due(const struct policy *policy, const struct incident *incident);
/* What a write-up is filled with beyond the incident's state, as CommonMark; a text may be NULL or "". */
struct template_facts {
    char *happened, *course; /* lines; how long what took */
    char *told, *contact;    /* lines; when customers first heard of it, and how long they heard nothing */
    char *helped, *hindered; /* lines */
    char *followups;         /* lines */
};
/* Expands a template{}. A placeholder without a value is an error that names it. incident and facts may be NULL. */
int policy_template(struct policy *policy, const char *name, const struct incident *incident,
                    const struct template_facts *facts, instant now, struct str *out, struct error *err);

#endif
