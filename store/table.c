#include "store/table.h"

#include "store/check.h"
#include "store/pages.h"
#include "store/race.h"

#include <assert.h>

static_assert(sizeof(struct bucket) == 64, "a bucket is one cache line");
static_assert(sizeof(struct overflow) == 64, "an overflow block is one, too");

static size_t mapped_bytes(unsigned bits)
{
    return pages_round((sizeof(struct bucket) << bits) + sizeof(struct table));
}

struct table *table_create(struct memory *memory, unsigned bits)
{
    size_t bytes = mapped_bytes(bits);
    struct bucket *buckets;
    struct table *table;

    if (!memory_charge(memory, bytes)) {
        return NULL;
    }
    buckets = pages_map(bytes);
    if (buckets == NULL) {
        memory_uncharge(memory, bytes);
        return NULL;
    }
    table = (struct table *)(void *)(buckets + ((size_t)1 << bits));
    table->pool = memory->pool;
    table->buckets = buckets;
    table->bits = bits;
    add_relaxed(&memory->pool->table_bytes, bytes);
    return table;
}

void table_empty_slots(uint64_t *slots, size_t count, uint64_t *link)
{
    for (size_t i = 0; i < count; i++) {
        slots[i] = SLOT_EMPTY;
    }
    *link = LINK_NONE;
}

void table_open(struct table *table, uint64_t floor)
{
    for (size_t i = 0; i < table_buckets(table); i++) {
        struct bucket *bucket = &table->buckets[i];

        bucket->floor = floor;
        table_empty_slots(bucket->slot, BUCKET_SLOTS, &bucket->link);
    }
}

/* Takes the table out of the count; answers how many bytes it has mapped. */
static size_t uncount(struct table *table)
{
    size_t bytes = mapped_bytes(table->bits);

    sub_relaxed(&table->pool->used_bytes, bytes);
    sub_relaxed(&table->pool->table_bytes, bytes);
    return bytes;
}

void table_destroy(struct table *table)
{
    pages_unmap(table->buckets, uncount(table));
}

/* Runs in the grace thread, off every operation's path. */
static void destroy_after_grace(struct grace_node *node)
{
    struct table *table = (struct table *)(void *)node;

    race_acquire(table->pool);
    pages_unmap_gently(table->buckets, uncount(table));
}

void table_retire(struct table *table, struct grace *grace)
{
    grace_call(grace, &table->grace, destroy_after_grace);
}

uint64_t table_read_slot(uint64_t *slot)
{
    /*
     * edge record-published: the record's bytes are seen by who loads its
     * address. The other side is insert_record(), clean() and
     * table_replace().
     */
    return load_acquire(slot);
}

bool table_is_key_of(uint64_t word, uint64_t tag, const void *key,
                     size_t key_bytes)
{
    return slot_tag(word) == tag && slot_record(word) != NULL &&
           record_has_key(slot_record(word), key, key_bytes);
}

static bool is_there(uint64_t word)
{
    return slot_record(word) != NULL &&
           ((word & SLOT_TENTATIVE) == 0 ||
            record_is_published(slot_record(word)));
}

void table_prefetch_bucket(struct partition *partition, uint64_t hash)
{
    struct table *table = partition_root(partition);

    __builtin_prefetch(&table->buckets[hash_bucket(hash, table->bits)]);
}

void table_prefetch_record(struct partition *partition, uint64_t hash)
{
    struct table *table = partition_root(partition);
    struct bucket *bucket = &table->buckets[hash_bucket(hash, table->bits)];
    uint64_t tag = hash_tag(hash);

    for (size_t i = 0; i < BUCKET_SLOTS; i++) {
        uint64_t word = load_relaxed(&bucket->slot[i]);

        if (slot_tag(word) == tag) {
            __builtin_prefetch(slot_record(word));
        }
    }
}

struct record *table_find(struct partition *partition, uint64_t hash,
                          const void *key, size_t key_bytes)
{
    struct table *table = partition_root(partition);
    struct chain chain = chain_first(table_bucket(&table, hash));
    uint64_t tag = hash_tag(hash);

    do {
        for (size_t i = 0; i < chain.count; i++) {
            uint64_t word = table_read_slot(&chain.slots[i]);

            if (table_is_key_of(word, tag, key, key_bytes) && is_there(word)) {
                return slot_record(word);
            }
        }
    } while (chain_next(&chain));
    return NULL;
}

struct overflow *table_create_overflow(struct pawl_thread *thread,
                                       bool past_limit)
{
    struct overflow *block =
        past_limit ? memory_alloc_beyond(&thread->memory, SLAB_LINE)
                   : memory_alloc(&thread->memory, SLAB_LINE);

    if (block == NULL) {
        return NULL;
    }
    *block = (struct overflow){0};
    add_relaxed(&thread->store->pool.table_bytes, sizeof(*block));
    return block;
}

void table_free_overflow(struct pawl_thread *thread, struct overflow *block)
{
    sub_relaxed(&thread->store->pool.table_bytes, sizeof(*block));
    memory_free(&thread->memory, block, SLAB_LINE);
}

void table_retire_overflow(struct pawl_thread *thread, struct overflow *block)
{
    sub_relaxed(&thread->store->pool.table_bytes, sizeof(*block));
    reclaim_retire(&thread->reclaim, block, SLAB_LINE);
}

bool table_replace(struct place *place, struct record *record)
{
    uint64_t seen = place->seen;
    uint64_t next = slot_of(record, slot_tag(seen));

    ASSERT_DEEP(record_has_key(record, record_key(place->record),
                               record_key_bytes(place->record)));
    /* edge record-published: the other side is table_read_slot(). */
    return cas_release(place->slot, &seen, next);
}

bool table_remove(struct place *place, uint64_t version)
{
    uint64_t *floor = &place->bucket->floor;
    uint64_t seen = load_relaxed(floor);
    uint64_t word = place->seen;

    ASSERT_DEEP(version >
                (record_version_word(place->record) & RECORD_VERSION));
    while (seen < version && !cas_relaxed(floor, &seen, version)) {
        continue;
    }
    /*
     * edge floor-raised: who sees the slot empty sees the floor raised. The
     * other side is insert_resolve().
     */
    return cas_release(place->slot, &word, SLOT_EMPTY);
}

/* Whether one of the records read so far has the same key. */
static bool is_repeated(const struct bucket_view *view, uint64_t word)
{
    const struct record *record = slot_record(word);

    for (size_t i = 0; i < view->count; i++) {
        if (table_is_key_of(view->word[i], slot_tag(word), record_key(record),
                            record_key_bytes(record))) {
            return true;
        }
    }
    return false;
}

void table_read_bucket(struct bucket *bucket, struct bucket_view *view)
{
    struct chain chain = chain_first(bucket);

    view->count = 0;
    do {
        for (size_t i = 0; i < chain.count; i++) {
            uint64_t word = table_read_slot(&chain.slots[i]);

            if (!is_there(word) || is_repeated(view, word)) {
                continue;
            }
            view->slot[view->count] = &chain.slots[i];
            view->word[view->count] = word;
            view->count++;
        }
    } while (chain_next(&chain));
}

bool table_walk(struct partition *partition, uint64_t *position,
                struct table **table, struct bucket **bucket)
{
    uint64_t last;

    *table = partition_root(partition);
    *bucket = table_bucket(table, *position);
    last = *position | (UINT64_MAX >> (*table)->bits);
    *position = last + 1;
    return *position != 0;
}
