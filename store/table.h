/*
 * table.h - a lock-free hash table of buckets one cache line wide.
 *
 *   word 0     floor: no key of this bucket ever had a higher version than
 *              the larger of floor and that of its record
 *   words 1-6  slots (slot.h)
 *   word 7     link: an overflow block of seven more slots, and so on, up to
 *              CHAIN_BLOCKS_MAX; in its low bits how far the bucket has moved
 *
 * Invariants
 * I1 A key is live in at most one slot (insert.c keeps it).
 * I2 A record stays in its slot until it is replaced there or removed; it goes
 *    to a larger table only when its bucket is frozen, so that nothing happens
 *    to it in between (grow.c).
 * I3 Before a record leaves a bucket, the floor is raised above its version.
 *    New versions are taken above the floor: so a key's versions only rise.
 * I4 An address that left a slot does not come back to it while anybody who
 *    saw it there is in a read section: records are retired, not freed. So a
 *    compare-and-set that finds the expected word finds an unchanged slot.
 *
 * Progress. table_find() reads each slot of one chain once, after at most one
 * step a table that was doubled meanwhile: wait-free, at most 6 + 7 *
 * CHAIN_BLOCKS_MAX slots. The others are lock-free: where a compare-and-set
 * fails, another thread's succeeded; where a frozen slot stands in the way,
 * the caller moves the bucket itself, in a bounded number of steps.
 *
 * All of it is called inside a read section.
 */
#ifndef PAWL_STORE_TABLE_H
#define PAWL_STORE_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "store/slot.h"
#include "store/store.h"

#define BUCKET_SLOTS 6
#define OVERFLOW_SLOTS 7
#define CHAIN_BLOCKS_MAX 8
#define CHAIN_SLOTS_MAX (BUCKET_SLOTS + OVERFLOW_SLOTS * CHAIN_BLOCKS_MAX)

/* Bits of a link. One of 0 is of a bucket that nothing was moved to yet. */
#define LINK_FROZEN UINT64_C(1) /* no block will be added */
#define LINK_MOVED UINT64_C(2)  /* go to the next table */
#define LINK_NONE UINT64_C(4)   /* no further block */
#define LINK_ADDRESS (~UINT64_C(15))

struct bucket {
    uint64_t floor;
    uint64_t slot[BUCKET_SLOTS];
    uint64_t link;
} __attribute__((aligned(64)));

struct overflow {
    uint64_t slot[OVERFLOW_SLOTS];
    uint64_t link;
};

/* Stands behind the buckets in one stretch of pages. */
struct table {
    struct grace_node grace; /* first, as the grace thread hands it back */
    struct memory_pool *pool;
    struct bucket *buckets;
    struct table *next; /* of twice the size, while this one is moved out of */
    unsigned bits;      /* 2^bits buckets */

    size_t overflow_count __attribute__((aligned(64))); /* blocks linked */
    size_t claimed;  /* buckets handed to somebody to move */
    size_t verified; /* all buckets below are seen to have moved */
};

/* One part of a bucket's chain: the bucket itself or an overflow block. */
struct chain {
    uint64_t *slots;
    size_t count;
    uint64_t *link;
    struct overflow *block; /* NULL: the bucket itself */
};

/* Answered within the store only: what was found is so no more; look again. */
#define PLACE_CHANGED ((enum pawl_status)0x7fff)

/* Where a writer found its key, or where it could go. */
struct place {
    struct table *table;
    struct bucket *bucket;
    uint64_t *slot;        /* of the record */
    uint64_t seen;         /* what the slot held */
    struct record *record; /* NULL: the key is in no slot */
    uint64_t *vacant;      /* an empty slot; may be NULL */
};

/* A table of 2^bits buckets, counted in the pool; every bucket untouched. */
struct table *table_create(struct memory *memory, unsigned bits);

/* Readies each bucket of a table that nothing will be moved to. */
void table_open(struct table *table, uint64_t floor);

/* Frees the table at once; nobody else knows of it. */
void table_destroy(struct table *table);

/* Frees the table once all who may be reading it have left. */
void table_retire(struct table *table, struct grace *grace);

static inline size_t table_buckets(const struct table *table)
{
    return (size_t)1 << table->bits;
}

