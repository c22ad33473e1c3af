/*
 * poll - reading a desk or tracker that does not say by itself what is new: rounds, pages, and how far they came.
 *
 *     struct kit_seen seen;
 *     kit_seen_load(&seen, host, "transactions", 500);
 *     … in each round, ask for the rows from kit_seen_from(&seen) on; for each, oldest first:
 *         if (!kit_seen_has(&seen, id) && !kit_seen_pass(&seen, id, position, event_of(row)))
 *             break;   the core did not take it: it comes again in the next round
 *     kit_seen_save(&seen);
 *
 * A row has an id and a position: its time in seconds, or a number that grows. Several may have the same position, and one that is
 * committed late is seen after others with a greater one. So each round begins some way before the greatest position, and what
 * was seen since there is known by its id. Both are stored with the event, so nothing is lost or passed in twice by a restart.
 */
#ifndef TOCSIN_KIT_POLL_H
#define TOCSIN_KIT_POLL_H

#include <stdbool.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include <tocsin/connector.h>
#include <tocsin/kit/text.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- how far ---- */

#define KIT_SEEN_MOST 1500 /* ids that are remembered; the oldest go first */

/* The caller owns it. One thread at a time. */
struct kit_seen {
    const struct tocsin_host *host; /* borrowed */
    char key[200];
    int64_t overlap;
    int64_t first,
        latest; /* where the first round began, and the greatest position since; -1: there was no round yet */
    cJSON *ids; /* {id: position}, in the order in which they came */
    bool moved; /* since it was last stored */
};

/* Loads what was stored under that key, a name of at most 190 bytes. Rounds begin `overlap` before the latest position. */
void kit_seen_load(struct kit_seen *seen, const struct tocsin_host *host, const char *key, int64_t overlap);
void kit_seen_finish(struct kit_seen *seen);
/* Sets where the first round ever begins: what is at or before `latest` is not new. */
void kit_seen_begin(struct kit_seen *seen, int64_t latest);
/* The position from which the next round asks: rows that have it are asked for again. */
int64_t kit_seen_from(const struct kit_seen *seen);
bool kit_seen_has(const struct kit_seen *seen, const char *id);
/* Emits the event of a row, which it frees; NULL: the row has none. False: the core could not store it, so try again later. */
bool kit_seen_pass(struct kit_seen *seen, const char *id, int64_t position, cJSON *event);
/* Stores what no event has stored. False if that failed; the next save tries again. */
bool kit_seen_save(struct kit_seen *seen);

/* ---- pages ---- */

/*
 * Reads one page of a list and takes what is on it. `at`: "" for the first, then what the page before wrote to `next`: a URL, a
 * cursor, a number. Nothing in `next`: that was the last one. False: it failed, or enough is known.
 */
typedef bool kit_page(void *ctx, const char *at, struct kit_text *next);
/* Reads pages, at most so many. False where a page was: then the list was not read to its end. A page that names itself as the
   next one is the last. */
bool kit_pages(kit_page *page, void *ctx, int most);

/* Takes a row. False: the rest comes again in the next round. */
typedef bool kit_take(void *ctx, const cJSON *row);
/* Takes the rows of an array by a number that they have, the least first, for lists in another order: what a round does not reach must not
   come before what it does. */
void kit_take_ordered(const cJSON *rows, const char *number, kit_take *take, void *ctx);

/* ---- rounds ---- */

struct kit_rounds;

/* Reads what is new, and sets the outcome as an action would: kit_answer_result does. */
typedef void kit_round(void *ctx, struct tocsin_result *result);

/* NULL if memory runs out. */
struct kit_rounds *kit_rounds_create(const struct tocsin_host *host);
/* Call it after run has returned. Accepts NULL. */
void kit_rounds_destroy(struct kit_rounds *rounds);
/*
 * For run(): makes a round every interval until it is stopped. After one that failed it waits longer, up to five minutes, and at
 * least the platform's own delay; from the second one in a row the platform counts as unreachable. Returns 0, or TOCSIN_E_AUTH
 * with the detail when a round was TOCSIN_AUTH.
 */
int32_t kit_rounds_run(struct kit_rounds *rounds, int64_t interval_ms, kit_round *round, void *ctx,
                       struct tocsin_error *error);
/* For stop(): run returns when the round under way ends. Any thread. */
void kit_rounds_stop(struct kit_rounds *rounds);

#ifdef __cplusplus
}
#endif
#endif
