/*
 * query - reading: lists, timelines, searches, what is alike. Every function asks sight.h before anything of an incident
 * leaves it. A limit of 0 is the function's own. Results are 0 or an error; `on` returns false to end. Loop's thread only.
 */
#ifndef TOCSIN_SIGHT_QUERY_H
#define TOCSIN_SIGHT_QUERY_H

#include "engine/state.h"
#include "turn/core.h"

struct query {
    const char *viewer;
    enum status status; /* STATUS_NONE: open ones (triage, active, paused) unless `all` */
    bool all;
    const char *severity, *team, *service; /* NULL: any */
    uint64_t before;                       /* only numbers below; 0: all. For paging, newest first */
    size_t limit;                          /* at most 1,000 */
};
int query_list(struct core *core, const struct query *query,
               bool (*on)(void *ctx, const struct incident *incident), void *ctx, struct error *err);
/* Newest first from before version `before` (0: the end). Bookkeeping events (cards, channels) are left out. */
int query_timeline(struct core *core, uint64_t incident, const char *viewer, uint64_t before, size_t limit,
                   bool (*on)(void *ctx, const struct event *event), void *ctx, struct error *err);
int query_search(struct core *core, const char *words, const char *viewer, size_t limit,
                 bool (*on)(void *ctx, const struct incident *incident, const struct event *event), void *ctx,
                 struct error *err);
/* Ended incidents like this one: same alert group first, then by words of the title. */
int query_similar(struct core *core, uint64_t incident, const char *viewer, size_t limit,
                  bool (*on)(void *ctx, const struct incident *incident, const char *why), void *ctx,
                  struct error *err);

#endif
