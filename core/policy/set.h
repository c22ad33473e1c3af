/*
 * set - one generation of policy: the scripts of all files, and what they declared, as C tables.
 *
 * A load makes a new set; it replaces the old one as a whole or is dropped as a whole. Each file runs in a sandbox of its
 * own. What a team's file declares under the name of a default stands instead of it, and `off = true` takes the default
 * away. Names of teams' own things do not touch each other: rules and reactions of one name may live side by side
 * in two files, while of obligations, templates and commands, which people and the journal call by name, there is one.
 */
#ifndef TOCSIN_POLICY_SET_H
#define TOCSIN_POLICY_SET_H

#include "base/json.h"
#include "policy/declared.h"

struct policy_set {
    struct policy *policy; /* whose call is at hand: the live one, or that of a trial */
    ARRAY(struct script *) scripts;
    ARRAY(struct rule) rules; /* in order of precedence once sealed */
    ARRAY(struct handler) handlers;
    ARRAY(struct duty) duties;
    ARRAY(struct template_row) templates;
    ARRAY(struct custom) customs;
    ARRAY(struct storm_row) storms;
    ARRAY(struct service_set) services;
    text_list severities, roles; /* NULL-terminated once sealed */
    const struct script *severities_by, *roles_by;
    struct rulebook book;
    bool sealed;
    size_t order;
};

struct policy {
    struct policy_host host;
    struct policy_set *set;
    struct policy_files *tried; /* the files of the last load, well or not */
    /* The call at hand: what bindings read and where they put what is wanted; NULL where they must not. */
    const struct incident *incident;
    const struct group *group;
    enum group_change change;
    reaction_list *reactions;
    instant now;
};

struct policy_set *set_create(struct policy *policy);
void set_destroy(struct policy_set *set);
/* Runs a file's text in a sandbox of its own, which declares things in the set. */
int set_run(struct policy_set *set, const char *name, bool builtin, const char *text, size_t n,
            struct error *err);
/* After the last file: replaces, sorts, resolves, checks. */
int set_seal(struct policy_set *set, struct error *err);
/* Part of it: what stands twice is refused, and what a team declares replaces the default of that name. */
int set_resolve_names(struct policy_set *set, struct error *err);

/* Is it one of the roles that always exist? */
bool is_own_role(const char *word);
void add_own_roles(text_list *roles);

/* Every {{placeholder}} of a template is one that there is. */
int templates_check(const struct policy_set *set, struct error *err);

/* ---- asking scripts ---- */

/* One call of a script's function. `push` puts the arguments on the stack and says how many; `take` (may be NULL) reads the one
   result on the top. Both run protected. */
struct asking_script {
    struct callback *callback;
    int (*push)(lua_State *L, void *ctx);
    void (*take)(lua_State *L, void *ctx);
    void *ctx;
    const struct incident *incident; /* at hand; may be NULL */
    reaction_list *reactions;        /* NULL: the function may ask for nothing */
    uint64_t about;                  /* the incident for a report of failure */
};
/* 0, or the error, which was reported. What a failed call had asked for is dropped. */
int ask_script(struct policy *policy, struct asking_script *asking, const char *where, instant now,
               struct error *err);

bool rule_fits(const struct rule *rule, const struct group *group, enum group_change change, instant now);
/* Expands {{placeholders}}. `where` begins the error. */
int template_expand(const char *text, const char *where, const struct incident *incident, struct str *out,
                    struct error *err);
const struct template_row *template_find(const struct policy_set *set, const char *name);
struct custom *command_custom(const struct policy_set *set, const char *name);
/* What is known of a group, as members of a JSON object. */
void group_facts(const struct group *group, enum group_change change, instant now, struct json_out *j);

#endif
