/*
 * sweep.c - walks over all records: to show them, and to give back the memory
 * of those whose time has come.
 */
#include "store/grow.h"
#include "store/live.h"
#include "store/remove.h"
#include "store/room.h"

/*
 * A record carries 16 bits of the flush count. Lest the count come round to one
 * that a dead record carries, each flush marks the dead of one slice of all
 * hashes, for ever: every record four times in a round. A writer that stops for
 * a round between reading the count and publishing is the exception.
 */
#define SLICE_SHIFT 50
#define SLICES (UINT64_C(1) << (64 - SLICE_SHIFT))

/*
 * The live record with the key of one that was in a bucket: that, or what has
 * taken its place since. NULL: the key is gone.
 */
static struct record *current(struct pawl_thread *thread,
                              struct partition *partition,
                              struct record *record)
{
    const void *key = record_key(record);
    size_t key_bytes = record_key_bytes(record);

    if (live_now(thread->store, record)) {
        return record;
    }
    record =
        table_find(partition, hash_key(&thread->store->secret, key, key_bytes),
                   key, key_bytes);
    return record != NULL && live_now(thread->store, record) ? record : NULL;
}

/* Shows the records of one bucket; false where visit ended the walk. */
static bool visit_bucket(struct pawl_thread *thread,
                         struct partition *partition, struct bucket *bucket,
                         pawl_visit visit, void *context)
{
    struct bucket_view view;
    struct pawl_view shown;

    table_read_bucket(bucket, &view);
    for (size_t i = 0; i < view.count; i++) {
        struct record *record =
            current(thread, partition, slot_record(view.word[i]));

        if (record == NULL) {
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
        goes_on = visit_bucket(thread, partition, bucket, visit, context);
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
        removed += remove_dead(thread, &place);
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

/* Marks the flushed records of a bucket, which are then dead for ever. */
static void mark_bucket(struct pawl_thread *thread, struct bucket *bucket)
{
    struct bucket_view view;

    table_read_bucket(bucket, &view);
    for (size_t i = 0; i < view.count; i++) {
        struct record *record = slot_record(view.word[i]);

        if (live_is_flushed(thread->store, record)) {
            /* Only a hint can have come between. */
            while (!record_mark(record, RECORD_FLUSHED, 0)) {
                continue;
            }
        }
    }
}

/* Marks what was flushed in one slice of a partition's hashes. */
static void mark_slice(struct pawl_thread *thread, struct partition *partition,
                       uint64_t slice)
{
    struct table *table;
    struct bucket *bucket;
    uint64_t position = slice << SLICE_SHIFT;
    uint64_t last = position | ((UINT64_C(1) << SLICE_SHIFT) - 1);
    bool more;

    pawl_enter(thread);
    do {
        more = table_walk(partition, &position, &table, &bucket);
        mark_bucket(thread, bucket);
    } while (more && position <= last);
    pawl_leave(thread);
}

void pawl_flush(struct pawl_thread *thread)
{
    struct pawl *store = thread->store;
    uint64_t count = add_relaxed(&store->flush_count, 1);

    for (unsigned i = 0; i < store->options.partitions; i++) {
        mark_slice(thread, &store->partitions[i], count % SLICES);
    }
}
