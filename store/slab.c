#include "store/slab.h"

#include "store/check.h"
#include "store/pages.h"
#include "store/race.h"

#include <assert.h>

#define CHUNK_BYTES ((size_t)2 * 1024 * 1024)
#define RUN_BYTES ((size_t)16 * 1024)
#define MAGAZINE_BYTES ((size_t)32 * 1024)

/* A free block: the next one on its list. */
struct slab_block {
    struct slab_block *next;
};

/* A list of free blocks on its way between threads. Stays one for ever. */
struct magazine {
    struct stack_node node;
    struct slab_block *blocks;
    size_t count;
};

/* Stands at the start of each chunk. */
struct chunk {
    struct stack_node node;
} __attribute__((aligned(64)));

static unsigned class_of(size_t bytes)
{
    unsigned top;

    if (bytes <= 128) {
        return bytes <= 16 ? 0 : (unsigned)((bytes - 1) / 16);
    }
    top = 63 - (unsigned)__builtin_clzl(bytes - 1);
    return 8 + (top - 7) * 8 + (unsigned)((bytes - 1) >> (top - 3) & 7);
}

static size_t class_bytes(unsigned class)
{
    unsigned top;

    if (class < 8) {
        return ((size_t) class + 1) * 16;
    }
    top = 7 + (class - 8) / 8;
    return ((size_t)1 << top) + ((size_t)(class % 8 + 1) << (top - 3));
}

static size_t magazine_blocks(size_t block_bytes)
{
    size_t count = MAGAZINE_BYTES / block_bytes;

    return count < 2 ? 2 : count;
}

size_t slab_round(size_t bytes)
{
    if (bytes < SLAB_BLOCK_BYTES_MIN) {
        return SLAB_BLOCK_BYTES_MIN;
    }
    if (bytes > SLAB_BLOCK_BYTES_MAX) {
        return pages_round(bytes);
    }
    return class_bytes(class_of(bytes));
}

void slab_depot_init(struct slab_depot *depot)
{
    *depot = (struct slab_depot){0};
}

void slab_depot_fini(struct slab_depot *depot)
{
    struct stack_node *chunk;

    while ((chunk = stack_pop(&depot->chunks)) != NULL) {
        memory_unpoison(chunk, CHUNK_BYTES);
        pages_unmap(chunk, CHUNK_BYTES);
    }
}

void slab_init(struct slab *self, struct slab_depot *depot)
{
    static_assert(sizeof(struct magazine) <= SLAB_BLOCK_BYTES_MIN,
                  "a magazine fits the smallest block");
    ASSERT(class_of(SLAB_BLOCK_BYTES_MAX) == SLAB_CLASSES - 1);
    *self = (struct slab){.depot = depot};
}

/*
 * A stretch of at least least and at most most bytes of a chunk, or NULL. It
 * starts on a cache line, so blocks of 64 bytes never straddle two.
 */
static char *cut_run(struct slab *self, size_t least, size_t most,
                     size_t *bytes)
{
    char *run;

    if ((size_t)(self->chunk_end - self->chunk) < least) {
        struct chunk *chunk = pages_map(CHUNK_BYTES);

        if (chunk == NULL) {
            return NULL;
        }
        stack_push(&self->depot->chunks, &chunk->node);
        self->chunk = (char *)(chunk + 1);
        self->chunk_end = (char *)chunk + CHUNK_BYTES;
    }
    *bytes = (size_t)(self->chunk_end - self->chunk);
    if (*bytes > most) {
        *bytes = most;
    }
    *bytes -= *bytes % least;
    ASSERT(*bytes != 0);
    run = self->chunk;
    self->chunk += (*bytes + 63) & ~(size_t)63;
    return run;
}

