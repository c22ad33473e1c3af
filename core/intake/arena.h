/*
 * arena - the memory of one request: allocated in order, freed all at once.
 *
 * Whatever a decoder makes from a request (its JSON tree, the alerts and their texts) lives until the next request
 * resets the arena; nothing in it is freed separately. Blocks are kept between requests, up to `keep` bytes, so
 * that the steady state allocates nothing.
 *
 * arena_use directs cJSON's allocations on this thread to an arena until arena_use(NULL). cJSON's hooks
 * are global, so arena_hook_cjson sets them once, before the first thread starts. They look at a thread-local
 * variable and fall back to malloc; freeing memory in an arena does nothing. An arena has no limits of its own:
 * the caller checks sizes that come from outside.
 */
#ifndef TOCSIN_INTAKE_ARENA_H
#define TOCSIN_INTAKE_ARENA_H

#include <stddef.h>

struct arena_block;

struct arena {
    char *at, *end;             /* free space of the newest block */
    struct arena_block *blocks; /* newest first */
    size_t bytes;               /* in blocks */
    size_t keep;                /* reset keeps blocks up to this many bytes; 0: ARENA_KEEP */
};

#define ARENA_KEEP ((size_t)4 << 20)

void arena_finish(struct arena *arena); /* frees everything; arena may be {0} */
void arena_reset(struct arena *arena);
void *arena_take(struct arena *arena, size_t size);                /* aligned to 16, not zeroed, never NULL */
char *arena_copy(struct arena *arena, const char *text, size_t n); /* NUL-terminated */

void arena_hook_cjson(void);         /* once, on the main thread; later calls do nothing */
void arena_use(struct arena *arena); /* for this thread's cJSON allocations; NULL: malloc again */

#endif
