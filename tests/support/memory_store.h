/*
 * memory_store - a store in memory that fails and crashes on demand, for tests and the simulator.
 *
 * What was committed survives the journal that was opened on it; closing that journal leaves the store alone.
 */
#ifndef TOCSIN_TESTS_MEMORY_STORE_H
#define TOCSIN_TESTS_MEMORY_STORE_H

#include "journal/store.h"

struct store *memory_store_create(void);
void memory_store_destroy(struct store *store);
/* The next n transactions fail: at their beginning or at their commit, in turn. 0: none any more. */
void memory_store_fail_next(struct store *store, int n);
/* Nothing more is committed until the next journal is opened on it. */
void memory_store_crash(struct store *store);

#endif
