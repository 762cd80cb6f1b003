/*
 * locate.h - a writer's way to its key.
 */
#ifndef PAWL_STORE_LOCATE_H
#define PAWL_STORE_LOCATE_H

#include "store/table.h"

/*
 * Finds the key's slot in a bucket that is not moving. PAWL_OK, also where
 * there is no record; PAWL_NO_MEMORY where the bucket had to be moved and could
 * not be.
 */
enum pawl_status locate(struct pawl_thread *thread, struct partition *partition,
                        uint64_t hash, const void *key, size_t key_bytes,
                        struct place *place);

/*
 * Makes an empty slot for a key that was found nowhere, by a new overflow
 * block. With PAWL_OK place->vacant is that slot, or NULL where place is out of
 * date: locate again. PAWL_NO_MEMORY.
 */
enum pawl_status locate_vacant(struct pawl_thread *thread,
                               struct partition *partition,
                               struct place *place);

#endif
