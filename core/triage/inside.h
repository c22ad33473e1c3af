/*
 * inside - the state of this part, and the functions that its files share. Only this folder includes it.
 */
#ifndef TOCSIN_TRIAGE_INSIDE_H
#define TOCSIN_TRIAGE_INSIDE_H

#include "base/map.h"
#include "intake/group_table.h"
#include "triage/incoming.h"
#include "turn/part.h"

struct mute {
    char *pattern, *by, *reason;
    instant until;
};

struct demand { /* a rule decided to declare an incident */
    instant at;
    uint64_t incident; /* the declared one, or the one that gathers it */
    bool gathered;
    char *service, *team, *rule, *page; /* page: who was paged; NULL: nobody, or unknown since a restart */
};

struct idle { /* a group that opened no incident */
    uint64_t fingerprint;
    instant at; /* when it was noted; 0: a free slot */
    enum incoming_why why;
    char *rule, *text; /* either may be NULL */
    bool dirty;        /* to be written with the next flush */
};

struct refusals {
    struct refused rows[INCOMING_REFUSED];
    uint64_t dirty;       /* bit n: rows[n] is to be written */
    instant logged_since; /* a minute begins, with so many lines in the log */
    int logged;
};

struct triage {
    struct group_table *groups;
    uint64_t news_begun, news_kept;   /* turns that bring news, by number: the last; the last durable one */
    struct turn *alerting, *recorder; /* the turn of the current alerts; the turn that records go into */
    instant alerts_at;                /* the time, for the table's hooks */
    instant next_flush;
    ARRAY(struct mute) mutes;
    ARRAY(struct demand) demands; /* of the last hour, oldest first */
    struct idle idle[INCOMING_GROUPS];
    struct refusals refusals;
    struct map samples; /* fingerprint -> struct kept_sample */
};

static inline struct triage *triage_of(const struct core *core)
{
    return part_state(core, "triage");
}

/* groups.c: the groups in memory, and their documents. */
struct group_table *groups_create(struct core *core);
bool groups_flush(struct core *core, instant now); /* of some groups; true: more are left */
/* Later records go into a turn of their own. */
void groups_end_recording(struct triage *triage);
/* The group belongs to that incident from now on; stored in this turn. */
void groups_give(struct turn *turn, struct group *group, uint64_t incident);
void groups_settle(struct turn *turn, struct group *group); /* its incident is over */
/* The group in memory of that fingerprint, in text; NULL: it is not. */
const struct group *groups_held(const struct core *core, const char *fingerprint);
/* The group as it is in memory, else as the journal has it, in *read, which the caller finishes either way; NULL: unknown. Does not load
   it into memory: reading a list, or a long replay, must not evict current groups. */
const struct group *groups_peek(struct core *core, uint64_t fingerprint, struct group *read);
bool groups_visible(struct core *core, const struct event *event, const char *viewer);

/* judge.c: handles one change of a group in this turn. Returns the incident that it opened or joined; 0: none. The caller records the
   group, if judge_records says so. */
uint64_t judge_change(struct turn *turn, struct group *group, enum group_change change);
/* Is the group recorded together with the event of such a change? */
bool judge_records(enum group_change change);

/* What a responder wants to know first of a group. The caller frees. */
char *judge_summary(const struct group *group);

/* incoming.c: the group opened no incident. Is that told by an event of this turn? Then it is written with it, else with the flush. */
void incoming_note(struct turn *turn, const struct group *group, bool told, enum incoming_why why,
                   const char *rule, const char *text);
int incoming_load(struct core *core, struct error *err);
void incoming_finish(struct triage *triage);
void incoming_flush(struct core *core, instant now);
int refused_load(struct core *core, struct error *err); /* refused.c, likewise */
void refused_finish(struct triage *triage);
void refused_flush(struct core *core, instant now);

/* rule.c: runs a command on an incident in the name of a rule. */
int rule_do(struct turn *turn, uint64_t incident, struct command command, const char *rule, struct error *err);
/* Relates two incidents to each other, unless one is private or unknown. `why` may be NULL. */
void rule_relate(struct turn *turn, uint64_t a, uint64_t b, const char *why);

/* alerts.c: judges groups whose counts moved while reports were held back, and groups whose own time has come; some of them. Returns
   when to call again; 0: after the next alert. */
instant alerts_tell_later(struct core *core, instant now);

/* mutes.c */
int mutes_load(struct core *core, struct error *err);
void mutes_finish(struct triage *triage);
const struct mute *mute_of(const struct triage *triage, const char *fingerprint, const struct problem *about,
                           instant now);

/* mute_match.c: what a pattern means. Refused: an unknown field, or a pattern that fits everything. */
int mute_check(const char *pattern, struct error *err);
bool mute_matches(const char *pattern, const char *fingerprint, const struct problem *about);

/* storms.c: gathers the problems of a storm in one incident. */
void storms_load(struct core *core); /* after the incidents are loaded */
void storms_finish(struct triage *triage);
/* A rule decided to declare an incident for the group. Returns the open incident that gathers it instead, with the storm{} that
   requires it in *ret_brake (borrowed from the policy); 0: declare one. The first time, the gathering incident announces it. */
uint64_t storms_gather(struct turn *turn, const struct group *group, const struct verdict *verdict,
                       struct storm_brake *ret_brake);
/* An incident was declared for the group: counts it. */
void storms_declared(struct turn *turn, const struct group *group, const struct verdict *verdict,
                     uint64_t incident);

/* Was that person or rotation paged for it, by a rule that declared or was gathered since the last start? */
bool storms_paged(const struct triage *triage, uint64_t incident, const char *whom);

/* raise.c: a rule asks for more than the group's open incident has. A hash of what it asks for: */
int64_t raise_want(const struct verdict *verdict);
/* True when that raised the incident; false: it has all of it, or it was raised for the same before. */
bool raise_incident(struct turn *turn, struct group *group, const struct verdict *verdict);

/* card.c: the part's fields of a card. */
void triage_card(struct core *core, const struct incident *incident, const struct card_context *context,
                 struct json_out *fields);

/* facts.c: adds the sender's links to the incident, each once, in the name of that person; by NULL: of that rule. */
void facts_link(struct turn *turn, const struct group *group, uint64_t incident, const char *by,
                const char *rule);
void facts_card_text(struct core *core, const struct incident *incident, struct str *commonmark);

/* merge.c: an incident was merged into another. */
void merge_folded(struct turn *turn, const struct event *event, const struct incident *incident);
/* Moves one alert with its group, or one channel, to another incident. */
void merge_move_alert(struct turn *turn, uint64_t from, uint64_t to, const struct state_alert *alert);
void merge_move_channel(struct turn *turn, uint64_t from, uint64_t to, const struct state_channel *channel);
/* Says in an incident something about another, unless not all of its readers may know that one. */
void merge_tell(struct turn *turn, uint64_t incident, const char *before, uint64_t other, const char *after);

/* unmerge.c: the moment at which a merge can no longer be undone; then its button goes. */
void unmerge_deadlines(struct core *core, const struct incident *incident);
void unmerge_passed(struct turn *turn, uint64_t incident);

#endif
