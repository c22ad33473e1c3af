/*
 * host - what the policy needs of its caller: what scripts may read, and where their failures go.
 *
 * The caller fills in the table; a function that it lacks is NULL. All results are borrowed until the next call. Loop thread only.
 */
#ifndef TOCSIN_POLICY_HOST_H
#define TOCSIN_POLICY_HOST_H

#include "engine/state.h"
#include "rotation/holidays.h"

/* What scripts may read of the directory of customers; texts are NULL where it says nothing. */
struct policy_customer {
    const char *key, *name, *tier, *owner, *language, *wish;
    bool cares;
};

/* How long customers have heard nothing. */
struct policy_silence {
    instant
        untold_since; /* since when one of them is affected who has not been told; the earliest; 0: all were told */
    instant told_at; /* when one of them was last told; the earliest; 0: nobody was told */
    bool open;       /* a conversation: with somebody who was told or wrote, and was not told since it ended */
};

/* How many alerts came lately, and in as long a time before that. */
struct policy_pace {
    int64_t recent, before;
};

/* What scripts may read, and how failures are reported. All results are borrowed. */
struct policy_host {
    void *ctx;
    const struct incident *(*incident)(void *ctx, uint64_t id);
    /* Open incidents; the callback returns false to stop. */
    void (*each_incident)(void *ctx, bool (*on)(void *on_ctx, const struct incident *incident), void *on_ctx);
    /* A person as the text of a JSON object {"id","name","email","zone"}; NULL when unknown. */
    const char *(*person)(void *ctx, const char *id);
    void (*on_failure)(void *ctx, const char *where, const char *text, uint64_t incident);
    /* Is this word a built-in command, which command{} cannot use? NULL: there are none. */
    bool (*is_command)(void *ctx, const char *word);
    /* A customer by key or alias. False: the directory has none. NULL: there is no directory. */
    bool (*customer)(void *ctx, const char *key, struct policy_customer *ret);
    /* Of the incident's customers with a tier (NULL: any) whom we watch over (1), or not (0), or either (-1). NULL: as the incident's
       state says, which does not know them one by one. */
    struct policy_silence (*silence)(void *ctx, const struct incident *incident, const char *tier, int cares);
    /* Each customer whom the incident affects, by key; the callback returns false to stop. NULL: its state names them all. */
    void (*affected)(void *ctx, const struct incident *incident, bool (*on)(void *on_ctx, const char *key),
                     void *on_ctx);
    /* The time zone of texts for many people; NULL: UTC. */
    const char *(*zone)(void *ctx);
    /* Of the incident's groups, within so many minutes (1 to 30). NULL: nothing counts them. */
    struct policy_pace (*pace)(void *ctx, const struct incident *incident, int minutes, instant now);
    /* The holidays last read from an address; the caller finishes *ret. False: they never were. NULL: nothing reads addresses. */
    bool (*holidays)(void *ctx, const char *url, struct holidays *ret);
};

#endif
