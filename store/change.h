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

/* One round of an operation that writes. */
struct change {
    struct pawl_thread *thread;
    struct partition *partition;
    uint64_t hash;
    struct place place;
    uint16_t epoch; /* of the store, read after the slot was */
    bool is_live;   /* a record is there that is not dead */

    /*
     * What the round has read of the record and rests on. change_locate() sets
     * it: where the record is dead, it must not have been touched meanwhile.
     */
    struct record_basis basis;
};

/* Begins a round: finds the key. Status as locate(). */
enum pawl_status change_locate(struct change *change,
                               struct pawl_thread *thread, uint64_t hash,
                               const void *key, size_t key_bytes);

/*
 * Judges the version an operation asks for, 0 for any, against the live
 * record: PAWL_OK, and the round rests on it; PAWL_NOT_FOUND; PAWL_EXISTS with
 * *version what is there.
 */
enum pawl_status change_check(struct change *change, uint64_t expected,
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
 * Puts record in the place of the old one, with the next version or, where
 * keeps_version, the same; retires the old one. *version is the new one with
 * PAWL_OK. Otherwise record is unmade, and what was there is as it was:
 * PLACE_CHANGED, PAWL_NO_MEMORY, PAWL_STALLED.
 */
enum pawl_status change_replace(struct change *change, struct record *record,
                                bool keeps_version, uint64_t *version);

/*
 * Makes a record from draft and inserts it; the key was found in no slot.
 * *version is the new one with PAWL_OK. PLACE_CHANGED, PAWL_NO_MEMORY.
 */
enum pawl_status change_insert(struct change *change,
                               const struct record_draft *draft,
                               uint64_t *version);

/* One round of an operation on a live record. PLACE_CHANGED: another round. */
typedef enum pawl_status change_round(struct change *change,
                                      struct pawl_op *op);

/*
 * Goes round until the operation is done: op's key is found and its version
 * checked; where there is no live record absent is answered.
 */
enum pawl_status change_live(struct pawl_thread *thread, uint64_t hash,
                             struct pawl_op *op, enum pawl_status absent,
                             change_round *round);

/*
 * A draft of the live record as it is; the round then rests on its version and
 * its expiry. digits has room for a counter's text, to which value points.
 */
void change_copy(struct change *change, struct record_draft *draft,
                 char digits[21]);

#endif
