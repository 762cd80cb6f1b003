#include "store/change.h"

#include "store/insert.h"
#include "store/live.h"
#include "store/locate.h"
#include "store/number.h"
#include "store/remove.h"
#include "store/room.h"

enum pawl_status change_locate(struct change *change,
                               struct pawl_thread *thread, uint64_t hash,
                               const void *key, size_t key_bytes)
{
    struct record *record;
    enum pawl_status status;

    change->thread = thread;
    change->partition = store_partition(thread->store, hash);
    change->hash = hash;
    change->basis = (struct record_basis){0};
    change->is_live = false;
    status =
        locate(thread, change->partition, hash, key, key_bytes, &change->place);
    if (status != PAWL_OK) {
        return status;
    }
    record = change->place.record;
    change->epoch = live_epoch(thread->store);
    if (record != NULL) {
        change->basis.expiry = record_expiry(record);
        change->is_live =
            live_in(thread->store, record, change->epoch, change->basis.expiry);
        change->basis.has_expiry = !change->is_live;
    }
    return PAWL_OK;
}

enum pawl_status change_check(struct change *change, uint64_t expected,
                              uint64_t *version)
{
    uint64_t now;

    if (expected == 0) {
        return PAWL_OK;
    }
    if (!change->is_live) {
        return PAWL_NOT_FOUND;
    }
    now = record_version_word(change->place.record) & RECORD_VERSION;
    if (now != expected) {
        *version = now;
        return PAWL_EXISTS;
    }
    change->basis.version = expected;
    return PAWL_OK;
}

struct record *change_make(struct pawl_thread *thread,
                           const struct record_draft *draft, bool is_pending)
{
    struct record *record = room_alloc(thread, record_draft_bytes(draft));

    if (record != NULL) {
        record_fill(record, draft, is_pending);
    }
    return record;
}

void change_unmake(struct pawl_thread *thread, struct record *record)
{
    memory_free(&thread->memory, record, record_bytes(record));
}

/* Seals the old record, stamps the new one and swaps them. */
static enum pawl_status swap_records(struct change *change,
                                     struct record *record, bool keeps_version,
                                     uint64_t *version)
{
    struct record *old = change->place.record;
    enum pawl_status status = remove_permit(change->thread, old);
    uint64_t last;

    if (status != PAWL_OK) {
        return status;
    }
    if (!record_seal(old, &change->basis, &last)) {
        return PLACE_CHANGED;
    }
    record_stamp(record, keeps_version ? last : last + 1);
    if (!table_replace(&change->place, record)) {
        return PLACE_CHANGED;
    }
    *version = keeps_version ? last : last + 1;
    return PAWL_OK;
}

enum pawl_status change_replace(struct change *change, struct record *record,
                                bool keeps_version, uint64_t *version)
{
    struct pawl_thread *thread = change->thread;
    enum pawl_status status =
        swap_records(change, record, keeps_version, version);

    if (status != PAWL_OK) {
        change_unmake(thread, record);
        return status;
    }
    remove_count(thread, record, 1);
    remove_count(thread, change->place.record, -1);
    remove_retire(thread, change->place.record);
    return PAWL_OK;
}

/* Inserts a record, pending and stamped, into the vacant slot. */
static enum pawl_status insert_made(struct change *change,
                                    struct record *record)
{
    struct pawl_thread *thread = change->thread;

    if (!reclaim_reserve(&thread->reclaim, 1)) {
        change_unmake(thread, record);
        return PAWL_NO_MEMORY;
    }
    switch (insert_record(&change->place, record, hash_tag(change->hash))) {
    case INSERT_DONE:
        remove_count(thread, record, 1);
        return PAWL_OK;
    case INSERT_KILLED:
        remove_retire(thread, record);
        return PLACE_CHANGED;
    default:
        change_unmake(thread, record);
        return PLACE_CHANGED;
    }
}

enum pawl_status change_insert(struct change *change,
                               const struct record_draft *draft,
                               uint64_t *version)
{
    struct place *place = &change->place;
    struct record *record;
    enum pawl_status status;
    uint64_t fresh;

    if (place->vacant == NULL) {
        status = locate_vacant(change->thread, change->partition, place);
        if (status == PAWL_NO_MEMORY && room_make(change->thread, SLAB_LINE)) {
            return PLACE_CHANGED;
        }
        if (status != PAWL_OK) {
            return status;
        }
        if (place->vacant == NULL) {
            return PLACE_CHANGED;
        }
    }
    record = change_make(change->thread, draft, true);
    if (record == NULL) {
        return PAWL_NO_MEMORY;
    }
    /* Relaxed: insert_resolve() compares the floor again, after its look. */
    fresh = load_relaxed(&place->bucket->floor) + 1;
    record_stamp(record, fresh);
    status = insert_made(change, record);
    if (status == PAWL_OK) {
        *version = fresh;
    }
    return status;
}

enum pawl_status change_live(struct pawl_thread *thread, uint64_t hash,
                             struct pawl_op *op, enum pawl_status absent,
                             change_round *round)
{
    struct change change;
    enum pawl_status status;

    do {
        status = change_locate(&change, thread, hash, op->key, op->key_bytes);
        if (status == PAWL_OK) {
            status = change_check(&change, op->version, &op->view.version);
        }
        if (status != PAWL_OK) {
            return status;
        }
        if (!change.is_live) {
            return absent;
        }
        status = round(&change, op);
    } while (status == PLACE_CHANGED);
    return status;
}

void change_copy(struct change *change, struct record_draft *draft,
                 char digits[21])
{
    struct record *record = change->place.record;

    change->basis.has_expiry = true;
    *draft = (struct record_draft){
        .key = record_key(record),
        .key_bytes = record_key_bytes(record),
        .flags = record_flags(record),
        .expiry_ms = change->basis.expiry & EXPIRY_TIME,
        .epoch = record_meta(record)->epoch,
        .is_counter = record_is_counter(record),
    };
    if (draft->is_counter) {
        struct pair now = pair_load(&record->pair);

        if (change->basis.version == 0) {
            change->basis.version = now.version & RECORD_VERSION;
        }
        draft->number = now.number;
        draft->value = digits;
        draft->value_bytes = number_write(now.number, digits);
    } else {
        draft->value = record_value(record);
        draft->value_bytes = record->plain.value_bytes;
    }
}
