/*
 * chain - makes tampering with the log visible: the hash of each event covers the hash before it.
 *
 * SHA-256 over the previous hash, then seq, stream, version, at, type, by and data: numbers as eight bytes, least
 * significant first, texts preceded by their length, so that no two events share an encoding. The chain has no key: it
 * reveals edited rows, but not a chain that was recomputed as a whole. To detect that too, keep the hash of a head
 * elsewhere (`tocsin verify` prints it).
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
    uint8_t hash[CHAIN_HASH_BYTES]; /* of the last event; zeros before the first */
    struct evp_md_ctx_st *context;
    struct str scratch;
};
void chain_init(struct chain *chain); /* empty: before the first event */
void chain_finish(struct chain *chain);

/* The hash of an event (its seq is read) that follows `before`. `ret` may be `before`. */
void chain_hash(struct chain *chain, const uint8_t before[CHAIN_HASH_BYTES], const struct journal_event *event,
                uint8_t ret[CHAIN_HASH_BYTES]);
/* Gives the event the next seq, adds it to the chain, and writes its hash. */
void chain_add(struct chain *chain, struct journal_event *event, uint8_t ret_hash[CHAIN_HASH_BYTES]);

#endif
