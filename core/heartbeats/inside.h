/*
 * inside - the heartbeats and the rotations in memory. Only this folder includes it. Loop's thread only.
 */
#ifndef TOCSIN_HEARTBEATS_INSIDE_H
#define TOCSIN_HEARTBEATS_INSIDE_H

#include "base/map.h"
#include "base/mem.h"
#include "base/secret.h"
#include "heartbeats/heartbeats.h"
#include "intake/alert.h"

struct pulse { /* what is known of one heartbeat */
    char *name;
    char hash[SECRET_HASH_TEXT]; /* of its address; "": it has none yet */
    instant since;               /* it is expected since then */
    instant heard;               /* 0: never */
    bool told;                   /* an alert says that it was missed */
    bool away;                   /* the policy does not name it now */
};

struct heartbeats {
    struct map pulses; /* by name in lower case: struct pulse */
    instant started;   /* this process */
    instant next;      /* when to look again */
    struct map duties; /* by the name of their rotation in lower case: struct duty */
    instant next_duty; /* when to look again at who can be reached */
};

struct heartbeats *heartbeats_of(const struct core *core);
/* NULL: nothing is known of it yet. */
struct pulse *pulse_find(const struct core *core, const char *name);
/* Makes it, from now on. */
struct pulse *pulse_need(struct turn *turn, const char *name);
void pulse_write(struct turn *turn, const struct pulse *pulse);
/* When it is missed if nothing is heard until then. */
instant pulse_due(const struct pulse *pulse, const struct heartbeat *heartbeat);

/* pulses.c */
int pulses_load(struct core *core, struct error *err);
void pulses_finish(struct heartbeats *heartbeats);

/* notice.c: an alert of Tocsin's own. All that are about the same thing are one group. Texts are borrowed. */
struct notice {
    const char *source, *about; /* about: what it is about, by its name */
    const char *title, *message;
    const char *service, *environment; /* "" if not known */
    enum alert_level level;
    enum alert_status status;
};
void notice_give(struct core *core, const struct notice *notice, instant now);

/* reach.c: looks at who is on call. Returns when to look again; 0: there are no rotations. */
int reach_load(struct core *core, struct error *err);
instant reach_tick(struct core *core, instant now);
void reach_finish(struct heartbeats *heartbeats);

#endif
