/*
 * reclaim.h - when may an unlinked block be used again?
 *
 * Readers enter and leave; writers retire what they have made unreachable. A
 * retired block is handed back once every reader that could have seen it has
 * left. The grace periods are liburcu's (memb flavour: a read section is two
 * plain stores, and a thread outside one owes nobody anything, so members may
 * sleep). Blocks are retired in batches: handing over one costs an atomic
 * operation, a place in a batch under a nanosecond.
 *
 * A batch is filled by its owner, closed, and handed to the store's grace
 * thread (grace.h). After the grace period that pushes it on the owner's ready
 * list; there the owner finds it when it next needs room, or anybody else who
 * sweeps: the list is taken whole by one swap, so no address comes back in the
 * middle.
 *
 * Progress: entering, leaving and retiring are wait-free, handing over a batch
 * lock-free. A reader that stays inside delays the reuse of memory and nothing
 * else; what waits is counted, and bounded where the store is told so.
 */
#ifndef PAWL_STORE_RECLAIM_H
#define PAWL_STORE_RECLAIM_H

#include <stddef.h>

#include "store/grace.h"
#include "store/memory.h"
#include "store/pawl.h"

#define RETIRED_BLOCKS 125

struct retired_batch {
    struct grace_node grace; /* first, as the grace thread hands it back */
    struct reclaim *owner;
    struct retired_batch *next;
    size_t count;
    size_t bytes;
    struct {
        void *block;
        size_t bytes;
    } item[RETIRED_BLOCKS];
};

/* One thread's part in reclamation. */
struct reclaim {
    struct memory *memory;
    struct grace *grace;
    size_t retired_bytes_max;    /* 0: no bound but the memory limit */
    struct retired_batch *open;  /* being filled; may be NULL */
    struct retired_batch *spare; /* empty batches */
    size_t spare_count;

    /* Batches whose grace period is over; pushed by the grace thread. */
    struct retired_batch *ready __attribute__((aligned(64)));
};

void reclaim_init(struct reclaim *self, struct memory *memory,
                  struct grace *grace, size_t retired_bytes_max);

/* Closes the open batch, so that its grace period begins. */
void reclaim_flush(struct reclaim *self);

/*
 * Makes sure that count more blocks can be retired; false: no memory. Call it
 * before anything is unlinked.
 */
bool reclaim_reserve(struct reclaim *self, size_t count);

/*
 * Whether so much waits for readers, after taking back what is ready, that a
 * record of bytes may not be retired as well. What other members have not
 * closed, a batch each at most, is not counted. Does not apply to the odd block
 * that growth or a lost race leaves.
 */
bool reclaim_is_stalled(struct reclaim *self, size_t bytes);

/*
 * Closes the open batch where it weighs much, lest a member that goes to sleep
 * now keep it.
 */
void reclaim_flush_heavy(struct reclaim *self);

/*
 * Hands over a block of memory_alloc(bytes) that the caller has made
 * unreachable and does not touch again. A place was reserved. Never fails.
 */
void reclaim_retire(struct reclaim *self, void *block, size_t bytes);

/*
 * Frees into self what of from is ready; from may be another thread's. Answers
 * whether anything was.
 */
bool reclaim_collect(struct reclaim *self, struct reclaim *from);

#endif
