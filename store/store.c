#include "store/store.h"

#include "store/pages.h"
#include "store/section.h"
#include "store/table.h"

#ifdef __x86_64__
#include <cpuid.h>
#endif
#include <sched.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#define PARTITIONS_MAX 256
#define ROOT_BITS_MIN 4

/* Records a bucket holds when a table of the expected size is full. */
#define RECORDS_A_BUCKET 4

uint64_t store_now_ms(const struct pawl *store)
{
    return store->options.clock_ms(store->options.clock_context);
}

static uint64_t wall_clock_ms(void *context)
{
    struct timespec now;

    (void)context;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static uint64_t wall_clock_ns(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static unsigned usable_processors(void)
{
    cpu_set_t set;
    int count = 1;

    if (sched_getaffinity(0, sizeof(set), &set) == 0) {
        count = CPU_COUNT(&set);
    }
    if (count < 1) {
        return 1;
    }
    return count > PARTITIONS_MAX ? PARTITIONS_MAX : (unsigned)count;
}

/*
 * Where a store evicts, retired memory stands beside the limit; without a
 * bound of the caller's it may be this much.
 */
static size_t default_retired_bytes_max(const struct pawl_options *options)
{
    if (options->full != PAWL_FULL_EVICT || options->memory_bytes == 0) {
        return 0;
    }
    return options->memory_bytes / 4 + (size_t)16 * 1024 * 1024;
}

/* Sets what was left to us; false where something is out of range. */
static bool settle_options(struct pawl_options *options)
{
    if (options->partitions == 0) {
        options->partitions = usable_processors();
    }
    if (options->clock_ms == NULL) {
        options->clock_ms = wall_clock_ms;
    }
    if (options->retired_bytes_max == 0) {
        options->retired_bytes_max = default_retired_bytes_max(options);
    }
    return options->partitions <= PARTITIONS_MAX &&
           options->value_bytes_max >= 1 &&
           options->value_bytes_max <= PAWL_VALUE_BYTES_MAX &&
           (options->full == PAWL_FULL_REFUSE ||
            options->full == PAWL_FULL_EVICT);
}

static unsigned root_bits(const struct pawl_options *options)
{
    size_t buckets =
        options->records_expected / options->partitions / RECORDS_A_BUCKET;
    unsigned bits = ROOT_BITS_MIN;

    while (bits < HASH_BUCKET_BITS_MAX && ((size_t)1 << bits) < buckets) {
        bits++;
    }
    return bits;
}

/* Gives each partition its first table; false: no memory. */
static bool create_roots(struct pawl *store)
{
    struct memory memory;
    unsigned bits = root_bits(&store->options);
    bool done = true;

    memory_init(&memory, &store->pool);
    for (unsigned i = 0; done && i < store->options.partitions; i++) {
        struct table *root = table_create(&memory, bits);

        done = root != NULL;
        if (!done) {
            break;
        }
        table_open(root, store->base_version);
        /* edge table-root: the other side is partition_root(). */
        store_release(&store->partitions[i].root, root);
    }
    memory_flush(&memory);
    return done;
}

static void destroy_roots(struct pawl *store)
{
    for (unsigned i = 0; i < store->options.partitions; i++) {
        struct table *table = store->partitions[i].root;

        while (table != NULL) {
            struct table *next = table->next;

            table_destroy(table);
            table = next;
        }
    }
}

static bool processor_serves(void)
{
#ifdef __x86_64__
    unsigned a, b, c, d;

    return __get_cpuid(1, &a, &b, &c, &d) != 0 && (c & bit_CMPXCHG16B) != 0;
#else
    return true;
#endif
}

static enum pawl_status fill_store(struct pawl *store)
{
    size_t partitions = store->options.partitions;

    store->base_version = wall_clock_ns();
    store->evicts = store->options.full == PAWL_FULL_EVICT &&
                    store->options.memory_bytes != 0;
    if (getrandom(store->secret.bytes, sizeof(store->secret.bytes), 0) !=
        (ssize_t)sizeof(store->secret.bytes)) {
        return PAWL_UNSUPPORTED;
    }
    memory_pool_init(&store->pool, store->options.memory_bytes,
                     store->options.full == PAWL_FULL_EVICT);
    store->partitions = aligned_alloc(_Alignof(struct partition),
                                      partitions * sizeof(struct partition));
    if (store->partitions == NULL) {
        return PAWL_NO_MEMORY;
    }
    for (size_t i = 0; i < partitions; i++) {
        store->partitions[i] = (struct partition){0};
    }
    if (!create_roots(store) ||
        pthread_key_create(&store->membership, thread_exit) != 0) {
        goto no_roots;
    }
    if (!grace_open(&store->grace, memory_scavenge, &store->pool)) {
        goto no_grace;
    }
    return PAWL_OK;
no_grace:
    (void)pthread_key_delete(store->membership);
no_roots:
    destroy_roots(store);
    free(store->partitions);
    return PAWL_NO_MEMORY;
}

enum pawl_status pawl_create(const struct pawl_options *options,
                             struct pawl **store)
{
    struct pawl_options settled = PAWL_OPTIONS_INIT;
    struct pawl *made;
    enum pawl_status status;

    if (options != NULL) {
        settled = *options;
    }
    if (!settle_options(&settled)) {
        return PAWL_INVALID;
    }
    if (!processor_serves()) {
        return PAWL_UNSUPPORTED;
    }
    made = aligned_alloc(_Alignof(struct pawl), sizeof(*made));
    if (made == NULL) {
        return PAWL_NO_MEMORY;
    }
    *made = (struct pawl){.options = settled};
    status = fill_store(made);
    if (status != PAWL_OK) {
        free(made);
        return status;
    }
    *store = made;
    return PAWL_OK;
}

/* Gives back the records of a partition that lie outside all chunks. */
static void free_large_records(struct partition *partition)
{
    struct bucket_view view;
    struct bucket *bucket;
    struct table *table;
    uint64_t position = 0;
    bool more;

    do {
        more = table_walk(partition, &position, &table, &bucket);
        table_read_bucket(bucket, &view);
        for (size_t i = 0; i < view.count; i++) {
            struct record *record = slot_record(view.word[i]);
            size_t bytes = record_bytes(record);

            if (bytes > SLAB_BLOCK_BYTES_MAX) {
                pages_unmap(record, bytes);
            }
        }
    } while (more);
}

/*
 * Chunks go as a whole, but blocks too large for them were mapped one by one:
 * some are retired, some still in a slot.
 */
static void free_large_blocks(struct pawl *store)
{
    struct pawl_thread *thread = store->threads;

    for (; thread != NULL; thread = thread->next) {
        (void)reclaim_collect(&thread->reclaim, &thread->reclaim);
    }
    if (load_relaxed(&store->pool.large_bytes) == 0) {
        return;
    }
    for (unsigned i = 0; i < store->options.partitions; i++) {
        free_large_records(&store->partitions[i]);
    }
}

static void destroy_threads(struct pawl *store)
{
    struct pawl_thread *thread = store->threads;

    while (thread != NULL) {
        struct pawl_thread *next = thread->next;

        free(thread);
        thread = next;
    }
}

void pawl_destroy(struct pawl *store)
{
    if (store == NULL) {
        return;
    }
    ASSERT(load_relaxed(&store->joined) == 0);
    ASSERT(!section_is_open());
    grace_close(&store->grace);
    race_acquire(&store->pool);
    free_large_blocks(store);
    (void)pthread_key_delete(store->membership);
    destroy_roots(store);
    destroy_threads(store);
    memory_pool_fini(&store->pool);
    free(store->partitions);
    free(store);
}

void pawl_stats(struct pawl *store, struct pawl_stats *stats)
{
    struct pawl_thread *thread;

    *stats = (struct pawl_stats){
        .table_bytes = load_relaxed(&store->pool.table_bytes),
        .retired_bytes = load_relaxed(&store->pool.retired_bytes),
        .limit_bytes = store->options.memory_bytes,
        .threads = load_relaxed(&store->joined),
        .partitions = store->options.partitions,
        .growing = (uint32_t)load_relaxed(&store->growing),
    };
    /* edge member-listed: the other side is create_membership(). */
    thread = load_acquire(&store->threads);
    for (; thread != NULL; thread = thread->next) {
#define ADD_TALLY(name) stats->name += load_relaxed(&thread->tally.name);
        TALLIES(ADD_TALLY)
#undef ADD_TALLY
    }
}
