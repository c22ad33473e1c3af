/*
 * access - who may do what: access{} of the policy. Pure: what it says follows from the policy and who asks.
 *
 * There are four roles, and each includes those before it. access{} says for each who has it: a person, by id or e-mail address; a
 * group that the identity provider vouches for; a token; everybody. Without access{} everybody may approve, and administering is for
 * tokens whose scopes allow it. Loop's thread only.
 */
#ifndef TOCSIN_POLICY_ACCESS_H
#define TOCSIN_POLICY_ACCESS_H

#include "policy/named.h"

struct policy;

enum access {
    ACCESS_NONE,
    ACCESS_SEE,        /* read what is not private, or their own */
    ACCESS_ACT,        /* run commands that change something */
    ACCESS_APPROVE,    /* let messages to customers and posts out */
    ACCESS_ADMINISTER, /* tokens, connectors, policy, configuration, sessions, the audit trail */
};
#define ACCESS_ROLES 5

struct access_rules { /* access{}; zeroed: there is none */
    text_list roles
        [ACCESS_ROLES]; /* by role: "everybody", "group:sre", "token:deploy-bot", "ana", "ana@example.com" */
    char *ask, *where;  /* ask: whom to ask for more, NULL: not said. where: "team.lua:12" */
};

struct access_asker {         /* everything is borrowed */
    const char *const *names; /* ids and addresses of one person, in any order */
    size_t name_count;
    const text_list *groups; /* of that person; NULL: none are known */
    const char *token;       /* the name of a tool's token; NULL: a person asks */
};

/* The highest role that the rules give. A token that they do not name has all: its scopes limit it. */
enum access access_decide(const struct access_rules *rules, const struct access_asker *asker);
/* Is the asker meant by one of these words, which are those of access{}? "everybody" means no token. */
bool access_is_listed(const text_list *words, const struct access_asker *asker);
/* The rules in force; NULL: the policy has no access{}. */
const struct access_rules *policy_access(const struct policy *policy);

/* Does a role, or the readers of a status page, name a person by that id? */
bool policy_names_person(const struct policy *policy, const char *id);

const char *access_name(enum access role); /* "act"; "nothing" for ACCESS_NONE */

#endif
