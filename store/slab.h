/*
 * slab.h - blocks of memory in size classes, from the calling thread's own.
 *
 * Memory comes in chunks, a chunk is some spans of 64 KiB, and a span serves
 * one class at a time. Each thread carves blocks out of spans and keeps what it
 * frees on a list a class; no other thread looks at those lists. Where a list
 * grows long a magazine of blocks goes to the depot that all threads of the
 * store share, and a thread whose list is empty takes one there before it takes
 * a span: so memory freed by one thread serves another. A span whose blocks
 * have all come to the depot can be made out and serve another class
 * (slab_scavenge()): so memory freed in one size serves another.
 *
 * Classes are multiples of 16 bytes from 32 on, above 128 at most 12.5 %
 * apart; all blocks are aligned to 16, and those of 64 bytes to 64. Blocks
 * larger than the largest class come from the operating system and go back.
 *
 * Progress: wait-free but for the depot's stacks (lock-free) and the operating
 * system's calls. Threads: a slab is its thread's; a depot is anybody's, but
 * one thread scavenges.
 */
#ifndef PAWL_STORE_SLAB_H
#define PAWL_STORE_SLAB_H

#include <stdbool.h>
#include <stddef.h>

#include "store/stack.h"

#define SLAB_BLOCK_BYTES_MIN ((size_t)32)
#define SLAB_BLOCK_BYTES_MAX ((size_t)16 * 1024)

/*
 * In place of a size: blocks of the store's own, in classes apart from those of
 * records, lest the few that live long hold on to the spans of many.
 */
#define SLAB_LINE ((size_t)1)     /* 64 bytes */
#define SLAB_BATCH ((size_t)2)    /* 2 KiB */
#define SLAB_MAGAZINE ((size_t)3) /* 32 bytes */

#define SLAB_SIZES 64   /* classes of records */
#define SLAB_CLASSES 67 /* and those apart */
#define SLAB_CHUNK_BYTES ((size_t)512 * 1024)

struct slab_block;

struct slab_class {
    struct slab_block *free;
    size_t free_count;
    char *run; /* memory carved for this class and not handed out yet */
    char *run_end;
};

struct slab_depot {
    struct stack magazines[SLAB_CLASSES];
    struct stack empties; /* magazines that hold nothing */
    struct stack spans;   /* that serve no class */
    struct stack chunks;  /* every chunk ever mapped; only pushed until fini */
    size_t mapped_bytes;  /* of all chunks */

    /* Of each class: bytes in magazines, and what the last scavenging left. */
    size_t free_bytes[SLAB_CLASSES];
    size_t left_bytes[SLAB_CLASSES];
    unsigned wanted; /* the class that was last asked for in vain */
};

struct slab {
    struct slab_depot *depot;
    struct slab_class classes[SLAB_CLASSES];
};

void slab_depot_init(struct slab_depot *depot);

/* Gives every chunk back; all blocks of all slabs of the depot with them. */
void slab_depot_fini(struct slab_depot *depot);

void slab_init(struct slab *self, struct slab_depot *depot);

/* Hands all free blocks to the depot. The slab can be used on. */
void slab_flush(struct slab *self);

/* The bytes a block for bytes really takes; bytes > 0. */
size_t slab_round(size_t bytes);

/*
 * A block of at least bytes (> 0), uninitialised. NULL: no memory; up to
 * SLAB_BLOCK_BYTES_MAX more may be had by slab_map().
 */
void *slab_alloc(struct slab *self, size_t bytes);

/* Maps another chunk; false: no memory. */
bool slab_map(struct slab_depot *depot);

/* Whether at_least bytes of other sizes than the one wanted lie in the depot.
 */
bool slab_is_scattered(const struct slab_depot *depot, size_t at_least);

/*
 * The class, not the one wanted, that has changed most since it was last
 * scavenged: by at_least bytes and half of what that left. SLAB_CLASSES: none.
 */
unsigned slab_most_changed(const struct slab_depot *depot, size_t at_least);

/*
 * Frees the spans of a class whose blocks have all come to the depot; nothing
 * for the class that is wanted, whose magazines would be missed. Looks at every
 * block there, so it is for one thread with time.
 */
void slab_scavenge(struct slab_depot *depot, unsigned class);

/* Takes back a block that any slab of the depot gave for bytes. */
void slab_free(struct slab *self, void *block, size_t bytes);

#endif
