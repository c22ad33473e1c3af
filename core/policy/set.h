/*
 * set - one generation of policy: the scripts of all files, and what they declared, as C tables.
 *
 * A load makes a new set; it replaces the old one as a whole or is dropped as a whole. What is declared again under a name
 * replaces the former, and `off = true` takes it away: so a team's file overrides a default by its name.
 */
#ifndef TOCSIN_POLICY_SET_H
#define TOCSIN_POLICY_SET_H

#include "base/json.h"
#include "policy/policy.h"
#include "policy/sandbox.h"

struct script {
    struct policy_set *set;
    struct sandbox *sandbox;
    char *name; /* "payments.lua": what positions show */
};

struct pattern {
    char *field;         /* "service", "title", "tags.region", … */
    ARRAY(char *) globs; /* any of them */
};

struct rule {
    char *name, *where, *summary;
    struct script *script;
    int64_t priority;
    size_t order;
    ARRAY(struct pattern) patterns;
    bool on_new, on_regressed, on_moved, important;
    int least_level;            /* -1: any */
    int64_t count, customers;   /* at least; 0: any */
    int minutes;                /* window of count */
    int when, declare_function; /* registry references; LUA_NOREF: none */
    enum verdict_kind kind;
    duration mute;
    char *title, *severity, *team, *service, *page;
    bool private;
    uint64_t fired;
};

struct handler {
    enum event_type event;
    struct script *script;
    int function;
    char *where;
};

struct duty { /* obligation{} */
    char *name, *text, *where, *without;
    unsigned statuses;        /* set of 1 << status */
    ARRAY(char *) severities; /* none: any */
    enum { AFTER_ENTERED, AFTER_DECLARED, AFTER_UPDATE, AFTER_SPOKEN } after;
    duration within, every;
    struct script *script;
    int on_missed;
};

struct template_row {
    char *name, *text, *where;
};

struct custom {
    char *name, *help, *where;
    struct script *script;
    int run;
};

struct policy_set {
    struct policy *policy;
    ARRAY(struct script *) scripts;
    ARRAY(struct rule) rules; /* in order of precedence once sealed */
    ARRAY(struct handler) handlers;
    ARRAY(struct duty) duties;
    ARRAY(struct template_row) templates;
    ARRAY(struct custom) customs;
    ARRAY(const char *) severities, roles; /* NULL-terminated once sealed; texts owned */
    ARRAY(char *) important;               /* globs of services */
    struct rulebook book;
    size_t order;
};

struct policy {
    struct policy_host host;
    struct policy_set *set;
    char *directory, *digest;
    /* The call at hand: what bindings read and where they put what is wanted. */
    reaction_list *reactions;
    struct script *script;
    instant now;
};

struct policy_set *set_create(struct policy *policy);
void set_destroy(struct policy_set *set);
/* Runs a file's text in a sandbox of its own, which declares things in the set. */
int set_run(struct policy_set *set, const char *name, const char *text, size_t n, struct error *err);
/* After the last file: sorts, completes, checks. */
int set_seal(struct policy_set *set, struct error *err);

/* Parts of set_destroy. */
void set_finish_rules(struct policy_set *set);
void set_finish_declared(struct policy_set *set);

/* Bindings, one area each: puts its functions into the globals of a script. */
void bind_rules(lua_State *L);       /* rule, services, severity, role */
void bind_obligations(lua_State *L); /* obligation, template, command, on */
void bind_incident(lua_State *L);    /* the incident object */
void bind_time(lua_State *L);        /* now, duration, minutes… */

/* Helpers of bindings; all raise Lua errors that say what is wrong with which field. */
struct script *script_of(lua_State *L);
char *field_text(lua_State *L, int table, const char *key, bool needed);
bool field_bool(lua_State *L, int table, const char *key);
int64_t field_int(lua_State *L, int table, const char *key, int64_t fallback);
duration field_duration(lua_State *L, int table, const char *key, duration fallback);
int field_function(lua_State *L, int table, const char *key);
/* Refuses members that are not in `known` (NULL-terminated), naming the nearest that is. */
void check_fields(lua_State *L, int table, const char *what, const char *const *known);
/* A text or a list of texts; each is given to `add`. */
void each_text(lua_State *L, int table, const char *key, void (*add)(void *ctx, const char *text), void *ctx);

/* incident objects */
void push_incident(lua_State *L, const struct incident *incident);
void push_event(lua_State *L, const struct event *event);
void push_group(lua_State *L, const struct group *group, enum group_change change, instant now);
void group_facts(const struct group *group, enum group_change change, instant now, struct json_out *j);
/* Calls a function of a script with an incident (or nil) and one more value, and collects reactions. */
struct script_call {
    struct script *script;
    int function;
    const struct incident *incident;
    const struct event *event; /* or */
    const char *text, *person; /* of a command */
    int64_t number;            /* of a missed obligation */
    bool reply;                /* a text that it returns is a reply */
};
int call_script(const struct script_call *call, instant now, reaction_list *ret, struct error *err);

bool rule_fits(const struct policy_set *set, const struct rule *rule, const struct group *group,
               enum group_change change, instant now);

#endif
