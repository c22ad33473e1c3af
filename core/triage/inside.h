/*
 * inside - what this part remembers, and what its files need of each other. Only this folder includes it.
 */
#ifndef TOCSIN_TRIAGE_INSIDE_H
#define TOCSIN_TRIAGE_INSIDE_H

#include "intake/group.h"
#include "turn/part.h"

struct mute {
    char *pattern, *by, *reason;
    instant until;
};

struct want { /* a rule wanted an incident */
    instant at;
    uint64_t incident; /* that it got, or that gathers it */
    bool gathered;
    char *service, *team, *rule, *page; /* page: whom it paged; NULL: nobody, or before the last start */
};

struct triage {
    struct group_table *groups;
    struct turn *alerting, *recorder; /* the turn of the alerts at hand; the one that records go into */
    instant alerts_at;                /* now, for the table's hooks */
    instant next_flush;
    ARRAY(struct mute) mutes;
    ARRAY(struct want) wants; /* of the last hour, oldest first */
};

static inline struct triage *triage_of(const struct core *core)
{
    return part_state(core, "triage");
}

/* groups.c: the groups in memory, and their documents. */
struct group_table *groups_create(struct core *core);
void groups_flush(struct core *core, instant now);
/* What is recorded from now on goes into a turn of its own again. */
void groups_end_recording(struct triage *triage);
/* The group belongs to that incident, durably with what made it so. */
void groups_give(struct turn *turn, struct group *group, uint64_t incident);
bool groups_visible(struct core *core, const struct event *event, const char *viewer);

/* judge.c: one change of a group, in the turn at hand. */
void judge_change(struct turn *turn, struct group *group, enum group_change change);
/* The group is recorded with what is told of such a change. */
bool judge_records(enum group_change change);

/* rule.c: runs a verb on an incident as the policy's rule. */
int do_rule(struct turn *turn, uint64_t incident, struct command command, const char *rule, struct error *err);
/* Each becomes a related incident of the other, unless one is private or not there. */
void relate(struct turn *turn, uint64_t a, uint64_t b);

/* alerts.c: groups that moved again soon after it was told. Returns when to ask next, 0: after the next alert. */
instant alerts_tell_moved(struct core *core, instant now);

/* mutes.c */
int mutes_load(struct core *core, struct error *err);
void mutes_finish(struct triage *triage);
const struct mute *mute_of(const struct triage *triage, const char *fingerprint, const char *title,
                           const char *service, instant now);

/* storms.c: the brake on storms. */
void storms_load(struct core *core); /* after the incidents */
void storms_finish(struct triage *triage);
/* A rule wants an incident for the group: the open one that gathers it instead, counted, by the brake in *ret_brake (borrowed from
   the policy); 0: no storm{} stands against one of its own. The first time the gathering incident says so. */
uint64_t storms_gather(struct turn *turn, const struct group *group, const struct verdict *verdict,
                       struct storm_brake *ret_brake);
/* It got one of its own: counted. */
void storms_declared(struct turn *turn, const struct group *group, const struct verdict *verdict,
                     uint64_t incident);

/* merge.c: one incident ended in another. */
void merge_folded(struct turn *turn, const struct event *event, const struct incident *incident);

#endif