/* Refills an empty class from the depot or from a chunk; false: no memory. */
static bool refill(struct slab *self, unsigned class)
{
    struct slab_class *mine = &self->classes[class];
    size_t block_bytes = class_bytes(class);
    struct magazine *magazine =
        (struct magazine *)stack_pop(&self->depot->magazines[class]);
    size_t run_bytes;
    char *run;

    if (magazine != NULL) {
        mine->free = magazine->blocks;
        mine->free_count = magazine->count;
        stack_push(&self->depot->empties, &magazine->node);
        return true;
    }
    run_bytes = block_bytes > RUN_BYTES ? block_bytes : RUN_BYTES;
    run = cut_run(self, block_bytes, run_bytes, &run_bytes);
    if (run == NULL) {
        return false;
    }
    mine->run = run;
    mine->run_end = run + run_bytes;
    memory_poison(run, run_bytes);
    return true;
}

static void *pop_block(struct slab_class *mine, size_t block_bytes)
{
    struct slab_block *block = mine->free;

    memory_unpoison(block, block_bytes);
    mine->free = block->next;
    mine->free_count--;
    return block;
}

static void *alloc_in_class(struct slab *self, unsigned class)
{
    struct slab_class *mine = &self->classes[class];
    size_t block_bytes = class_bytes(class);
    char *block;

    if (mine->free == NULL && mine->run == mine->run_end &&
        !refill(self, class)) {
        return NULL;
    }
    if (mine->free != NULL) {
        return pop_block(mine, block_bytes);
    }
    block = mine->run;
    mine->run += block_bytes;
    memory_unpoison(block, block_bytes);
    return block;
}

void *slab_alloc(struct slab *self, size_t bytes)
{
    if (bytes > SLAB_BLOCK_BYTES_MAX) {
        return pages_map(bytes);
    }
    return alloc_in_class(self, class_of(slab_round(bytes)));
}

/*
 * Moves count blocks from the list to the depot. Where there is no memory for
 * the magazine they stay, which costs nobody anything but room.
 */
static void give_magazine(struct slab *self, unsigned class, size_t count)
{
    struct slab_class *mine = &self->classes[class];
    size_t block_bytes = class_bytes(class);
    struct magazine *magazine =
        (struct magazine *)stack_pop(&self->depot->empties);
    struct slab_block *last = NULL;

    if (magazine == NULL) {
        magazine = alloc_in_class(self, class_of(SLAB_BLOCK_BYTES_MIN));
    }
    if (magazine == NULL) {
        return;
    }
    magazine->blocks = NULL;
    magazine->count = 0;
    while (magazine->count < count && mine->free != NULL) {
        last = pop_block(mine, block_bytes);
        last->next = magazine->blocks;
        magazine->blocks = last;
        magazine->count++;
        memory_poison(last, block_bytes);
    }
    stack_push(magazine->count != 0 ? &self->depot->magazines[class]
                                    : &self->depot->empties,
               &magazine->node);
}

void slab_free(struct slab *self, void *block, size_t bytes)
{
    struct slab_class *mine;
    struct slab_block *freed = block;
    size_t block_bytes = slab_round(bytes);
    size_t most;
    unsigned class;

    if (bytes > SLAB_BLOCK_BYTES_MAX) {
        pages_unmap(block, bytes);
        return;
    }
    class = class_of(block_bytes);
    mine = &self->classes[class];
    freed->next = mine->free;
    mine->free = freed;
    mine->free_count++;
    memory_poison(block, block_bytes);
    most = magazine_blocks(block_bytes);
    if (mine->free_count >= 2 * most) {
        give_magazine(self, class, most);
    }
}

/* What is left of runs becomes free blocks first: a flush leaves nothing. */
static void flush_class(struct slab *self, unsigned class)
{
    struct slab_class *mine = &self->classes[class];
    size_t block_bytes = class_bytes(class);

    while (mine->run != mine->run_end) {
        char *block = mine->run;

        mine->run += block_bytes;
        memory_unpoison(block, block_bytes);
        slab_free(self, block, block_bytes);
    }
    if (mine->free_count != 0) {
        give_magazine(self, class, mine->free_count);
    }
}

void slab_flush(struct slab *self)
{
    for (unsigned class = SLAB_CLASSES; class -- > 0;) {
        if (class_bytes(class) >= SLAB_BLOCK_BYTES_MIN) {
            flush_class(self, class);
        }
    }
}
