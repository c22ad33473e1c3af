/*
 * arena - the memory of one request: taken in order, given back all at once.
 *
 * What a decoder makes of a request (its JSON tree, the alerts and their texts) lives until the next request
 * resets the arena; nothing in it is freed singly. Blocks are kept between requests up to `keep` bytes, so the
 * steady state allocates nothing.
 *
 * arena_use directs cJSON's allocations of this thread into an arena until arena_use(NULL). cJSON's hooks
 * are global, so arena_hook_cjson sets them once, before the first thread starts; they look at a thread's
 * own variable and fall back to malloc, and a free of what lies in an arena does nothing. An arena never
 * shrinks what it was asked for: sizes from outside are checked by the caller.
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

void arena_finish(struct arena *arena); /* frees all; arena may be {0} */
void arena_reset(struct arena *arena);
void *arena_take(struct arena *arena, size_t size);                /* aligned to 16, not zeroed, never NULL */
char *arena_copy(struct arena *arena, const char *text, size_t n); /* NUL-terminated */

void arena_hook_cjson(void);         /* once, from the main thread; later calls do nothing */
void arena_use(struct arena *arena); /* this thread's cJSON allocations; NULL: malloc again */

#endif
