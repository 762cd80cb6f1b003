/*
 * block.c - values that tell whether they are whole.
 */
#include "tests/block.h"

#include "tests/support.h"

#include <string.h>

_Static_assert(sizeof(struct block) == BLOCK_HEAD_BYTES,
               "a block's head is written as it is");

static struct dice dice_of(const struct block *block)
{
    return (struct dice){(uint64_t)block->key << 40 ^
                         (uint64_t)block->writer << 32 ^ block->counter ^
                         (uint64_t)block->bytes << 48};
}

void block_write(struct block block, void *room)
{
    struct dice dice = dice_of(&block);
    unsigned char *bytes = room;
    memcpy(bytes, &block, BLOCK_HEAD_BYTES);
    for (size_t at = BLOCK_HEAD_BYTES; at < block.bytes; at += 8) {
        uint64_t eight = dice_roll(&dice);
        memcpy(bytes + at, &eight, block.bytes - at < 8 ? block.bytes - at : 8);
    }
}

static bool tail_is_whole(const struct block *block, const unsigned char *bytes)
{
    struct dice dice = dice_of(block);
    for (size_t at = BLOCK_HEAD_BYTES; at < block->bytes; at += 8) {
        uint64_t eight = dice_roll(&dice);
        size_t length = block->bytes - at < 8 ? block->bytes - at : 8;
        if (memcmp(bytes + at, &eight, length) != 0) {
            return false;
        }
    }
    return true;
}

bool block_read(const void *value, size_t value_bytes, size_t *offset,
                struct block *block)
{
    const unsigned char *bytes = (const unsigned char *)value + *offset;
    size_t left = value_bytes - *offset;
    if (left < BLOCK_HEAD_BYTES) {
        return false;
    }
    memcpy(block, bytes, BLOCK_HEAD_BYTES);
    if (block->bytes < BLOCK_HEAD_BYTES || block->bytes > left ||
        !tail_is_whole(block, bytes)) {
        return false;
    }
    *offset += block->bytes;
    return true;
}

void block_check(const void *value, size_t value_bytes, uint32_t key)
{
    struct block block;
    size_t offset = 0;
    do {
        if (!block_read(value, value_bytes, &offset, &block)) {
            check_failed(__FILE__, __LINE__,
                         "a value of %zu bytes is torn at byte %zu",
                         value_bytes, offset);
        }
        CHECK_NUMBER(block.key, key);
    } while (offset < value_bytes);
}
