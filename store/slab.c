#include "store/slab.h"

#include "store/check.h"
#include "store/pages.h"
#include "store/race.h"

#include <assert.h>

#define SPAN_BYTES ((size_t)64 * 1024)
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

/* Stands at the start of each span, and stays there for ever. */
struct span {
    struct stack_node node;  /* among the spans that serve no class */
    struct stack_node chunk; /* of the first span of a chunk: among chunks */
    size_t blocks;           /* it was cut into */
    size_t found;            /* of them in the depot: scavenging counts */
} __attribute__((aligned(64)));

static struct span *span_of(const void *block)
{
    return (struct span *)((uintptr_t)block & ~(uintptr_t)(SPAN_BYTES - 1));
}

/* The block's bytes in the classes apart, by what is asked for. */
static const size_t apart_bytes[] = {
    [SLAB_LINE] = 64, [SLAB_BATCH] = 2048, [SLAB_MAGAZINE] = 32};

static bool is_apart(size_t bytes)
{
    return bytes < sizeof(apart_bytes) / sizeof(apart_bytes[0]);
}

static unsigned class_of(size_t bytes)
{
    unsigned top;

    if (is_apart(bytes)) {
        return SLAB_SIZES - 1 + (unsigned)bytes;
    }
    if (bytes <= SLAB_BLOCK_BYTES_MIN) {
        return 1;
    }
    if (bytes <= 128) {
        return (unsigned)((bytes - 1) / 16);
    }
    top = 63 - (unsigned)__builtin_clzl(bytes - 1);
    return 8 + (top - 7) * 8 + (unsigned)((bytes - 1) >> (top - 3) & 7);
}

static size_t class_bytes(unsigned class)
{
    unsigned top;

    if (class >= SLAB_SIZES) {
        return apart_bytes[class - SLAB_SIZES + 1];
    }
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
    struct stack_node *node;

    while ((node = stack_pop(&depot->chunks)) != NULL) {
        struct span *first = span_of(node);

        memory_unpoison(first, SLAB_CHUNK_BYTES);
        pages_unmap(first, SLAB_CHUNK_BYTES);
    }
}

bool slab_map(struct slab_depot *depot)
{
    char *chunk = pages_map_aligned(SLAB_CHUNK_BYTES, SPAN_BYTES);

    if (chunk == NULL) {
        return false;
    }
    add_relaxed(&depot->mapped_bytes, SLAB_CHUNK_BYTES);
    stack_push(&depot->chunks, &((struct span *)(void *)chunk)->chunk);
    for (size_t at = SLAB_CHUNK_BYTES; at > 0; at -= SPAN_BYTES) {
        struct span *span = (struct span *)(void *)(chunk + at - SPAN_BYTES);

        stack_push(&depot->spans, &span->node);
    }
    return true;
}

void slab_init(struct slab *self, struct slab_depot *depot)
{
    ASSERT(sizeof(struct magazine) <= apart_bytes[SLAB_MAGAZINE]);
    ASSERT(class_of(SLAB_BLOCK_BYTES_MAX) == SLAB_SIZES - 1);
    ASSERT(class_of(SLAB_MAGAZINE) == SLAB_CLASSES - 1);
    static_assert(sizeof(struct span) == 64, "blocks of 64 bytes lie in lines");
    *self = (struct slab){.depot = depot};
}

/* Refills an empty class from the depot; false: there is nothing. */
static bool refill(struct slab *self, unsigned class)
{
    struct slab_class *mine = &self->classes[class];
    size_t block_bytes = class_bytes(class);
    struct magazine *magazine =
        (struct magazine *)stack_pop(&self->depot->magazines[class]);
    struct span *span;

    if (magazine != NULL) {
        mine->free = magazine->blocks;
        mine->free_count = magazine->count;
        sub_relaxed(&self->depot->free_bytes[class],
                    magazine->count * block_bytes);
        stack_push(&self->depot->empties, &magazine->node);
        return true;
    }
    span = (struct span *)stack_pop(&self->depot->spans);
    if (span == NULL) {
        return false;
    }
    span->blocks = (SPAN_BYTES - sizeof(*span)) / block_bytes;
    span->found = 0;
    mine->run = (char *)(span + 1);
    mine->run_end = mine->run + span->blocks * block_bytes;
    memory_poison(mine->run, span->blocks * block_bytes);
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
        store_relaxed(&self->depot->wanted, class);
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
    return alloc_in_class(self, class_of(bytes));
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
        magazine = alloc_in_class(self, class_of(SLAB_MAGAZINE));
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
    add_relaxed(&self->depot->free_bytes[class], magazine->count * block_bytes);
    stack_push(magazine->count != 0 ? &self->depot->magazines[class]
                                    : &self->depot->empties,
               &magazine->node);
}

static void free_in_class(struct slab *self, void *block, unsigned class)
{
    struct slab_class *mine = &self->classes[class];
    struct slab_block *freed = block;
    size_t block_bytes = class_bytes(class);
    size_t most = magazine_blocks(block_bytes);

    ASSERT_DEEP(((uintptr_t)block - (uintptr_t)(span_of(block) + 1)) %
                    block_bytes ==
                0);
    freed->next = mine->free;
    mine->free = freed;
    mine->free_count++;
    memory_poison(block, block_bytes);
    if (mine->free_count >= 2 * most) {
        give_magazine(self, class, most);
    }
}

