/*
 * rival_ck.c - Concurrency Kit's ck_ht: one writer at a time, readers beside.
 *
 * Writers share 256 tables, each under a spin lock; readers take none. What is
 * overwritten, and tables that were outgrown, wait for ck_epoch.
 */
#include "bench/rival.h"
#include "bench/record.h"

#include <ck_epoch.h>
#include <ck_ht.h>
#include <ck_malloc.h>
#include <ck_spinlock.h>

#define SHARDS 256u
#define SHARD_RECORDS 64u

/* Every so many retired blocks a writer waits for their time to have come. */
#define POLL_RETIRED 256u

struct shard {
    ck_ht_t table;
    ck_spinlock_t lock;
} __attribute__((aligned(64)));

struct ck {
    ck_epoch_t epoch;
    struct shard shards[SHARDS];
};

struct member {
    ck_epoch_record_t record; /* first: ck's own never dies */
    struct ck *ck;
    unsigned retired;
};

/* A block that may have to wait before it is freed. */
struct block {
    ck_epoch_entry_t entry;
};

/* The writer that ck_ht allocates for: its free function is told no context. */
static _Thread_local struct member *writer;

static void free_block(ck_epoch_entry_t *entry)
{
    free(entry);
}

static void retire(struct member *self, struct block *block)
{
    ck_epoch_call(&self->record, &block->entry, free_block);
    if (++self->retired % POLL_RETIRED == 0) {
        ck_epoch_poll(&self->record);
    }
}

static void *table_malloc(size_t bytes)
{
    struct block *block = malloc(sizeof *block + bytes);
    return block != NULL ? block + 1 : NULL;
}

static void table_free(void *bytes, size_t count, bool defer)
{
    (void)count;
    struct block *block = (struct block *)bytes - 1;
    if (defer && writer != NULL) {
        retire(writer, block);
    } else {
        free(block);
    }
}

static struct ck_malloc table_memory = {
    .malloc = table_malloc,
    .free = table_free,
};

static void hash(struct ck_ht_hash *it, const void *key, size_t key_bytes,
                 uint64_t seed)
{
    (void)seed;
    it->value = record_hash(key, key_bytes);
}

static struct record *record_of(struct block *block)
{
    return (struct record *)(void *)(block + 1);
}

static void *create(void)
{
    struct ck *self = aligned_alloc(64, sizeof *self);
    if (self == NULL) {
        return NULL;
    }
    memset(self, 0, sizeof *self);
    ck_epoch_init(&self->epoch);
    for (unsigned i = 0; i < SHARDS; i++) {
        ck_spinlock_init(&self->shards[i].lock);
        if (!ck_ht_init(&self->shards[i].table, CK_HT_MODE_BYTESTRING, hash,
                        &table_memory, SHARD_RECORDS, 0)) {
            free(self);
            return NULL;
        }
    }
    return self;
}

static void *join(void *table)
{
    struct ck *ck = table;
    struct member *self = calloc(1, sizeof *self);
    if (self != NULL) {
        self->ck = ck;
        ck_epoch_register(&ck->epoch, &self->record, NULL);
        writer = self;
    }
    return self;
}

static void part(void *member)
{
    struct member *self = member;
    ck_epoch_barrier(&self->record);
    ck_epoch_unregister(&self->record);
    writer = NULL;
}

static void rest(void *member)
{
    (void)member;
}

static struct shard *shard_of(struct ck *self, ck_ht_hash_t it)
{
    return &self->shards[it.value >> 56];
}

static struct block *find(struct member *self, const char *key,
                          size_t key_bytes)
{
    ck_ht_hash_t it = {.value = record_hash(key, key_bytes)};
    ck_ht_entry_t entry;
    ck_ht_entry_key_set(&entry, key, (uint16_t)key_bytes);
    if (!ck_ht_get_spmc(&shard_of(self->ck, it)->table, it, &entry)) {
        return NULL;
    }
    return ck_ht_entry_value(&entry);
}

static bool get(void *member, const char *key, size_t key_bytes, char *value)
{
    struct member *self = member;
    ck_epoch_begin(&self->record, NULL);
    struct block *block = find(self, key, key_bytes);
    if (block != NULL) {
        record_copy(record_of(block), value);
    }
    ck_epoch_end(&self->record, NULL);
    return block != NULL;
}

static bool put(struct member *self, struct block *block)
{
    struct record *record = record_of(block);
    ck_ht_hash_t it = {.value = record_hash(record->bytes, record->key_bytes)};
    struct shard *shard = shard_of(self->ck, it);
    ck_ht_entry_t entry;
    ck_ht_entry_set(&entry, it, record->bytes, record->key_bytes, block);
    ck_spinlock_lock(&shard->lock);
    bool stored = ck_ht_set_spmc(&shard->table, it, &entry);
    ck_spinlock_unlock(&shard->lock);
    if (!stored) {
        free(block);
        return false;
    }
    if (!ck_ht_entry_empty(&entry)) {
        retire(self, ck_ht_entry_value(&entry));
    }
    return true;
}

static bool set(void *member, const char *key, size_t key_bytes,
                const char *value, size_t value_bytes)
{
    struct block *block =
        record_create(sizeof(struct block), key, key_bytes, value, value_bytes);
    return block != NULL && put(member, block);
}

static bool count(void *member, const char *key, size_t key_bytes,
                  uint64_t number)
{
    struct block *block =
        record_create(sizeof(struct block), key, key_bytes, "", 0);
    if (block == NULL) {
        return false;
    }
    record_of(block)->number = number;
    return put(member, block);
}

static bool take(void *member, const char *key, size_t key_bytes)
{
    struct member *self = member;
    ck_epoch_begin(&self->record, NULL);
    struct block *block = find(self, key, key_bytes);
    bool taken = block != NULL && record_take(record_of(block));
    ck_epoch_end(&self->record, NULL);
    return taken;
}

const struct rival rival_ck = {
    .name = "ck_ht",
    .sentence = "Concurrency Kit, 256 tables, a spin lock for writers, "
                "ck_epoch",
    .key_bytes_max = UINT16_MAX,
    .value_bytes_max = RECORD_VALUE_BYTES_MAX,
    .create = create,
    .join = join,
    .part = part,
    .rest = rest,
    .get = get,
    .set = set,
    .count = count,
    .take = take,
};
