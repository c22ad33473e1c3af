/*
 * feed - what is new in a list whose rows have numbers that grow: transactions, events, comments.
 *
 *     struct kit_feed feed = {.ask = ask, .event_of = event_of};
 *     kit_seen_load(&feed.seen, host, "transactions", 300);
 *     … in each round: kit_feed_read(&feed, &task);
 *     kit_seen_finish(&feed.seen);
 *
 * Each row is told once, oldest first, also through restarts (kit/poll.h). What was there before the first round ever is not told. A
 * row that the platform fails to tell (5xx) in five rounds in a row is left, and the log says which: it must not keep the rest from
 * coming in. One thread at a time.
 */
#ifndef TOCSIN_KIT_FEED_H
#define TOCSIN_KIT_FEED_H

#include <stdbool.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include <tocsin/kit/api.h>
#include <tocsin/kit/poll.h>

#ifdef __cplusplus
extern "C" {
#endif

struct kit_feed {
    /* Reads the rows from a number on, in their order, as many as the platform gives at once; `newest`: the last one alone. An array
       that the feed deletes, each row with its "id"; NULL: the task's result says why. */
    cJSON *(*ask)(struct kit_task *task, const struct kit_feed *feed, int64_t from, bool newest);
    /* What a row says, which the feed emits; NULL: nothing, or the task failed. */
    cJSON *(*event_of)(struct kit_task *task, const cJSON *row);
    const char *what;     /* which rows; for `ask` alone; borrowed */
    struct kit_seen seen; /* loaded by the caller */
    struct kit_task *task;
    int64_t failing; /* the row at which the latest round ended, */
    int failures;    /* and how many did so in a row */
};

/* Reads what is new and emits it. What fails sets the task's result, and is read again in the next round. */
void kit_feed_read(struct kit_feed *feed, struct kit_task *task);

#ifdef __cplusplus
}
#endif
#endif