void slab_free(struct slab *self, void *block, size_t bytes)
{
    if (bytes > SLAB_BLOCK_BYTES_MAX) {
        pages_unmap(block, bytes);
    } else {
        free_in_class(self, block, class_of(bytes));
    }
}

/* What is left of a run becomes free blocks first. */
static void flush_class(struct slab *self, unsigned class)
{
    struct slab_class *mine = &self->classes[class];
    size_t block_bytes = class_bytes(class);

    while (mine->run != mine->run_end) {
        char *block = mine->run;

        mine->run += block_bytes;
        memory_unpoison(block, block_bytes);
        free_in_class(self, block, class);
    }
    if (mine->free_count != 0) {
        give_magazine(self, class, mine->free_count);
    }
}

void slab_flush(struct slab *self)
{
    /* Class 0 has no blocks: they would be smaller than the smallest. */
    for (unsigned class = 1; class < SLAB_CLASSES; class ++) {
        flush_class(self, class);
    }
}

/* Counts, for each span with a block in magazines, how many of its are. */
static void count_found(struct stack_node *magazines, size_t block_bytes)
{
    for (; magazines != NULL; magazines = magazines->next) {
        struct slab_block *block = ((struct magazine *)magazines)->blocks;

        while (block != NULL) {
            memory_unpoison(block, block_bytes);
            span_of(block)->found++;
            block = block->next;
        }
    }
}

/*
 * Takes the blocks of whole spans out of a magazine. The spans go on a list, by
 * their first block, until no magazine is linked through them any more.
 */
static void drop_found(struct magazine *magazine, size_t block_bytes,
                       struct stack_node **whole)
{
    struct slab_block *block = magazine->blocks;

    magazine->blocks = NULL;
    magazine->count = 0;
    while (block != NULL) {
        struct slab_block *next = block->next;
        struct span *span = span_of(block);

        if (span->found < span->blocks) {
            block->next = magazine->blocks;
            magazine->blocks = block;
            magazine->count++;
        } else if (block == (struct slab_block *)(void *)(span + 1)) {
            store_relaxed(&span->node.next, *whole);
            *whole = &span->node;
        }
        memory_poison(block, block_bytes);
        block = next;
    }
}

/* Forgets what was counted, of the blocks that stay. */
static void forget_found(const struct magazine *magazine, size_t block_bytes)
{
    struct slab_block *block = magazine->blocks;

    while (block != NULL) {
        struct slab_block *next;

        memory_unpoison(block, block_bytes);
        next = block->next;
        span_of(block)->found = 0;
        memory_poison(block, block_bytes);
        block = next;
    }
}

/* Takes all magazines of a class; answers them as a list. */
static struct stack_node *take_magazines(struct slab_depot *depot,
                                         unsigned class)
{
    struct stack_node *magazines = NULL;
    struct stack_node *node;

    while ((node = stack_pop(&depot->magazines[class])) != NULL) {
        sub_relaxed(&depot->free_bytes[class],
                    ((struct magazine *)node)->count * class_bytes(class));
        store_relaxed(&node->next, magazines);
        magazines = node;
    }
    return magazines;
}

bool slab_is_scattered(const struct slab_depot *depot, size_t at_least)
{
    unsigned wanted = load_relaxed(&depot->wanted);

    for (unsigned class = 0; class < SLAB_CLASSES; class ++) {
        if (class != wanted &&
            load_relaxed(&depot->free_bytes[class]) >= at_least) {
            return true;
        }
    }
    return false;
}

unsigned slab_most_changed(const struct slab_depot *depot, size_t at_least)
{
    unsigned wanted = load_relaxed(&depot->wanted);
    unsigned most = SLAB_CLASSES;
    size_t most_bytes = at_least;

    for (unsigned class = 0; class < SLAB_CLASSES; class ++) {
        size_t now = load_relaxed(&depot->free_bytes[class]);
        size_t left = load_relaxed(&depot->left_bytes[class]);

        if (class != wanted && now >= left + left / 2 + most_bytes) {
            most_bytes = now - left - left / 2;
            most = class;
        }
    }
    return most;
}

/* Puts back the magazines of a class that hold anything yet. */
static void put_magazines(struct slab_depot *depot, unsigned class,
                          struct stack_node *magazines)
{
    size_t block_bytes = class_bytes(class);
    struct stack_node *next;
    size_t left = 0;

    for (struct stack_node *node = magazines; node != NULL; node = next) {
        struct magazine *magazine = (struct magazine *)node;

        next = node->next;
        forget_found(magazine, block_bytes);
        left += magazine->count * block_bytes;
        add_relaxed(&depot->free_bytes[class], magazine->count * block_bytes);
        stack_push(magazine->count != 0 ? &depot->magazines[class]
                                        : &depot->empties,
                   node);
    }
    store_relaxed(&depot->left_bytes[class], left);
}

void slab_scavenge(struct slab_depot *depot, unsigned class)
{
    size_t block_bytes = class_bytes(class);
    struct stack_node *magazines;
    struct stack_node *whole = NULL;
    struct stack_node *next;

    if (class == load_relaxed(&depot->wanted)) {
        return;
    }
    magazines = take_magazines(depot, class);
    count_found(magazines, block_bytes);
    for (struct stack_node *node = magazines; node != NULL; node = node->next) {
        drop_found((struct magazine *)node, block_bytes, &whole);
    }
    put_magazines(depot, class, magazines);
    for (struct stack_node *node = whole; node != NULL; node = next) {
        next = node->next;
        stack_push(&depot->spans, node);
    }
}
