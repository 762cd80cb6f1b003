/*
 * room.c - which records make room for new ones.
 *
 * A hand goes round the buckets of each partition. A record that was read
 * since the hand last passed loses its mark and stays; one that was not goes,
 * and so does one that has expired or was flushed. Buckets are in the order of
 * hashes, so to the user the hand's order is a random one: a CLOCK over a
 * random order, which needs no memory but one bit a record and no queue that
 * threads would share.
 *
 * Progress: each call does a bounded number of steps. Two threads may be at
 * one hand; a record is removed by one of them (remove_record()).
 */
#include "store/room.h"

#include "store/check.h"
#include "store/remove.h"

#include <time.h>

/* A call evicts until this much went, or as much as is asked for, ... */
#define BYTES_A_CALL 4096

/* ... or it has seen this many buckets. */
#define BUCKETS_A_CALL 1024

/* Where the store refuses only the dead go, and this many are looked through.
 */
#define BUCKETS_FOR_DEAD 64

/* A full store evicts no more while 1 of so many of its bytes is coming back.
 */
#define RETIRED_SHARE 128

/* Buckets looked through for records of one size. */
#define BUCKETS_OF_SIZE 256

/*
 * Calls that one allocation makes before it gives up. What they evict comes
 * back after a grace period only, so more of them would evict in vain.
 */
#define TRIES 2

/* Who is short naps so often for a grace period, each time twice as long. */
#define NAPS 8
#define NAP_NS 50000

/* Which records a hand takes on its way. */
struct hand {
    bool takes_live;    /* those that were not read lately, not only the dead */
    size_t block_bytes; /* 0, or only records in blocks of so many */
};

/* Removes the record, if the hand takes it; answers its block's bytes, or 0. */
static size_t pass_record(struct pawl_thread *thread, struct place *place,
                          const struct hand *hand)
{
    const struct record_basis any = {0};
    size_t bytes = slab_round(record_bytes(place->record));
    uint64_t version;

    if (remove_dead(thread, place)) {
        return bytes;
    }
    if (!hand->takes_live ||
        (hand->block_bytes != 0 && hand->block_bytes != bytes)) {
        return 0;
    }
    if ((record_state(place->record) & RECORD_VISITED) != 0) {
        (void)record_mark(place->record, 0, RECORD_VISITED);
        return 0;
    }
    if (remove_record(thread, place, &any, &version) != PAWL_OK) {
        return 0;
    }
    tally_add(thread, evicted, 1);
    return bytes;
}

/* Moves a hand over one bucket; answers how many bytes of records went. */
static size_t pass_bucket(struct pawl_thread *thread,
                          struct partition *partition, const struct hand *hand)
{
    uint64_t position = load_relaxed(&partition->hand);
    struct bucket_view view;
    struct place place;
    size_t went = 0;

    (void)table_walk(partition, &position, &place.table, &place.bucket);
    /* Relaxed: two threads at one place find the same records, no others. */
    store_relaxed(&partition->hand, position);
    table_read_bucket(place.bucket, &view);
    for (size_t i = 0; i < view.count; i++) {
        place_view(&place, &view, i);
        went += pass_record(thread, &place, hand);
    }
    return went;
}

/* Removes bytes of records, or what goes in so many buckets. */
static bool pass_buckets(struct pawl_thread *thread, size_t buckets,
                         size_t bytes, const struct hand *hand)
{
    struct pawl *store = thread->store;
    unsigned partitions = store->options.partitions;
    size_t went = 0;

    for (size_t i = 0; i < buckets && went < bytes; i++) {
        went += pass_bucket(thread, &store->partitions[i % partitions], hand);
    }
    return went;
}

/*
 * Removes records to make room for a block of bytes. Where sizes compete, such
 * of its size first: their blocks serve at once, others only by the span.
 */
static bool evict(struct pawl_thread *thread, size_t bytes)
{
    const struct memory_pool *pool = &thread->store->pool;
    struct hand hand = {.takes_live = thread->store->evicts};
    size_t wanted = bytes > BYTES_A_CALL ? bytes : BYTES_A_CALL;
    bool found = false;

    if (!hand.takes_live) {
        return pass_buckets(thread, BUCKETS_FOR_DEAD, wanted, &hand);
    }
    if (memory_is_full(pool)) {
        /* What was evicted before comes back first. */
        if (load_relaxed(&pool->retired_bytes) >
            pool->limit_bytes / RETIRED_SHARE + bytes) {
            return false;
        }
        hand.block_bytes = slab_round(bytes);
        found = pass_buckets(thread, BUCKETS_OF_SIZE, wanted, &hand);
        hand.block_bytes = 0;
    }
    return found || pass_buckets(thread, BUCKETS_A_CALL, wanted, &hand);
}

bool room_collect(struct pawl_thread *thread)
{
    struct pawl_thread *other;
    bool found = false;

    /* edge member-listed: the other side is pawl_join(). */
    other = load_acquire(&thread->store->threads);
    for (; other != NULL; other = other->next) {
        found |= reclaim_collect(&thread->reclaim, &other->reclaim);
    }
    return found;
}

/* Where free memory is of other sizes, has it made out into spans. */
static void ask_to_scavenge(struct pawl_thread *thread)
{
    if (memory_is_scattered(&thread->store->pool)) {
        memory_flush(&thread->memory);
        grace_ask(&thread->store->grace);
    }
}

bool room_make(struct pawl_thread *thread, size_t bytes)
{
    bool found = room_collect(thread);

    found |= evict(thread, bytes);
    /* What was evicted counts as retired from now on, and not as used. */
    reclaim_flush(&thread->reclaim);
    ask_to_scavenge(thread);
    return found;
}

bool room_may_come(struct pawl_thread *thread)
{
    struct memory_pool *pool = &thread->store->pool;

    reclaim_flush(&thread->reclaim);
    return memory_is_scattered(pool) ||
           (load_relaxed(&pool->retired_bytes) != 0 &&
            thread->futile_period != grace_periods(&thread->store->grace) + 1);
}

bool room_await(struct pawl_thread *thread)
{
    struct grace *grace = &thread->store->grace;
    struct memory_pool *pool = &thread->store->pool;
    struct timespec nap = {.tv_nsec = NAP_NS};
    size_t scavenges = load_relaxed(&pool->scavenges);

    ASSERT(thread->sections == 0);
    for (int i = 0; i < NAPS && room_may_come(thread); i++) {
        ask_to_scavenge(thread);
        grace_hurry(grace);
        (void)nanosleep(&nap, NULL);
        nap.tv_nsec *= 2;
        if (room_collect(thread) ||
            scavenges != load_relaxed(&pool->scavenges)) {
            return true;
        }
    }
    thread->futile_period = grace_periods(grace) + 1;
    return false;
}

void *room_alloc(struct pawl_thread *thread, size_t bytes)
{
    void *block;

    if (thread->store->evicts && memory_is_short(&thread->store->pool)) {
        (void)room_make(thread, bytes);
    }
    block = memory_alloc(&thread->memory, bytes);
    for (int i = 0; i < TRIES && block == NULL && room_make(thread, bytes);
         i++) {
        block = memory_alloc(&thread->memory, bytes);
    }
    return block;
}
