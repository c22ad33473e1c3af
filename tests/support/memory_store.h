/*
 * memory_store - a store in memory that fails and crashes on demand, for tests and the simulator.
 *
 * Committed data survives the journal that was opened on the store; closing that journal does not destroy the store.
 */
#ifndef TOCSIN_TESTS_MEMORY_STORE_H
#define TOCSIN_TESTS_MEMORY_STORE_H

#include "journal/store.h"

struct store *memory_store_create(void);
void memory_store_destroy(struct store *store);
/* The next n transactions fail, alternately at their beginning and at their commit. 0: no more failures. */
void memory_store_fail_next(struct store *store, int n);
/* Nothing is committed until the next journal is opened on the store. */
void memory_store_crash(struct store *store);

#endif
