/*
 * chain - what makes the log tell when it was tampered with: each event's hash covers the hash before it.
 *
 * SHA-256 over the hash before, then seq, stream, version, at, type, by and data: numbers as eight bytes, the
 * least significant first, texts with their length before them, so that no two events share an encoding. The chain
 * has no key: it finds whoever edits some rows, not somebody who computes all of it anew; keep a head's hash
 * elsewhere (`tocsin verify` prints it) to find that too.
 *
 * A chain belongs to one thread at a time.
 */
#ifndef TOCSIN_JOURNAL_CHAIN_H
#define TOCSIN_JOURNAL_CHAIN_H

#include "base/str.h"
#include "journal/journal.h"
#include "journal/store.h"

struct chain {
    uint64_t seq;                   /* of the last event */
    uint8_t hash[CHAIN_HASH_BYTES]; /* its hash; zeros before the first */
    struct evp_md_ctx_st *context;
    struct str scratch;
};
void chain_init(struct chain *chain); /* empty: stands before the first event */
void chain_finish(struct chain *chain);

/* The hash of an event (its seq is read) that follows `before`. `ret` may be `before`. */
void chain_hash(struct chain *chain, const uint8_t before[CHAIN_HASH_BYTES], const struct journal_event *event,
                uint8_t ret[CHAIN_HASH_BYTES]);
/* Gives the event the next seq, moves the chain on to it, and writes its hash. */
void chain_add(struct chain *chain, struct journal_event *event, uint8_t ret_hash[CHAIN_HASH_BYTES]);

#endif
