/*
 * sweep.c - walks over all records: to show them, and to give back the memory
 * of those whose time has come.
 */
#include "store/change.h"
#include "store/grow.h"
#include "store/room.h"

/*
 * A record carries 16 bits of the flush count. After so many flushes since all
 * records were last gone over, they are gone over again before the next, lest
 * the count come round to one that an old record carries.
 */
#define FLUSHES_A_ROUND 60000

/* Shows the records of one bucket; false where visit ended the walk. */
static bool visit_bucket(struct pawl_thread *thread, struct bucket *bucket,
                         pawl_visit visit, void *context)
{
    struct bucket_view view;
    struct pawl_view shown;

    table_read_bucket(bucket, &view);
    for (size_t i = 0; i < view.count; i++) {
        struct record *record = slot_record(view.word[i]);

        if (!change_is_live(thread->store, record)) {
            continue;
        }
        record_view(record, &shown);
        if (!visit(context, record_key(record), record_key_bytes(record),
                   &shown)) {
            return false;
        }
    }
    return true;
}

static bool visit_partition(struct pawl_thread *thread,
                            struct partition *partition, pawl_visit visit,
                            void *context)
{
    struct table *table;
    struct bucket *bucket;
    uint64_t position = 0;
    bool more;
    bool goes_on;

    do {
        /* A section a bucket: a long walk holds back no memory. */
        pawl_enter(thread);
        more = table_walk(partition, &position, &table, &bucket);
        goes_on = visit_bucket(thread, bucket, visit, context);
        pawl_leave(thread);
    } while (more && goes_on);
    return goes_on;
}

enum pawl_status pawl_iterate(struct pawl_thread *thread, pawl_visit visit,
                              void *context)
{
    struct pawl *store = thread->store;

    for (unsigned i = 0; i < store->options.partitions; i++) {
        if (!visit_partition(thread, &store->partitions[i], visit, context)) {
            break;
        }
    }
    return PAWL_OK;
}

static size_t sweep_bucket(struct pawl_thread *thread,
                           struct partition *partition, uint64_t *position)
{
    struct bucket_view view;
    struct place place;
    size_t removed = 0;

    (void)table_walk(partition, position, &place.table, &place.bucket);
    table_read_bucket(place.bucket, &view);
    for (size_t i = 0; i < view.count; i++) {
        place_view(&place, &view, i);
        removed += change_remove_dead(thread, &place);
    }
    return removed;
}

/* Goes over buckets buckets of a partition from where the last call ended. */
static size_t sweep_partition(struct pawl_thread *thread,
                              struct partition *partition, size_t buckets)
{
    uint64_t position = load_relaxed(&partition->swept);
    struct table *root = partition_root(partition);
    size_t removed = 0;

    if (grow_is_moving(root)) {
        grow_step(thread, partition, root, buckets);
    }
    for (size_t i = 0; i < buckets; i++) {
        removed += sweep_bucket(thread, partition, &position);
    }
    /* Relaxed: who starts from an old place sees the same buckets again. */
    store_relaxed(&partition->swept, position);
    return removed;
}

size_t pawl_sweep(struct pawl_thread *thread, size_t buckets)
{
    struct pawl *store = thread->store;
    unsigned partitions = store->options.partitions;
    uint64_t turn = add_relaxed(&store->sweep_turn, 1);
    size_t removed = 0;

    /* The shares add up to buckets; the odd ones go round by turns. */
    for (unsigned i = 0; i < partitions; i++) {
        struct partition *partition =
            &store->partitions[(turn + i) % partitions];

        pawl_enter(thread);
        removed +=
            sweep_partition(thread, partition, (buckets + i) / partitions);
        pawl_leave(thread);
    }
    reclaim_flush(&thread->reclaim);
    (void)room_collect(thread);
    return removed;
}

/* Goes over every record once and removes the dead. */
static void sweep_all(struct pawl_thread *thread)
{
    struct pawl *store = thread->store;

    for (unsigned i = 0; i < store->options.partitions; i++) {
        uint64_t position = 0;

        do {
            pawl_enter(thread);
            (void)sweep_bucket(thread, &store->partitions[i], &position);
            pawl_leave(thread);
        } while (position != 0);
    }
}

void pawl_flush(struct pawl_thread *thread)
{
    struct pawl *store = thread->store;
    uint64_t count = add_relaxed(&store->flush_count, 1) + 1;
    uint64_t settled = load_relaxed(&store->settled_flush);

    if (count - settled < FLUSHES_A_ROUND) {
        return;
    }
    sweep_all(thread);
    (void)cas_relaxed(&store->settled_flush, &settled, count);
}
