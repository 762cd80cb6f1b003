#include "store/remove.h"

#include "store/live.h"

void remove_count(struct pawl_thread *thread, const struct record *record,
                  int64_t sign)
{
    int64_t bytes = (int64_t)slab_round(record_bytes(record));

    tally_add(thread, records, sign);
    tally_add(thread, record_bytes, sign * bytes);
}

void remove_retire(struct pawl_thread *thread, struct record *record)
{
    reclaim_retire(&thread->reclaim, record, record_bytes(record));
    reclaim_flush_heavy(&thread->reclaim);
}

enum pawl_status remove_permit(struct pawl_thread *thread,
                               const struct record *record)
{
    if (reclaim_is_stalled(&thread->reclaim, record_bytes(record))) {
        return PAWL_STALLED;
    }
    return reclaim_reserve(&thread->reclaim, 1) ? PAWL_OK : PAWL_NO_MEMORY;
}

enum pawl_status remove_record(struct pawl_thread *thread, struct place *place,
                               const struct record_basis *basis,
                               uint64_t *version)
{
    enum pawl_status status = remove_permit(thread, place->record);
    uint64_t last;

    if (status != PAWL_OK) {
        return status;
    }
    if ((place->seen & SLOT_FROZEN) != 0 ||
        !record_seal(place->record, basis, &last) ||
        !table_remove(place, last + 1)) {
        return PLACE_CHANGED;
    }
    *version = last + 1;
    remove_count(thread, place->record, -1);
    remove_retire(thread, place->record);
    return PAWL_OK;
}

bool remove_dead(struct pawl_thread *thread, struct place *place)
{
    struct pawl *store = thread->store;
    uint16_t epoch = live_epoch(store);
    bool was_flushed = live_is_flushed(store, place->record);
    struct record_basis basis = {
        .has_expiry = true,
        .expiry = record_expiry(place->record),
    };
    uint64_t version;

    if (live_in(store, place->record, epoch, basis.expiry) ||
        remove_record(thread, place, &basis, &version) != PAWL_OK) {
        return false;
    }
    if (was_flushed) {
        tally_add(thread, flushed, 1);
    } else {
        tally_add(thread, expired, 1);
    }
    return true;
}
