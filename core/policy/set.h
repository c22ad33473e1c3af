/*
 * set - one generation of policy: the scripts of all files, and what they declared, as C tables.
 *
 * A load makes a new set; it replaces the old one as a whole or is dropped as a whole. Each file runs in a sandbox of its
 * own. What a team's file declares under the name of a default stands instead of it, and `off = true` takes the default
 * away. Names of teams' own things do not touch each other: rules and reactions of one name may live side by side
 * in two files, while of obligations, templates and commands, which people and the journal call by name, there is one.
 *
 * While a file runs its declarations hang on the set piece by piece, so that a script's error in the middle leaks
 * nothing; `complete` tells the whole ones.
 */
#ifndef TOCSIN_POLICY_SET_H
#define TOCSIN_POLICY_SET_H

#include "base/json.h"
#include "policy/policy.h"
#include "policy/sandbox.h"

struct policy_set;

struct script {
    struct policy_set *set;
    struct sandbox *sandbox;
    char *name; /* "payments.lua": what positions show */
    bool builtin;
};

/* A function of a script. One that ran away three times is not called again until the next load: it fails at once. */
struct callback {
    struct script *script;
    int function; /* registry reference; LUA_NOREF: none */
    int ran_away;
};

/* What every declaration begins with. */
struct named {
    char *name, *where; /* where: "payments.lua:12" */
    struct script *script;
    bool off, complete;
};

typedef ARRAY(char *) text_list;
void text_list_finish(text_list *list);

/* ---- rules ---- */

enum pattern_field {
    PATTERN_SERVICE,
    PATTERN_ENVIRONMENT,
    PATTERN_SOURCE,
    PATTERN_ORIGIN,
    PATTERN_STREAM,
    PATTERN_TYPE,
    PATTERN_TITLE,
    PATTERN_MESSAGE,
    PATTERN_RELEASE,
    PATTERN_CULPRIT,
    PATTERN_HOST,
    PATTERN_CUSTOMER,
    PATTERN_TAG
};

struct pattern {
    enum pattern_field field;
    char *tag;       /* PATTERN_TAG: its key */
    text_list globs; /* any of them */
};

struct match {
    ARRAY(struct pattern) patterns; /* all of them */
    int least_level;                /* -1: any */
    int64_t count, customers;       /* at least; 0: any */
    int minutes;                    /* window of count; 0: since first seen */
    int incident;                   /* 1: had an incident before, 0: had none, -1: either */
};

struct effect {
    char *title, *severity, *team, *service, *page;
    bool private;
};

struct rule {
    struct named named;
    char *summary;
    int64_t priority;
    size_t order;
    bool on_new, on_regressed, on_moved;
    struct match match, except;
    bool has_except;
    struct callback when, declare;
    enum verdict_kind kind;
    duration mute;
    struct effect effect;
    uint64_t fired;
};

/* ---- the rest ---- */

struct handler {
    struct named named; /* no name: cannot be replaced */
    enum event_type event;
    enum status status; /* of EVENT_STATUS: only this one; STATUS_NONE: any */
    struct callback run;
};

/* A value for each severity: "4h", or { "4h", major = "30m" }. */
struct by_severity {
    int64_t others;
    ARRAY(struct {
        char *severity;
        int64_t value;
    })
    rows;
};

enum obligation_after { AFTER_ENTERED, AFTER_DECLARED, AFTER_UPDATE, AFTER_SPOKEN };

struct duty { /* obligation{} */
    struct named named;
    char *text;
    char *without_role, *without_link; /* owed only while nobody holds the role; … no link fits the pattern */
    bool with_draft;                   /* owed only while a message to customers waits */
    unsigned statuses;                 /* set of 1 << status */
    text_list severities, services, teams; /* none: any */
    struct by_severity after, within, every;
    struct callback on_missed;
};

struct template_row {
    struct named named;
    char *text;
};

struct custom { /* command{} */
    struct named named;
    char *help;
    struct callback run;
};

struct storm_row { /* storm{} */
    struct named named;
    int64_t limit;
    duration within;
    enum storm_by by;
};

struct service_set {
    struct named named;
    text_list globs;
};

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

/* One of those that there always are. */
bool is_own_role(const char *word);

int64_t by_severity(const struct by_severity *values, const char *severity);

/* Part of set_seal: the @names of service sets become their patterns. */
int rules_resolve(struct policy_set *set, struct error *err);
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
