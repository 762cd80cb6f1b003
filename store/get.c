/*
 * get.c - reading.
 *
 * One look at a chain and one at a record; nothing is waited for, nothing
 * shared is written. (Where a store evicts, the first read after the hand has
 * passed sets one bit in the record.)
 */
#include "store/live.h"
#include "store/ops.h"
#include "store/table.h"

enum pawl_status get_run(struct pawl_thread *thread, uint64_t hash,
                         struct pawl_op *op)
{
    struct pawl *store = thread->store;
    struct record *record =
        table_find(store_partition(store, hash), hash, op->key, op->key_bytes);

    if (record == NULL || !live_now(store, record)) {
        return PAWL_NOT_FOUND;
    }
    live_mark_visited(store, record);
    record_view(record, &op->view);
    return PAWL_OK;
}
