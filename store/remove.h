/*
 * remove.h - a record leaves its slot, and is retired.
 */
#ifndef PAWL_STORE_REMOVE_H
#define PAWL_STORE_REMOVE_H

#include "store/table.h"

/*
 * Takes the record out and retires it, if it is as basis says. *version is the
 * tombstone's with PAWL_OK. PLACE_CHANGED, PAWL_NO_MEMORY, PAWL_STALLED.
 */
enum pawl_status remove_record(struct pawl_thread *thread, struct place *place,
                               const struct record_basis *basis,
                               uint64_t *version);

/*
 * Takes the record out if it is dead, and counts why. Answers whether it went.
 */
bool remove_dead(struct pawl_thread *thread, struct place *place);

/*
 * Whether the thread may take the record out of its slot now, and has a place
 * to retire it to: PAWL_OK, PAWL_STALLED, PAWL_NO_MEMORY.
 */
enum pawl_status remove_permit(struct pawl_thread *thread,
                               const struct record *record);

/* Retires a record that is in no slot any more; it was permitted. */
void remove_retire(struct pawl_thread *thread, struct record *record);

/* Counts a record that has come, or with sign -1 gone. */
void remove_count(struct pawl_thread *thread, const struct record *record,
                  int64_t sign);

#endif
