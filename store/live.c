#include "store/live.h"

uint16_t live_epoch(const struct pawl *store)
{
    /* Relaxed: read after the slot, and who flushed before us is seen. */
    return (uint16_t)load_relaxed(&store->flush_count);
}

static bool is_flushed_in(const struct record *record, uint16_t epoch)
{
    return record_meta(record)->epoch != epoch ||
           (record_state(record) & RECORD_FLUSHED) != 0;
}

bool live_in(const struct pawl *store, const struct record *record,
             uint16_t epoch, uint64_t expiry)
{
    uint64_t time_ms = expiry & EXPIRY_TIME;

    return !is_flushed_in(record, epoch) &&
           (time_ms == 0 || time_ms > store_now_ms(store));
}

bool live_now(const struct pawl *store, const struct record *record)
{
    return live_in(store, record, live_epoch(store), record_expiry(record));
}

bool live_is_flushed(const struct pawl *store, const struct record *record)
{
    return is_flushed_in(record, live_epoch(store));
}

void live_mark_visited(const struct pawl *store, struct record *record)
{
    if (store->evicts && (record_state(record) & RECORD_VISITED) == 0) {
        (void)record_mark(record, RECORD_VISITED, 0);
    }
}
