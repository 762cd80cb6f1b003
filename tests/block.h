/*
 * block.h - values that tell whether they are whole.
 *
 * A value is a row of blocks; each says which key it was written for, by whom,
 * as the how-manyeth, and how long it is, and the rest of its bytes follows
 * from that. Half of one, two mixed, or one of another key is recognised.
 */
#ifndef PAWL_TESTS_BLOCK_H
#define PAWL_TESTS_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BLOCK_HEAD_BYTES 16

struct block {
    uint32_t key;
    uint32_t writer;
    uint32_t counter;
    uint32_t bytes; /* in all, at least BLOCK_HEAD_BYTES */
};

/* Writes block to room, which has block.bytes. */
void block_write(struct block block, void *room);

/*
 * Reads the block at *offset of a value and moves *offset behind it; false
 * where the rest is not a whole block.
 */
bool block_read(const void *value, size_t value_bytes, size_t *offset,
                struct block *block);

/* Checks that value is one or more whole blocks, all of key. */
void block_check(const void *value, size_t value_bytes, uint32_t key);

#endif
