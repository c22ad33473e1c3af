#include "intake/arena.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_BLOCK 1 /* a block for each allocation, so that the sanitizer sees every bound */
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_BLOCK 1
#endif
#endif
#ifndef ARENA_BLOCK
#define ARENA_BLOCK ((size_t)64 << 10)
#endif
#define ARENA_LARGEST ((size_t)1 << 20) /* blocks double up to this size */

struct arena_block {
    struct arena_block *next;
    size_t size; /* of the bytes that follow */
    _Alignas(16) char bytes[];
};

static _Thread_local struct arena *in_use;

static void free_blocks(struct arena_block *block)
{
    for (struct arena_block *next; block; block = next) {
        next = block->next;
        free(block);
    }
}

void arena_finish(struct arena *arena)
{
    free_blocks(arena->blocks);
    *arena = (struct arena){.keep = arena->keep};
}

static void open_block(struct arena *arena, struct arena_block *block)
{
    block->next = arena->blocks;
    arena->blocks = block;
    arena->bytes += block->size;
    arena->at = block->bytes;
    arena->end = block->bytes + block->size;
}

/* Keeps only the newest block. Except for single large allocations it is the largest, so the next request needs fewer
   blocks. */
void arena_reset(struct arena *arena)
{
    struct arena_block *kept = arena->blocks;
    size_t keep = arena->keep ? arena->keep : ARENA_KEEP;
    if (ARENA_BLOCK == 1 || !kept || kept->size > keep) {
        arena_finish(arena);
        return;
    }
    free_blocks(kept->next);
    arena->blocks = NULL;
    arena->bytes = 0;
    open_block(arena, kept);
}

static void add_block(struct arena *arena, size_t size)
{
    size_t usual = arena->bytes < ARENA_BLOCK ? ARENA_BLOCK : MIN(arena->bytes, ARENA_LARGEST);
    if (ARENA_BLOCK == 1)
        usual = 0;
    size = MAX(size, usual);
    struct arena_block *block = xmalloc(sizeof(*block) + size);
    block->size = size;
    open_block(arena, block);
}

void *arena_take(struct arena *arena, size_t size)
{
    require(size < (size_t)1 << 40);
    size_t rounded = ARENA_BLOCK == 1 ? MAX(size, 1) : (size + 15) & ~(size_t)15;
    if (!arena->at || (size_t)(arena->end - arena->at) < rounded)
        add_block(arena, rounded);
    char *p = arena->at;
    arena->at += rounded;
    return p;
}

char *arena_copy(struct arena *arena, const char *text, size_t n)
{
    char *copy = arena_take(arena, n + 1);
    memcpy(copy, text, n);
    copy[n] = '\0';
    return copy;
}

static bool holds(const struct arena *arena, const char *p)
{
    for (const struct arena_block *block = arena->blocks; block; block = block->next)
        if (p >= block->bytes && p < block->bytes + block->size)
            return true;
    return false;
}

static void *hook_malloc(size_t size)
{
    return in_use ? arena_take(in_use, size) : malloc(size);
}

static void hook_free(void *p)
{
    if (!in_use || !holds(in_use, p))
        free(p);
}

void arena_hook_cjson(void)
{
    static bool hooked;
    if (!hooked)
        cJSON_InitHooks(&(cJSON_Hooks){.malloc_fn = hook_malloc, .free_fn = hook_free});
    hooked = true;
}

void arena_use(struct arena *arena)
{
    in_use = arena;
}
