/*
 * memory.h - blocks that count against a store's limit.
 *
 * Two things are bounded. Blocks in use, by the limit itself. And what is
 * mapped, by the limit, a sixteenth of it, and 16 MiB and 4 MiB a member, so
 * that memory which is free, but in another size, does not add up: where that
 * bound is reached free blocks are scavenged into spans for other sizes
 * (slab.h).
 *
 * The pool's count is shared by all threads, so each thread draws credit from
 * it in larger portions and spends that alone; the count is at most a portion
 * a thread above what is in use, and the limit is never passed.
 *
 * Where the store evicts, retired memory (unlinked, waiting for readers) stands
 * beside the limit instead of under it: it cannot be had back at once by
 * evicting more. It has a bound of its own, see reclaim.h.
 *
 * Progress: wait-free but for what slab.h says.
 */
#ifndef PAWL_STORE_MEMORY_H
#define PAWL_STORE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/slab.h"

struct memory_pool {
    struct slab_depot depot;
    size_t limit_bytes; /* 0: none */
    size_t portion_bytes;
    bool retired_is_free; /* does not count against the limit */

    uint64_t scavenge_ms; /* when all sizes may be; the grace thread's own */

    /* Shared counters. */
    size_t used_bytes __attribute__((aligned(64)));
    size_t retired_bytes;
    size_t table_bytes;
    size_t scavenges;   /* how often */
    size_t members;     /* threads that carve spans */
    size_t large_bytes; /* of blocks mapped one by one */
};

/* One thread's access to the pool. */
struct memory {
    struct memory_pool *pool;
    struct slab slab;
    size_t credit_bytes;
};

void memory_pool_init(struct memory_pool *pool, size_t limit_bytes,
                      bool retired_is_free);
void memory_pool_fini(struct memory_pool *pool);

void memory_init(struct memory *self, struct memory_pool *pool);

/* Gives free blocks and credit back to the pool. */
void memory_flush(struct memory *self);

/* Counts bytes as used; false, and nothing counted, past the limit. */
bool memory_charge(struct memory *self, size_t bytes);
void memory_uncharge(struct memory *self, size_t bytes);

/* A block of at least bytes, counted; NULL: past the limit, or no memory. */
void *memory_alloc(struct memory *self, size_t bytes);

/* As memory_alloc(), but the limit may be passed: for what must go on. */
void *memory_alloc_beyond(struct memory *self, size_t bytes);

void memory_free(struct memory *self, void *block, size_t bytes);

/* Whether so little is left under the limit that records should make room. */
bool memory_is_short(const struct memory_pool *pool);

/* Whether all that may be mapped is: then sizes compete for memory. */
bool memory_is_full(const struct memory_pool *pool);

/*
 * Whether the pool is full and much of it lies free in one size: then
 * memory_scavenge() may help.
 */
bool memory_is_scattered(const struct memory_pool *pool);

/* Frees what it can for other sizes; in the store's grace thread only. */
void memory_scavenge(void *pool);

#endif
