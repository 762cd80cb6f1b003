/*
 * room.h - memory for a new record, also where little is left.
 */
#ifndef PAWL_STORE_ROOM_H
#define PAWL_STORE_ROOM_H

#include <stdbool.h>
#include <stddef.h>

#include "store/store.h"

/*
 * Memory of the thread's pool for bytes. Where the limit is near, a store that
 * evicts makes room first. NULL: no memory. Inside a read section.
 */
void *room_alloc(struct pawl_thread *thread, size_t bytes);

/*
 * Makes room for a block of bytes: takes back what is ready of all members'
 * retired blocks, and removes some dead records or, where the store evicts,
 * some that were not read lately. Answers whether any of it gave room.
 */
bool room_make(struct pawl_thread *thread, size_t bytes);

/*
 * Whether room_await() may be of use: there is memory that a grace period would
 * give back, or that lies free in other sizes, and no reader is known to stall.
 */
bool room_may_come(struct pawl_thread *thread);

/*
 * Naps until a grace period has ended, 13 ms in all at the most, and takes back
 * what that sets free. Answers whether anything was. Where a nap was in vain it
 * is not tried again until a period has ended: a reader stalls. Outside any
 * read section.
 */
bool room_await(struct pawl_thread *thread);

/* Takes back what is ready of all members' retired blocks. */
bool room_collect(struct pawl_thread *thread);

#endif
