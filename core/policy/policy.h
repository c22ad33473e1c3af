/*
 * policy - the teams' Lua: rules, reactions, obligations, templates, commands; and the configuration.
 *
 * The policy is asked, and answers with data: it never changes an incident, sends, reads a clock or a file while it
 * answers. One sandboxed state per team file, each with an instruction budget and a memory limit per call. A script
 * that fails or runs away is stopped and reported with file and line (`on_failure`), its other callbacks go on, and a
 * rule that failed answers VERDICT_ASK: a person is asked, nothing is silent. Loading is all or nothing: files, their own
 * tests included, are tried in new states, and the last good version stays when any of it fails. Loop's thread only.
 */
#ifndef TOCSIN_POLICY_POLICY_H
#define TOCSIN_POLICY_POLICY_H

#include "engine/decide.h"
#include "intake/group.h"

struct policy;

/* What scripts may read, and how failures get out. All borrowed; ctx first. */
struct policy_host {
    void *ctx;
    const struct incident *(*incident)(void *ctx, uint64_t id);
    /* Open incidents; returns false to end. */
    void (*each_incident)(void *ctx, bool (*on)(void *on_ctx, const struct incident *incident), void *on_ctx);
    /* A person as JSON object text {"id","name","email","zone"}; NULL when unknown. */
    const char *(*person)(void *ctx, const char *id);
    void (*on_failure)(void *ctx, const char *where, const char *text, uint64_t incident);
    /* Is this word a command of Tocsin's own, that command{} cannot take? NULL: none is. */
    bool (*is_command)(void *ctx, const char *word);
};

/* With the built-in defaults loaded, so that there always is a policy. */
struct policy *policy_create(const struct policy_host *host);
void policy_destroy(struct policy *policy);
/* Loads the built-in defaults (where a team has not replaced them) and every *.lua of `directory`, in order of name;
   *_test.lua are tests, run before the swap. NULL: the defaults only. On failure the policy is as before. */
int policy_load(struct policy *policy, const char *directory, struct error *err);
/* True when files changed since the last (tried) load. */
bool policy_changed(const struct policy *policy);
/* What was tried last, for people: how many files, and a digest of them. */
void policy_digest(const struct policy *policy, struct str *out);
/* Is told of a policy's tests as they run. */
struct policy_report {
    void *ctx;
    void (*tested)(void *ctx, const char *name, const char *failure); /* failure NULL: it passed */
    void (*printed)(void *ctx, const char *text);                     /* by print(…) of a test; one line */
};
/* Runs the tests of a directory; the number of failures, or < 0. */
int policy_test(const char *directory, const struct policy_report *report, struct error *err);

const struct rulebook *policy_rulebook(const struct policy *policy);

/* storm{}: when rules want to declare more often than this, what they find goes into one incident. */
enum storm_by { STORM_BY_SERVICE, STORM_BY_TEAM, STORM_BY_RULE };
struct storm_brake {
    const char *name, *rule; /* rule: "policy.lua:12"; borrowed until the next load */
    int64_t limit;           /* so many are declared one by one */
    duration within;
    enum storm_by by;
};
#define STORM_LIMIT  100
#define STORM_WITHIN HOUR
/* Number i of those in force, from 0; false: there are no more. */
bool policy_storm(const struct policy *policy, size_t i, struct storm_brake *ret);

/* What the rules say of an alert group that is new, regressed, or moved. */
enum verdict_kind {
    VERDICT_NONE, /* no rule matched */
    VERDICT_DECLARE,
    VERDICT_QUIET, /* a rule says: count, do not tell */
    VERDICT_MUTE,  /* the same, until a time */
    VERDICT_ASK,   /* a rule failed: tell a person */
};
struct verdict {
    enum verdict_kind kind;
    char *title, *severity, *team, *service, *page; /* page: person or rotation; NULL: nobody */
    bool private;
    instant until;
    char *rule; /* "rules/payments.lua:12" */
    char *text; /* why, for a person: the rule's name and what matched */
    char *
        facts; /* JSON object: the facts it saw, and "competing": [{"name","rule","verdict","asked","failure"}], where the
                    verdict of a rule that was asked in vain is "no" or "failed" */
};
void verdict_finish(struct verdict *verdict);
const char *verdict_name(enum verdict_kind kind); /* "none", "declare", … */
void policy_judge(struct policy *policy, const struct group *group, enum group_change change, instant now,
                  struct verdict *ret);

/* What scripts want done. */
enum reaction_kind {
    REACTION_COMMAND, /* verb, name, text, value, until: on the incident */
    REACTION_SAY,     /* text (CommonMark) in the incident's channels; or in `channel` */
    REACTION_ANNOUNCE, /* the incident's card in the team's or the default announcement channel, kept up to date */
    REACTION_OPEN_CHANNEL, /* a channel of its own on every connector that can, with its card */
    REACTION_CLOSE_CHANNEL,
    REACTION_PAGE,  /* value: person or rotation, text */
    REACTION_REPLY, /* text: to whoever ran the command */
};
struct reaction {
    enum reaction_kind kind;
    uint64_t incident;
    char *verb, *name, *text, *value, *channel, *rule;
    instant until;
};
typedef ARRAY(struct reaction) reaction_list;
void reaction_list_finish(reaction_list *list);

/* The callbacks of on(event, fn) for one event that was just folded into `incident`. */
void policy_react(struct policy *policy, const struct event *event, const struct incident *incident,
                  instant now, reaction_list *ret);

/* What is owed in this state, by whom it concerns and when; pure reading of obligation{} tables. */
struct obligation {
    char *name, *text, *rule;
    instant due;    /* absolute: from the entry into the status, the last update, … plus `within` */
    duration every; /* how often it is asked again once missed */
};
typedef ARRAY(struct obligation) obligation_list;
void obligation_list_finish(obligation_list *list);
void policy_obligations(struct policy *policy, const struct incident *incident, instant now,
                        obligation_list *ret);
/* An obligation passed: its on_missed callback. */
void policy_missed(struct policy *policy, const char *obligation, const struct incident *incident, instant now,
                   reaction_list *ret);

/* A team's own chat command: true when there is one of this name. */
bool policy_has_command(const struct policy *policy, const char *name, const char **ret_help);
/* Each of them, in the order of the files. */
void policy_each_command(const struct policy *policy, void (*on)(void *ctx, const char *name, const char *help),
                         void *ctx);
/* On failure *ret is as before, and `err` says where it failed. */
int policy_run_command(struct policy *policy, const char *name, const char *arguments, const char *person,
                       const struct incident *incident, instant now, reaction_list *ret, struct error *err);

/* template{}: strict placeholders, a missing value is an error that names it. incident may be NULL. */
int policy_template(struct policy *policy, const char *name, const struct incident *incident, struct str *out,
                    struct error *err);

/* The rules in force, for people: JSON array of {"name","rule","summary","verdict","fired"}. */
void policy_rules(const struct policy *policy, struct str *out);

#endif
