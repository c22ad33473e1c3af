/*
 * set - one generation of policy: the scripts of all files, and what they declared, as C tables.
 *
 * A load makes a new set, which replaces the old one as a whole or is dropped as a whole. Each file runs in its own sandbox. A
 * declaration in a team's file replaces the default with the same name, and `off = true` removes that default. Names do
 * not clash between teams' files: two files may have rules or reactions with the same name. Only obligations, templates,
 * commands and storms, which people and the journal refer to by name, must be unique.
 */
#ifndef TOCSIN_POLICY_SET_H
#define TOCSIN_POLICY_SET_H

#include "base/json.h"
#include "policy/declared.h"
#include "policy/declared_drills.h"
#include "policy/declared_insights.h"
#include "policy/declared_people.h"
#include "policy/declared_rooms.h"
#include "policy/declared_services.h"
#include "policy/declared_statuspages.h"
#include "policy/heartbeats.h"
#include "policy/writeups.h"

/* levels{}: the severity of what a rule declares without one, by the worst level that the sender reported: `named.name`. */
struct level_row {
    struct named named;
    char *severity;
};

struct heartbeat_row { /* heartbeat{} */
    struct named named;
    struct heartbeat heartbeat; /* borrows from here */
    char *service, *environment;
};

struct set_alerts {
    ARRAY(struct level_row) levels;
    ARRAY(struct heartbeat_row) heartbeats;
    ARRAY(struct insight_row) insights; /* what a month of them means */
    ARRAY(struct drill_row) drills;
};

/* The rooms of an incident, and its tickets. */
struct set_rooms {
    ARRAY(struct unmirrored_row) unmirrored;
    ARRAY(struct tickets_row) tickets;
};

/* A list that one file sets for all. */
struct set_words {
    text_list list;          /* NULL-terminated once sealed */
    const struct script *by; /* NULL: no valid one was given */
};

struct policy_set {
    struct policy *policy;            /* the one that calls it: the active one, or that of a test */
    const struct policy_files *files; /* while they are run; else NULL */
    ARRAY(struct script *) scripts;
    ARRAY(struct rule) rules; /* in order of precedence once sealed */
    ARRAY(struct handler) handlers;
    ARRAY(struct duty) duties;
    ARRAY(struct template_row) templates;
    ARRAY(struct custom) customs;
    ARRAY(struct storm_row) storms;
    struct set_comms comms;
    struct set_rooms rooms;
    struct set_roster roster;
    struct set_catalogue catalogue;
    struct set_alerts alerts;
    struct set_words severities, roles, kinds;
    struct rulebook book;
    bool sealed;
    size_t order;
};

struct policy {
    struct policy_host host;
    struct policy_set *set;
    uint64_t generation;        /* of the set */
    struct policy_files *tried; /* the files of the last load, successful or not */
    /* The current call: what bindings may read, and where they put reactions; NULL: not allowed. */
    const struct incident *incident;
    const struct group *group;
    enum group_change change;
    reaction_list *reactions;
    instant now;
};

struct policy_set *set_create(struct policy *policy);
void set_destroy(struct policy_set *set);
/* Runs the text of a file in its own sandbox; it declares things in the set. */
int set_run(struct policy_set *set, const char *name, bool builtin, const char *text, size_t n,
            struct error *err);
/* After the last file: replaces, sorts, resolves, checks. */
int set_seal(struct policy_set *set, struct error *err);
/* Part of set_seal: refuses duplicates, and lets a team's declarations replace the defaults with the same name. */
int set_resolve_names(struct policy_set *set, struct error *err);

/* Is it one of the roles that always exist? */
bool is_own_role(const char *word);
void add_own_words(struct policy_set *set); /* roles and kinds */

/* Checks that every {{placeholder}} of every template exists. */
int templates_check(const struct policy_set *set, struct error *err);

/* ---- calling scripts ---- */

/* One call of a script's function. `push` pushes the arguments and returns how many; `take` (may be NULL) reads the result on top
   of the stack. Both run protected. */
struct asking_script {
    struct callback *callback;
    int (*push)(lua_State *L, void *ctx);
    void (*take)(lua_State *L, void *ctx);
    void *ctx;
    const struct incident *incident; /* that the call is about; may be NULL */
    reaction_list *reactions;        /* NULL: the function may not request actions */
    uint64_t about;                  /* the incident in whose name a failure is reported */
};
/* Returns 0, or an error, which has been reported. Drops the reactions of a failed call. */
int ask_script(struct policy *policy, struct asking_script *asking, const char *where, instant now,
               struct error *err);

bool rule_fits(const struct policy *policy, const struct rule *rule, const struct group *group,
               enum group_change change, instant now);
/* Would it fit without that pattern (NULL: with all), or without its level? */
struct rule_but {
    const struct pattern *pattern;
    bool level;
};
bool rule_fits_but(const struct policy *policy, const struct rule *rule, const struct group *group,
                   enum group_change change, instant now, const struct rule_but *but);
/* Expands {{placeholders}}. Errors begin with `where`. */
struct template_values {
    const struct incident *incident; /* NULL: there is none, and no value */
    instant now;
    const char *zone;                   /* of the times; NULL: UTC */
    const char *customer;               /* whom the text is for; NULL: nobody in particular */
    const struct template_facts *facts; /* NULL: there are none */
};
int template_expand(const char *text, const char *where, const struct template_values *values, struct str *out,
                    struct error *err);
/* Are all placeholders of the text known? */
int template_check(const char *text, const char *where, struct error *err);
/* The zone of people without one of their own; NULL: UTC. */
const char *policy_zone(const struct policy *policy);
const struct template_row *template_find(const struct policy_set *set, const char *name);
struct custom *command_custom(const struct policy_set *set, const char *name);
/* The facts about a group, as members of a JSON object. */
void group_facts(const struct group *group, enum group_change change, instant now, struct json_out *j);

#endif
