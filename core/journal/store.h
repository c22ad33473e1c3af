/*
 * store - what the journal needs of a database. SQLite implements it now; the simulator has one in memory that fails on
 * demand. The journal front (queue, commit thread, hash chain) is the same over all of them.
 *
 * commit runs on the commit thread, everything else on the loop's thread; a store opens what it needs for both. A
 * store knows nothing of events beyond their columns.
 */
#ifndef TOCSIN_JOURNAL_STORE_H
#define TOCSIN_JOURNAL_STORE_H

#include "journal/journal.h"

#define CHAIN_HASH_BYTES 32

struct store_batch {
    struct journal_batch *batch;         /* seq set by the front */
    uint8_t (*hashes)[CHAIN_HASH_BYTES]; /* one per event */
    int rc;                              /* out: 0, or ERR_CONFLICT for this batch alone */
    struct error err;
};

struct store {
    const struct store_ops *ops;
};
struct store_ops {
    /*
     * One transaction for `n` batches. Checks each batch's expected versions, in order, against what is stored and
     * against the batches before it. Because seq and hash depend on which batches are kept, the front calls `check`
     * first (same transaction), then numbers and hashes those that passed, then `write`, then `commit`. What was
     * given to `write` stays until `commit` or `rollback` has returned.
     * A failure of begin, write or commit fails the whole group: nothing of it is kept.
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
    int (*search)(struct store *store, const char *words, size_t limit, journal_on_event *on, void *ctx,
                  struct error *err);
    int (*docs)(struct store *store, const struct doc_query *query, const char *key, journal_on_doc *on,
                void *ctx, struct error *err); /* key not NULL: that one */
    int (*prune)(struct store *store, enum doc_kind kind, instant before, size_t limit, struct error *err);
    void (*close)(struct store *store);
};

int sqlite_store_open(const char *path, struct store **ret, struct error *err);
/* Opens a journal over a given store, which it takes over. */
int journal_open_store(struct store *store, struct uv_loop_s *loop, struct journal **ret, struct error *err);

#endif
