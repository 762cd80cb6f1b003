#include "store/memory.h"

#include "store/order.h"

#define PORTION_BYTES_MAX ((size_t)64 * 1024)
#define PORTIONS_IN_LIMIT 256

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

/* As slab_alloc() and slab_free(), counting the blocks outside chunks. */
static void *get_block(struct memory *self, size_t bytes)
{
    void *block = slab_alloc(&self->slab, bytes);

    if (block != NULL && bytes > SLAB_BLOCK_BYTES_MAX) {
        add_relaxed(&self->pool->large_count, 1);
    }
    return block;
}

static void put_block(struct memory *self, void *block, size_t bytes)
{
    if (bytes > SLAB_BLOCK_BYTES_MAX) {
        sub_relaxed(&self->pool->large_count, 1);
    }
    slab_free(&self->slab, block, bytes);
}

void *memory_alloc(struct memory *self, size_t bytes)
{
    size_t block_bytes = slab_round(bytes);
    void *block;

    if (!memory_charge(self, block_bytes)) {
        return NULL;
    }
    block = get_block(self, bytes);
    if (block == NULL) {
        memory_uncharge(self, block_bytes);
    }
    return block;
}

void *memory_alloc_beyond(struct memory *self, size_t bytes)
{
    void *block = get_block(self, bytes);

    if (block != NULL) {
        add_relaxed(&self->pool->used_bytes, slab_round(bytes));
    }
    return block;
}

void memory_free(struct memory *self, void *block, size_t bytes)
{
    put_block(self, block, bytes);
    memory_uncharge(self, slab_round(bytes));
}

bool memory_is_short(const struct memory_pool *pool)
{
    size_t reserve_bytes = pool->limit_bytes / 16;

    return pool->limit_bytes != 0 &&
           counted(pool, load_relaxed(&pool->used_bytes)) >
               pool->limit_bytes - reserve_bytes;
}
