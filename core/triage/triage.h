/*
 * triage - from alerts to incidents: alerts are grouped, and rules judge the groups and declare incidents. Mutes and storms hold
 * them back, and duplicates are merged.
 *
 * An alert is counted in the memory of its group. The rules are asked only when a group is new, comes back, is resolved, or has
 * moved enough. A new group, or one more customer whom it affects, is durable before its sender is answered; counts are written some
 * seconds later. Loop's thread only.
 */
#ifndef TOCSIN_TRIAGE_TRIAGE_H
#define TOCSIN_TRIAGE_TRIAGE_H

#include "intake/alert.h"
#include "intake/group.h"
#include "turn/part.h"

extern const struct part triage_part;

/* Takes alerts in. `done` (may be NULL) is called at once with rc 0 if nothing has to become durable, else after the commit. */
void triage_alerts(struct core *core, const struct alert *alerts, size_t n, instant now, journal_done *done,
                   void *ctx);

/* The same with one part of a body, n of its alerts from `from` on, in their order. What the parts open is related as if it was one. */
void triage_alerts_part(struct core *core, const struct alert_list *body, size_t from, size_t n, instant now,
                        journal_done *done, void *ctx);

/* By fingerprint, from memory or the journal; NULL: never seen. Borrowed until the next alert. */
struct group *triage_group(struct core *core, const char *fingerprint, instant now);
/* The group if it is in memory, where its counts are newer than in its document; else NULL. Borrowed likewise. */
const struct group *triage_group_held(const struct core *core, uint64_t fingerprint);
size_t triage_group_count(const struct core *core); /* in memory */

/* The same as the viewer may see it, without loading it into memory: in memory, or in *read, which the caller finishes either way. NULL:
   never seen, or not for them. */
const struct group *triage_group_seen(struct core *core, const char *fingerprint, const char *viewer,
                                      struct group *read);

/* A part of the list of all groups, those first that were recorded last: what is counted is recorded within a minute. Where it ended may be
   a group that the viewer may not see: who passes that on seals it. */
struct group_span {
    const char *viewer;
    char after
        [FINGERPRINT_TEXT]; /* the last group that was looked at before; "": none. Changed by the call, for the next one */
    instant at;             /* when that one was recorded as seen; likewise */
    size_t look;            /* at most so many are looked at */
    bool more;              /* result: others may follow */
};
/* Calls `on` for each that the viewer may see, until it returns false; groups are borrowed for the call. Their customers are not all known. */
int triage_groups(struct core *core, struct group_span *page, bool (*on)(void *ctx, const struct group *group),
                  void *ctx, struct error *err);
/* The last incidents that the group was attached to, as far as the viewer may see them, the latest first. */
int triage_group_incidents(struct core *core, const char *fingerprint, const char *viewer, size_t limit,
                           bool (*on)(void *ctx, const struct incident *incident), void *ctx,
                           struct error *err);

/* How many alerts of the incident came within the last minutes (1 to 30), and in as many before, as far as its groups are in memory. */
struct policy_pace triage_pace(const struct core *core, const struct incident *incident, int minutes,
                               instant now);

/* The latest kept alert of a group, copied into the arena, whoever may see it (sight_group_visible); false: none is kept. */
bool triage_sample(struct core *core, const char *fingerprint, struct arena *arena, struct alert *ret);
/* Adds what it says: type, value, frames, circumstances. `all`: with breadcrumbs and links, else briefly, for a card. */
void triage_write_sample(const struct alert *alert, bool all, struct str *commonmark);

/* Takes an incident that was merged within the last hour out of its survivor, as it was before, with its alerts and channels. What
   the survivor got meanwhile stays there. `survivor`: NULL: the asker may not see it. Returns 0, or an error that says why it
   cannot be done; then nothing was done. */
int triage_unmerge(struct turn *turn, const struct incident *incident, const struct incident *survivor,
                   const char *by, const char *viewer, const char *reason, struct error *err);

/* Mutes by pattern: a group's fingerprint, or a glob over titles and services, or over one field
   (`title=`, `service=`, `environment=`), in any case. A mute always ends. */
int mutes_add(struct turn *turn, const char *pattern, instant until, const char *by, const char *reason,
              struct error *err);
int mutes_remove(struct turn *turn, const char *pattern, const char *by, struct error *err);
struct mute_view {
    const char *pattern, *by, *reason;
    instant until;
};
/* Those that have not ended; borrowed for the call. `on` returns false to stop. */
void mutes_each(const struct core *core, instant now, bool (*on)(void *ctx, const struct mute_view *mute),
                void *ctx);
/* Writes what the pattern matches now, of the groups in memory that everybody may see: how many, and up to three titles. */
void mutes_describe(struct core *core, const char *pattern, struct str *out);
/* Does it begin as a field: "host=db1"? */
bool mute_names_field(const char *text);

#endif
