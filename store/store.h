/*
 * store.h - what a store and a membership are made of.
 *
 * A store is a handful of partitions, each the root of one table (table.h),
 * and what they share: the memory pool, the flush count, the members. A key
 * belongs to one partition for ever.
 *
 * A membership (struct pawl_thread) is one thread's own: its memory, its
 * retired blocks, its row of counters. Other threads read the counters and may
 * take what is ready of its retired blocks; nothing else. Memberships are kept
 * until the store is destroyed: one that was parted waits, with its memory,
 * for the next thread that joins.
 */
#ifndef PAWL_STORE_STORE_H
#define PAWL_STORE_STORE_H

#include <pthread.h>
#include <stdint.h>

#include "store/hash.h"
#include "store/memory.h"
#include "store/pawl.h"
#include "store/reclaim.h"
#include "store/stack.h"

struct table;

struct partition {
    struct table *root; /* the oldest table not yet moved out of */
    uint64_t hand;      /* eviction: how far the hand has come, see room.c */
    uint64_t swept;     /* how far pawl_sweep() has come */
} __attribute__((aligned(64)));

/*
 * Counters with one writer each, summed over all memberships when read.
 * Differences may go below zero in one row; the sum does not.
 */
#define TALLIES(row)                                                      \
    row(records) row(record_bytes) row(evicted) row(expired) row(flushed) \
        row(growths)

struct tally {
#define TALLY_FIELD(name) uint64_t name;
    TALLIES(TALLY_FIELD)
#undef TALLY_FIELD
};

struct pawl {
    struct pawl_options options;
    struct partition *partitions;
    uint64_t base_version; /* below every version of this store */
    pthread_key_t membership;
    bool evicts; /* at its limit, and there is one */
    struct hash_secret secret;

    /* How often the store was flushed; records carry its low 16 bits. */
    uint64_t flush_count __attribute__((aligned(64)));

    struct memory_pool pool __attribute__((aligned(64)));
    struct grace grace;

    struct pawl_thread *threads; /* all memberships ever; only pushed */
    struct stack idle;           /* those that were parted */
    uint64_t joined;
    uint64_t growing;    /* partitions whose table is being doubled */
    uint64_t sweep_turn; /* calls of pawl_sweep() so far */
};

struct pawl_thread {
    struct stack_node idle_node; /* first, so that a node is its membership */
    struct pawl *store;
    struct pawl_thread *next;        /* in store->threads */
    struct pawl_thread *next_joined; /* of the same thread and store */
    unsigned sections;               /* read sections it is in */
    uint64_t futile_period; /* grace period it waited for in vain, plus 1 */
    struct memory memory;
    struct reclaim reclaim;
    struct tally tally;
};

/* Adds to one of the thread's own counters. */
#define tally_add(thread, name, amount)  \
    store_relaxed(&(thread)->tally.name, \
                  (thread)->tally.name + (uint64_t)(amount))

/* The partition that a hash belongs to. */
static inline struct partition *store_partition(struct pawl *store,
                                                uint64_t hash)
{
    return &store->partitions[hash_partition(hash, store->options.partitions)];
}

/* The store's clock, in milliseconds. */
uint64_t store_now_ms(const struct pawl *store);

/* Parts every membership in the list that store->membership holds. */
void thread_exit(void *first_joined);

#endif
