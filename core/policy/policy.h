/*
 * policy - the teams' Lua: rules, reactions, obligations, templates, commands; and the configuration.
 *
 * The policy is called and returns data: while it runs, it never changes an incident, sends anything, or reads a clock or a
 * file. There is one sandboxed state per team file, each with an instruction budget and a memory limit per call. A script
 * that fails or runs away is stopped and reported with file and line (`on_failure`); its other functions continue, and a
 * rule that failed returns VERDICT_ASK: a person is asked, so that nothing is missed. Loading is all or nothing: the files,
 * with their tests, are tried in new states, and the previous version stays active if anything fails. Loop thread only.
 */
#ifndef TOCSIN_POLICY_POLICY_H
#define TOCSIN_POLICY_POLICY_H

#include "engine/decide.h"
#include "intake/group.h"
#include "policy/host.h"

struct policy;

/* Loads the built-in defaults, so that there always is a policy. */
struct policy *policy_create(const struct policy_host *host);
void policy_destroy(struct policy *policy);
/* Loads the built-in defaults (unless a team has replaced them) and every *.lua of `directory`, in order of name.
   *_test.lua are tests, which run first. NULL: only the defaults. On failure the policy stays as it was. */
int policy_load(struct policy *policy, const char *directory, struct error *err);
/* True when files have changed since the last attempt to load them. */
bool policy_changed(const struct policy *policy);
/* Describes the last attempt for people: the number of files, and a digest. */
void policy_digest(const struct policy *policy, struct str *out);
/* Called as the tests of a policy run. */
struct policy_report {
    void *ctx;
    void (*tested)(void *ctx, const char *name, const char *failure); /* failure NULL: it passed */
    void (*printed)(void *ctx, const char *text);                     /* one line from print(…) in a test */
};
/* Runs the tests of a directory. Returns the number of failures, or a negative error. */
int policy_test(const char *directory, const struct policy_report *report, struct error *err);

const struct rulebook *policy_rulebook(const struct policy *policy);

/* storm{}: when rules want to declare more often than this, further problems go into one incident. */
enum storm_by { STORM_BY_SERVICE, STORM_BY_TEAM, STORM_BY_RULE };
struct storm_brake {
    const char *name, *rule; /* rule: "policy.lua:12"; borrowed until the next load */
    int64_t limit;           /* this many are declared one by one */
    duration within;
    enum storm_by by;
};
#define STORM_LIMIT  100
#define STORM_WITHIN HOUR
/* The active one with index i, from 0; false: there are no more. */
bool policy_storm(const struct policy *policy, size_t i, struct storm_brake *ret);

/* approval{}: what a message to customers (a key, or EVERY_CUSTOMER) or a post (STATUS_PAGE) needs before it is sent. */
#define APPROVALS_MOST 5
struct approval {
    int64_t needs;   /* this many people */
    bool not_author; /* whoever wrote it is none of them */
};
struct approval policy_approval(const struct policy *policy, const struct incident *incident,
                                const char *customer);
/* Is everybody there of whom a role is asked? False: *missing says which role is not ("comms or lead"). */
bool policy_approval_roles(const struct policy *policy, const struct incident *incident, const char *customer,
                           bool (*has)(void *ctx, const char *role), void *ctx, struct str *missing);

/* The rules' verdict on an alert group that is new, regressed, or moved. */
enum verdict_kind {
    VERDICT_NONE, /* no rule matched */
    VERDICT_DECLARE,
    VERDICT_QUIET, /* a rule says: count it, but notify nobody */
    VERDICT_MUTE,  /* the same, until a time */
    VERDICT_ASK,   /* a rule failed: ask a person */
};
struct verdict {
    enum verdict_kind kind;
    char *title, *severity, *team, *service, *of_kind, *page; /* page: person or rotation; NULL: nobody */
    bool private;
    instant until;
    char *rule; /* "rules/payments.lua:12" */
    char *text; /* why, for a person: the rule's name and what matched */
    /* JSON object: the facts that it saw, and "competing": [{"name","rule","verdict","asked","failure"}]; the verdict of a rule that was
       called but did not decide is "no" or "failed". */
    char *facts;
};
void verdict_finish(struct verdict *verdict);
const char *verdict_name(enum verdict_kind kind); /* "none", "declare", … */
void policy_judge(struct policy *policy, const struct group *group, enum group_change change, instant now,
                  struct verdict *ret);

/* Why no rule declares an incident for a new group like this, where a single condition is in the way: its service is in none of a rule's
   sets of services, or its level is too low. CommonMark, one sentence; nothing where there is no such rule. */
void policy_explain(const struct policy *policy, const struct group *group, instant now, struct str *out);

/* Actions that scripts request. */
enum reaction_kind {
    REACTION_COMMAND, /* verb, name, text, value, until: on the incident */
    REACTION_SAY,     /* text (CommonMark) in the incident's channels, or in `channel` */
    REACTION_ANNOUNCE, /* the incident's card in the default announcement channel or in `channel`; value: whom to page if that fails */
    REACTION_OPEN_CHANNEL, /* a channel for it, with its card, on the connector `name`, or on every one that can */
    REACTION_CLOSE_CHANNEL,
    REACTION_PAGE,  /* value: person or rotation, text */
    REACTION_NUDGE, /* text: to the person `value` directly */
    REACTION_REPLY, /* text: to the person who ran the command */
};
struct reaction {
    enum reaction_kind kind;
    uint64_t incident;
    char *verb, *name, *text, *value, *channel, *rule;
    instant until;
};
typedef ARRAY(struct reaction) reaction_list;
void reaction_list_finish(reaction_list *list);

/* Calls the functions of on(event, …) for an event that was just folded into `incident`. */
void policy_react(struct policy *policy, const struct event *event, const struct incident *incident,
                  instant now, reaction_list *ret);

#define REMINDERS_MOST 100 /* of one obligation, where it says how many */

/* The obligations of an incident in its current state, from the obligation{} tables alone. */
struct obligation {
    char *name, *text, *rule;
    instant due;    /* the entry into the status, the last update, … plus `within` */
    duration every; /* how often people are reminded once it is missed */
    int64_t times;  /* how many times at most; 0: until it is done */
};
typedef ARRAY(struct obligation) obligation_list;
void obligation_list_finish(obligation_list *list);
void policy_obligations(struct policy *policy, const struct incident *incident, instant now,
                        obligation_list *ret);
/* Calls on_missed of an obligation. */
void policy_missed(struct policy *policy, const char *obligation, const struct incident *incident, instant now,
                   reaction_list *ret);

/* Whether there is a command{} with this name. */
bool policy_has_command(const struct policy *policy, const char *name, const char **ret_help);
/* All of them, in the order of the files. */
void policy_each_command(const struct policy *policy, void (*on)(void *ctx, const char *name, const char *help),
                         void *ctx);
/* On failure *ret is unchanged, and `err` says where it failed. */
int policy_run_command(struct policy *policy, const char *name, const char *arguments, const char *person,
                       const struct incident *incident, instant now, reaction_list *ret, struct error *err);

/* The active rules, for people, as a JSON array of {"name","rule","summary","verdict","fired"}. */
void policy_rules(const struct policy *policy, struct str *out);

#endif
