/*
 * named - what every declaration of a script has: its script, its name, its place, its functions, its words. Loop thread only.
 */
#ifndef TOCSIN_POLICY_NAMED_H
#define TOCSIN_POLICY_NAMED_H

#include "base/mem.h"
#include "policy/sandbox.h"

struct policy_set;

struct script {
    struct policy_set *set;
    struct sandbox *sandbox;
    char *name; /* "payments.lua", as positions show it */
    bool builtin;
};

/* A function of a script. After it was stopped three times, it fails at once until the next load. */
struct callback {
    struct script *script;
    int function; /* registry reference; LUA_NOREF: none */
    int ran_away;
};

/* The beginning of every declaration. */
struct named {
    char *name, *where; /* where: "payments.lua:12" */
    struct script *script;
    bool off, complete;
};

typedef ARRAY(char *) text_list;
void text_list_finish(text_list *list);
bool text_list_has(const text_list *words, const char *word);
/* Is the value one of them, or matched by one of them as a pattern? An empty list takes anything. */
bool text_list_takes(const text_list *list, const char *value, bool globs);

#endif
