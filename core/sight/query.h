/*
 * query - lists, timelines, searches and similar incidents, each as `viewer` may see them (sight.h). A limit of 0 means the
 * function's default. `on` returns false to stop. Functions return 0 or an error. Loop's thread only.
 */
#ifndef TOCSIN_SIGHT_QUERY_H
#define TOCSIN_SIGHT_QUERY_H

#include "engine/state.h"
#include "turn/core.h"

struct query {
    const char *viewer;
    enum status status; /* STATUS_NONE: open incidents (triage, active, paused), or every one if `all` */
    bool all;
    const char *severity, *team, *service; /* NULL: any */
    uint64_t before;                       /* only lower numbers; 0: all. For paging, newest first */
    size_t limit;                          /* at most 1,000 */
    bool ended;                            /* only those that are over, whatever `all` says */
    size_t look;                           /* so many are looked at, at most; 0: as many as it takes */
    /* What to ask for `before` next; 0: there are no more. NULL: never mind. The viewer may not see all that it names: who passes it on
       seals it. */
    uint64_t *ret_before;
};
int query_list(struct core *core, const struct query *query,
               bool (*on)(void *ctx, const struct incident *incident), void *ctx, struct error *err);
/* Incidents that have ended and still owe something, the newest first. Only the newest OWING_LOOK of them are looked at. *ret_older: there
   are others; whether the viewer may see one of those is not known. */
#define OWING_LOOK 300
int query_owing(struct core *core, const char *viewer, bool (*on)(void *ctx, const struct incident *incident),
                void *ctx, bool *ret_older, struct error *err);
/* Newest first, starting before version `before` (0: at the end). Internal events (cards, channels) are left out. */
int query_timeline(struct core *core, uint64_t incident, const char *viewer, uint64_t before, size_t limit,
                   bool (*on)(void *ctx, const struct event *event), void *ctx, struct error *err);
/* The same a part at a time: at most `look` entries are read, those that are left out, too. *ret_before: what to ask for `before` next; 0:
   there are none before. */
int query_timeline_part(struct core *core, uint64_t incident, const char *viewer, uint64_t before, size_t look,
                        bool (*on)(void *ctx, const struct event *event), void *ctx, uint64_t *ret_before,
                        struct error *err);
/* Best match first, each incident once. `until`: nothing that happened later (0: all), so that a longer list begins as a shorter one did. */
int query_search(struct core *core, const char *words, const char *viewer, instant until, size_t limit,
                 bool (*on)(void *ctx, const struct incident *incident, const struct event *event), void *ctx,
                 struct error *err);
/*
 * The same a part at a time: it begins at *at and sets that to where the next part begins. What has the words in its title comes
 * first; an incident may come again in another part, for something that was said in it. What a call costs is bounded, so a part may
 * be empty though another follows. The place may be one that the viewer may not see: who passes it on seals it.
 */
struct search_place { /* {0}: at the beginning */
    unsigned pass;
    uint64_t before;
    bool over; /* there is no more */
};
int query_search_part(struct core *core, const char *words, const char *viewer, struct search_place *at,
                      bool (*on)(void *ctx, const struct incident *incident, const struct event *event),
                      void *ctx, struct error *err);
/* Ended incidents like this one: first those with the same alert group, then those with similar titles (likeness.c). `why` names
   which. */
int query_similar(struct core *core, uint64_t incident, const char *viewer, size_t limit,
                  bool (*on)(void *ctx, const struct incident *incident, const char *why), void *ctx,
                  struct error *err);
/* The past incident that teaches most about this one: over, seen by everybody, and with a word on what fixed it. The newest of those with
   the same alert, else the one whose title shares the heaviest words; a rare word is heavy. What it costs is bounded. */
#define LESSON_SAME_ALERT 100
#define LESSON_LEAST      18 /* the weight from which on it is worth a line: measured by tests/unit/lessons */
struct lesson {
    uint64_t past; /* 0: there is none */
    int weight;
};
int query_lesson(struct core *core, const struct incident *incident, struct lesson *ret, struct error *err);
/* Open incidents that a text may belong to: those that share the most of its words come first. */
int query_fitting(struct core *core, const char *text, const char *viewer, size_t limit,
                  bool (*on)(void *ctx, const struct incident *incident, const char *why), void *ctx,
                  struct error *err);

#endif
