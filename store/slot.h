/*
 * slot.h - the 64-bit word through which a bucket holds a record.
 *
 *   bits 48-63  the tag of the record's key (hash.h); 0 without a record
 *   bits 4-47   the record's address (records are aligned to 16)
 *   bit 3       never set
 *   bit 2       kept for descriptors of multi-word commits; never set today
 *   bit 1       TENTATIVE: reserved by an insert; the record's fate says
 *               whether it is there (insert.c)
 *   bit 0       FROZEN: the bucket is moving to a larger table (grow.c)
 *
 * A word of 0 is a slot of a new table that nothing was moved to yet. A slot
 * without a record is TENTATIVE without an address: SLOT_EMPTY. So a slot that
 * was filled never becomes 0 again.
 */
#ifndef PAWL_STORE_SLOT_H
#define PAWL_STORE_SLOT_H

#include <stdbool.h>
#include <stdint.h>

#include "store/check.h"
#include "store/record.h"

#define SLOT_FROZEN UINT64_C(1)
#define SLOT_TENTATIVE UINT64_C(2)
#define SLOT_EMPTY SLOT_TENTATIVE
#define SLOT_ADDRESS UINT64_C(0x0000fffffffffff0)

/* tag is from hash_tag(). */
static inline uint64_t slot_of(struct record *record, uint64_t tag)
{
    uint64_t address = (uintptr_t)record;

    ASSERT((address & ~SLOT_ADDRESS) == 0);
    return address | tag << 48;
}

/* The record, whatever its state; NULL where there is none. */
static inline struct record *slot_record(uint64_t slot)
{
    return (struct record *)(uintptr_t)(slot & SLOT_ADDRESS);
}

static inline uint64_t slot_tag(uint64_t slot)
{
    return slot >> 48;
}

#endif
