#include "store/reclaim.h"

#include "store/check.h"
#include "store/race.h"

#include <assert.h>

/* Empty batches that a thread keeps. */
#define SPARES_MAX 8

/* A batch this heavy is closed before it is full. */
#define BATCH_BYTES ((size_t)256 * 1024)

static_assert(sizeof(struct retired_batch) == 2048, "a batch fills its class");

void reclaim_init(struct reclaim *self, struct memory *memory,
                  struct grace *grace, size_t retired_bytes_max)
{
    *self = (struct reclaim){
        .memory = memory,
        .grace = grace,
        .retired_bytes_max = retired_bytes_max,
    };
}

/* Runs in the grace thread once the grace period of the batch is over. */
static void push_ready(struct grace_node *node)
{
    struct retired_batch *batch = (struct retired_batch *)(void *)node;
    struct reclaim *owner = batch->owner;
    struct retired_batch *first = load_relaxed(&owner->ready);

    do {
        batch->next = first;
        /*
         * edge batch-ready: the batch, and all that readers did before the
         * grace period ended, come before its blocks are freed. The other
         * side is reclaim_collect().
         */
    } while (!cas_release(&owner->ready, &first, batch));
}

static void close_batch(struct reclaim *self)
{
    struct retired_batch *batch = self->open;

    self->open = NULL;
    add_relaxed(&self->memory->pool->retired_bytes, batch->bytes);
    grace_call(self->grace, &batch->grace, push_ready);
}

void reclaim_flush(struct reclaim *self)
{
    if (self->open != NULL && self->open->count != 0) {
        close_batch(self);
    }
}

static bool is_past_bound(const struct reclaim *self, size_t bytes)
{
    size_t waiting = load_relaxed(&self->memory->pool->retired_bytes);

    if (self->open != NULL) {
        waiting += self->open->bytes;
    }
    return waiting + slab_round(bytes) > self->retired_bytes_max;
}

bool reclaim_is_stalled(struct reclaim *self, size_t bytes)
{
    if (self->retired_bytes_max == 0 || !is_past_bound(self, bytes)) {
        return false;
    }
    (void)reclaim_collect(self, self);
    return is_past_bound(self, bytes);
}

/* Opens an empty batch; there is none open. */
static bool open_batch(struct reclaim *self)
{
    struct retired_batch *batch;

    (void)reclaim_collect(self, self);
    batch = self->spare;
    if (batch != NULL) {
        self->spare = batch->next;
        self->spare_count--;
    } else {
        batch = memory_alloc_beyond(self->memory, SLAB_BATCH);
    }
    if (batch == NULL) {
        return false;
    }
    batch->owner = self;
    batch->count = 0;
    batch->bytes = 0;
    self->open = batch;
    return true;
}

void reclaim_flush_heavy(struct reclaim *self)
{
    if (self->open != NULL && self->open->bytes >= BATCH_BYTES) {
        close_batch(self);
    }
}

bool reclaim_reserve(struct reclaim *self, size_t count)
{
    ASSERT(count <= RETIRED_BLOCKS);
    if (self->open != NULL && self->open->count + count > RETIRED_BLOCKS) {
        close_batch(self);
    }
    return self->open != NULL || open_batch(self);
}

void reclaim_retire(struct reclaim *self, void *block, size_t bytes)
{
    struct retired_batch *batch = self->open;

    ASSERT(batch != NULL && batch->count < RETIRED_BLOCKS);
    batch->item[batch->count].block = block;
    batch->item[batch->count].bytes = bytes;
    batch->count++;
    batch->bytes += slab_round(bytes);
}

/* Frees the blocks of one batch and keeps the batch, or frees that as well. */
static void free_batch(struct reclaim *self, struct retired_batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        memory_free(self->memory, batch->item[i].block, batch->item[i].bytes);
    }
    sub_relaxed(&self->memory->pool->retired_bytes, batch->bytes);
    if (self->spare_count == SPARES_MAX) {
        memory_free(self->memory, batch, SLAB_BATCH);
        return;
    }
    batch->next = self->spare;
    self->spare = batch;
    self->spare_count++;
}

bool reclaim_collect(struct reclaim *self, struct reclaim *from)
{
    struct retired_batch *batch;

    if (load_relaxed(&from->ready) == NULL) {
        return false;
    }
    /* edge batch-ready: the other side is push_ready(). */
    batch = swap_acquire(&from->ready, NULL);
    race_acquire(self->memory->pool);
    while (batch != NULL) {
        struct retired_batch *next = batch->next;

        free_batch(self, batch);
        batch = next;
    }
    return true;
}
