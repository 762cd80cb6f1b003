/*
 * change.h - the steps that all writing operations are made of.
 *
 * An operation locates its key, judges what it found, and makes one change. A
 * change that comes too late, because the slot is no longer as it was found,
 * asks for another round; another thread has then made its own.
 */
#ifndef PAWL_STORE_CHANGE_H
#define PAWL_STORE_CHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "store/table.h"

/* Answered within the store only: locate and judge again. */
#define CHANGE_AGAIN ((enum pawl_status)0x7fff)

/* One round of an operation that writes. */
struct change {
    struct pawl_thread *thread;
    struct partition *partition;
    uint64_t hash;
    struct place place;
    uint16_t epoch; /* of the store, read after the slot was */
    bool is_live;   /* a record is there that is not dead */
};

/* The partition that a hash belongs to. */
struct partition *change_partition(struct pawl *store, uint64_t hash);

/* Whether a record counts as there: neither expired nor flushed. */
bool change_is_live(const struct pawl *store, const struct record *record);

/*
 * Notes that a record was asked for, where the store evicts: sets one bit,
 * unless it is set. The record is published.
 */
void change_mark_visited(const struct pawl *store, const struct record *record);

/* Begins a round: finds the key. Status as table_locate(). */
enum pawl_status change_locate(struct change *change,
                               struct pawl_thread *thread, uint64_t hash,
                               const void *key, size_t key_bytes);

/*
 * Judges the version an operation asks for, 0 for any, against the live
 * record: PAWL_OK, PAWL_NOT_FOUND, PAWL_EXISTS with *version what is there.
 */
enum pawl_status change_check(const struct change *change, uint64_t expected,
                              uint64_t *version);

/*
 * A new record from draft, not yet stamped; evicts where the store does.
 * NULL: no memory.
 */
struct record *change_make(struct pawl_thread *thread,
                           const struct record_draft *draft, bool is_pending);

/* Takes back a record of change_make() that nobody has seen. */
void change_unmake(struct pawl_thread *thread, struct record *record);

/*
 * Puts record, stamped, in the place of the old one and retires that. Unless
 * PAWL_OK, record is unmade: CHANGE_AGAIN, PAWL_NO_MEMORY, PAWL_STALLED.
 */
enum pawl_status change_replace(struct change *change, struct record *record);

/*
 * Makes a record from draft and inserts it; the key was found in no slot.
 * *version is the new one with PAWL_OK. CHANGE_AGAIN, PAWL_NO_MEMORY.
 */
enum pawl_status change_insert(struct change *change,
                               const struct record_draft *draft,
                               uint64_t *version);

/*
 * Takes the record out, where expected is not 0 only at that version, and
 * retires it. *version is the tombstone's with PAWL_OK. CHANGE_AGAIN,
 * PAWL_NO_MEMORY, PAWL_STALLED.
 */
enum pawl_status change_remove(struct pawl_thread *thread, struct place *place,
                               uint64_t expected, uint64_t *version);

/*
 * Takes the record out if it is dead, and counts why. Answers whether it went.
 */
bool change_remove_dead(struct pawl_thread *thread, struct place *place);

/*
 * A draft of the record as it is, its expiry sealed; a counter is sealed
 * already. digits has room for a counter's text, which value then points to.
 */
void change_copy_draft(struct record *record, struct record_draft *draft,
                       char digits[21]);

#endif
