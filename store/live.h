/*
 * live.h - does a record that lies in a slot count as there?
 *
 * Not where its time has come, and not where the store was flushed after it was
 * made. Such a record is dead; it stays until it is written over or removed.
 */
#ifndef PAWL_STORE_LIVE_H
#define PAWL_STORE_LIVE_H

#include "store/record.h"
#include "store/store.h"

/*
 * The low bits of the flush count. To be read after the slot whose record is
 * judged by it: a record made after the flush is then never judged by a count
 * from before.
 */
uint16_t live_epoch(const struct pawl *store);

/* Whether the record is live at epoch; expiry is the word of its expiry. */
bool live_in(const struct pawl *store, const struct record *record,
             uint16_t epoch, uint64_t expiry);

/* Whether the record is live. */
bool live_now(const struct pawl *store, const struct record *record);

/* Whether the store was flushed since the record was made. */
bool live_is_flushed(const struct pawl *store, const struct record *record);

/*
 * Notes that a record was asked for, where the store evicts: sets one bit,
 * unless it is set. The record is published.
 */
void live_mark_visited(const struct pawl *store, struct record *record);

#endif