static inline struct chain chain_first(struct bucket *bucket)
{
    return (struct chain){bucket->slot, BUCKET_SLOTS, &bucket->link, NULL};
}

/* Goes to the next part; false at the end, and the chain stays. */
static inline bool chain_next(struct chain *chain)
{
    /*
     * edge overflow-linked: the other side is locate_vacant(). In order with
     * the slots (seq_cst), for a look must not miss a block that was linked
     * before it and reserved in since.
     */
    uint64_t link = load_seq(chain->link);
    struct overflow *block =
        (struct overflow *)(uintptr_t)(link & LINK_ADDRESS);

    if (block == NULL) {
        return false;
    }
    *chain = (struct chain){block->slot, OVERFLOW_SLOTS, &block->link, block};
    return true;
}

/*
 * The bucket for hash in the first table, from *table on, that it has not
 * moved out of. *table is set to that one.
 */
static inline struct bucket *table_bucket(struct table **table, uint64_t hash)
{
    for (;;) {
        struct bucket *bucket =
            &(*table)->buckets[hash_bucket(hash, (*table)->bits)];

        /* edge bucket-moved: the other side is finish_bucket(). */
        if ((load_acquire(&bucket->link) & LINK_MOVED) == 0) {
            return bucket;
        }
        /* edge table-next: the other side is grow_begin(). */
        *table = load_acquire(&(*table)->next);
    }
}

static inline struct table *partition_root(struct partition *partition)
{
    /* edge table-root: the other side is finish_table() and pawl_create(). */
    return load_acquire(&partition->root);
}

/*
 * For batches: fetches the bucket of hash, and, when that has come, the record
 * that will probably be found there, into the cache. Hints only.
 */
void table_prefetch_bucket(struct partition *partition, uint64_t hash);
void table_prefetch_record(struct partition *partition, uint64_t hash);

/* What a slot holds, with the bytes of the record that it points to. */
uint64_t table_read_slot(uint64_t *slot);

/* Whether a slot's word is of a record with this key, tentative or not. */
bool table_is_key_of(uint64_t word, uint64_t tag, const void *key,
                     size_t key_bytes);

/* Readies the words of a bucket or overflow block that nobody else knows. */
void table_empty_slots(uint64_t *slots, size_t count, uint64_t *link);

/*
 * For readers: the record with this key that was in its slot at some instant
 * of the call; NULL where there was an instant without one. It may have
 * expired.
 */
struct record *table_find(struct partition *partition, uint64_t hash,
                          const void *key, size_t key_bytes);

/*
 * Puts record, of a version above that of place->record, in its slot; false
 * where that changed meanwhile. The old one is then the caller's to retire.
 */
bool table_replace(struct place *place, struct record *record);

/*
 * Empties place's slot after raising the floor to version, which is above that
 * of the record; false where the slot changed meanwhile. The record is then
 * the caller's to retire.
 */
bool table_remove(struct place *place, uint64_t version);

/*
 * Walks over the buckets of a partition in the order of hashes. *position, 0 to
 * begin with, is a hash; *bucket, of *table, is the one that covers it, and
 * *position moves to the first hash beyond. False when that is the end. Every
 * hash is covered once, also while the table is doubled.
 */
bool table_walk(struct partition *partition, uint64_t *position,
                struct table **table, struct bucket **bucket);

/* A new overflow block, every word untouched; past the limit where allowed. */
struct overflow *table_create_overflow(struct pawl_thread *thread,
                                       bool past_limit);

/* Frees an overflow block that nobody else has seen. */
void table_free_overflow(struct pawl_thread *thread, struct overflow *block);

/* Retires an overflow block of a bucket that has moved; a place is reserved. */
void table_retire_overflow(struct pawl_thread *thread, struct overflow *block);

/* The records of a bucket at nearly one time. */
struct bucket_view {
    size_t count;
    uint64_t *slot[CHAIN_SLOTS_MAX];
    uint64_t word[CHAIN_SLOTS_MAX];
};

/* Sets place to record i of a view of place->bucket. */
static inline void place_view(struct place *place,
                              const struct bucket_view *view, size_t i)
{
    place->slot = view->slot[i];
    place->seen = view->word[i];
    place->record = slot_record(view->word[i]);
}

/* Reads the records that are there, each key at most once. */
void table_read_bucket(struct bucket *bucket, struct bucket_view *view);

#endif
