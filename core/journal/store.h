/*
 * store - what the journal needs from a database. SQLite implements it; the simulator has one in memory that fails on
 * demand. The front of the journal (queue, commit thread, hash chain) is the same for all of them.
 *
 * begin to head run on the commit thread, the rest on the loop's thread; a store opens what it needs for both. A
 * store knows nothing about events beyond their columns.
 */
#ifndef TOCSIN_JOURNAL_STORE_H
#define TOCSIN_JOURNAL_STORE_H

#include "journal/times.h"

#define CHAIN_HASH_BYTES 32

struct store_batch {
    struct journal_batch *batch;         /* the front sets seq */
    uint8_t (*hashes)[CHAIN_HASH_BYTES]; /* one per event */
    int rc;                              /* out: 0, or ERR_CONFLICT for this batch alone */
    struct error err;
};

struct store_watch {       /* who is told of what is damaged */
    journal_on_damage *on; /* NULL: nobody */
    journal_on_damaged_event *on_event;
    void *ctx;
};
struct store {
    const struct store_ops *ops;
    struct store_watch watch; /* set by the front; on the loop's thread */
};
struct store_ops {
    /*
     * One transaction for a group of batches. `check` compares the expected versions of a batch with what is stored and
     * with the batches before it. Since seq and hash depend on which batches are kept, the front calls `check`, numbers
     * and hashes the batch if it passed, calls `write`, and at the end `commit`. What was passed to `write` stays
     * valid until `commit` or `rollback` has returned. A failure of begin, write or commit fails the whole group:
     * nothing of it is kept.
     */
    int (*begin)(struct store *store, struct error *err);
    int (*check)(struct store *store, struct store_batch *batch, struct error *err);
    int (*write)(struct store *store, struct store_batch *batch, struct error *err);
    int (*commit)(struct store *store, struct error *err);
    void (*rollback)(struct store *store);
    /* The last event's seq and hash; 0 and zeros for an empty log. */
    int (*head)(struct store *store, uint64_t *ret_seq, uint8_t ret_hash[CHAIN_HASH_BYTES], struct error *err);

    int (*read)(struct store *store, uint64_t after_seq, size_t limit, journal_on_event *on, void *ctx,
                struct error *err);
    int (*read_stream)(struct store *store, const char *stream, uint64_t after, uint64_t before,
                       bool descending, size_t limit, journal_on_event *on, void *ctx, struct error *err);
    int (*search)(struct store *store, const struct search_query *query, journal_on_event *on, void *ctx,
                  struct error *err);
    int (*docs)(struct store *store, const struct doc_query *query, const char *key, journal_on_doc *on,
                void *ctx,
                struct error *err); /* key: only that document, unless NULL; ERR_CORRUPT if it is damaged */
    int (*times)(struct store *store, const struct doc_query *query, journal_on_time *on, void *ctx,
                 struct error *err); /* query: kind, prefix, after, limit */
    int (*prune)(struct store *store, enum doc_kind kind, instant before, size_t limit, struct error *err);
    /* Housekeeping after commits, which nobody waits for. `idle`: nothing has been committed for a while, so it may take its time;
       else only what cannot be put off is done. Returns true if there is more to do when idle. NULL: there is none. */
    bool (*tidy)(struct store *store, bool idle);
    void (*close)(struct store *store);
};

int sqlite_store_open(const char *path, struct store **ret, struct error *err);
/* Opens a journal on a given store, and owns the store from then on. */
int journal_open_store(struct store *store, struct uv_loop_s *loop, struct journal **ret, struct error *err);

#endif
