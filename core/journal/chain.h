/*
 * chain - the hash of an event, over the hash of the event before it and everything that is kept of the event. So an edited,
 * dropped, inserted or reordered event breaks the chain from there on. SHA-256 (libcrypto). Pure.
 */
#ifndef TOCSIN_JOURNAL_CHAIN_H
#define TOCSIN_JOURNAL_CHAIN_H

#include "journal/store.h"

/* Each text goes in with its length before it, so that no two events look the same to the hash. */
void chain_hash(const uint8_t before[CHAIN_HASH_BYTES], const struct journal_event *event,
                uint8_t ret_hash[CHAIN_HASH_BYTES]);

#endif
