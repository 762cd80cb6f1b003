#include "store/memory.h"

#include "store/order.h"

#include <time.h>

#define PORTION_BYTES_MAX ((size_t)64 * 1024)
#define PORTIONS_IN_LIMIT 256

/* So much more in one size is worth scavenging: 1 of this many. */
#define WORTH_SHARE 64

/* All sizes are scavenged again after so many times what it took. */
#define SCAVENGE_REST 20

/* Chunks that may be mapped beyond the limit and its sixteenth, ... */
#define CHUNKS_OVER 32

/* ... and for each member, who keeps a span and some blocks for each size. */
#define MEMBER_BYTES ((size_t)4 * 1024 * 1024)

void memory_pool_init(struct memory_pool *pool, size_t limit_bytes,
                      bool retired_is_free)
{
    *pool = (struct memory_pool){
        .limit_bytes = limit_bytes,
        .portion_bytes = PORTION_BYTES_MAX,
        .retired_is_free = retired_is_free,
    };
    if (limit_bytes != 0 &&
        limit_bytes / PORTIONS_IN_LIMIT < PORTION_BYTES_MAX) {
        pool->portion_bytes = limit_bytes / PORTIONS_IN_LIMIT;
    }
    slab_depot_init(&pool->depot);
}

void memory_pool_fini(struct memory_pool *pool)
{
    slab_depot_fini(&pool->depot);
}

void memory_init(struct memory *self, struct memory_pool *pool)
{
    *self = (struct memory){.pool = pool};
    add_relaxed(&pool->members, 1);
    slab_init(&self->slab, &pool->depot);
}

void memory_flush(struct memory *self)
{
    sub_relaxed(&self->pool->used_bytes, self->credit_bytes);
    self->credit_bytes = 0;
    slab_flush(&self->slab);
}

/* used_bytes as the limit sees them. */
static size_t counted(const struct memory_pool *pool, size_t used_bytes)
{
    size_t retired_bytes;

    if (!pool->retired_is_free) {
        return used_bytes;
    }
    retired_bytes = load_relaxed(&pool->retired_bytes);
    return used_bytes > retired_bytes ? used_bytes - retired_bytes : 0;
}

/* Draws want bytes of credit, unless that would pass the limit. */
static bool draw(struct memory *self, size_t want)
{
    struct memory_pool *pool = self->pool;
    size_t used_bytes = add_relaxed(&pool->used_bytes, want) + want;

    if (pool->limit_bytes != 0 &&
        counted(pool, used_bytes) > pool->limit_bytes) {
        sub_relaxed(&pool->used_bytes, want);
        return false;
    }
    self->credit_bytes += want;
    return true;
}

bool memory_charge(struct memory *self, size_t bytes)
{
    size_t lacking;

    if (self->credit_bytes < bytes) {
        lacking = bytes - self->credit_bytes;
        if (!draw(self, lacking + self->pool->portion_bytes) &&
            !draw(self, lacking)) {
            return false;
        }
    }
    self->credit_bytes -= bytes;
    return true;
}

void memory_uncharge(struct memory *self, size_t bytes)
{
    size_t portion_bytes = self->pool->portion_bytes;

    self->credit_bytes += bytes;
    if (self->credit_bytes > 2 * portion_bytes) {
        sub_relaxed(&self->pool->used_bytes,
                    self->credit_bytes - portion_bytes);
        self->credit_bytes = portion_bytes;
    }
}

/* Whether another chunk keeps within what may be mapped. */
static bool may_map(const struct memory_pool *pool)
{
    size_t limit = pool->limit_bytes;
    size_t mapped = load_relaxed(&pool->depot.mapped_bytes) +
                    load_relaxed(&pool->table_bytes) +
                    load_relaxed(&pool->large_bytes);

    if (limit == 0) {
        return true;
    }
    if (pool->retired_is_free) {
        limit += load_relaxed(&pool->retired_bytes);
    }
    return mapped + SLAB_CHUNK_BYTES <=
           limit + limit / 16 + CHUNKS_OVER * SLAB_CHUNK_BYTES +
               load_relaxed(&pool->members) * MEMBER_BYTES;
}

/* A block that is not counted yet; must_map: even past what may be mapped. */
static void *get_block(struct memory *self, size_t bytes, bool must_map)
{
    struct memory_pool *pool = self->pool;
    void *block = slab_alloc(&self->slab, bytes);

    if (bytes > SLAB_BLOCK_BYTES_MAX) {
        if (block != NULL) {
            add_relaxed(&pool->large_bytes, slab_round(bytes));
        }
        return block;
    }
    if (block == NULL && (must_map || may_map(pool)) &&
        slab_map(&pool->depot)) {
        block = slab_alloc(&self->slab, bytes);
    }
    return block;
}

void *memory_alloc(struct memory *self, size_t bytes)
{
    size_t block_bytes = slab_round(bytes);
    void *block;

    if (!memory_charge(self, block_bytes)) {
        return NULL;
    }
    block = get_block(self, bytes, false);
    if (block == NULL) {
        memory_uncharge(self, block_bytes);
    }
    return block;
}

void *memory_alloc_beyond(struct memory *self, size_t bytes)
{
    void *block = get_block(self, bytes, true);

    if (block != NULL) {
        add_relaxed(&self->pool->used_bytes, slab_round(bytes));
    }
    return block;
}

void memory_free(struct memory *self, void *block, size_t bytes)
{
    if (bytes > SLAB_BLOCK_BYTES_MAX) {
        sub_relaxed(&self->pool->large_bytes, slab_round(bytes));
    }
    slab_free(&self->slab, block, bytes);
    memory_uncharge(self, slab_round(bytes));
}

bool memory_is_short(const struct memory_pool *pool)
{
    size_t reserve_bytes = pool->limit_bytes / 16;

    return pool->limit_bytes != 0 &&
           counted(pool, load_relaxed(&pool->used_bytes)) >
               pool->limit_bytes - reserve_bytes;
}

bool memory_is_full(const struct memory_pool *pool)
{
    return !may_map(pool);
}

bool memory_is_scattered(const struct memory_pool *pool)
{
    return memory_is_full(pool) &&
           slab_is_scattered(&pool->depot, SLAB_CHUNK_BYTES / 4);
}

static uint64_t steady_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Looks at all sizes: a span may have waited for its last block for long. */
static void scavenge_all(struct memory_pool *pool)
{
    uint64_t begin_ms = steady_ms();
    uint64_t end_ms;

    if (begin_ms < pool->scavenge_ms) {
        return;
    }
    for (unsigned class = 0; class < SLAB_CLASSES; class ++) {
        slab_scavenge(&pool->depot, class);
    }
    end_ms = steady_ms();
    pool->scavenge_ms = end_ms + SCAVENGE_REST * (end_ms - begin_ms + 1);
}

void memory_scavenge(void *pool)
{
    struct memory_pool *self = pool;
    unsigned class =
        slab_most_changed(&self->depot, self->limit_bytes / WORTH_SHARE);

    if (class < SLAB_CLASSES) {
        slab_scavenge(&self->depot, class);
    } else {
        scavenge_all(self);
    }
    add_relaxed(&self->scavenges, 1);
}
