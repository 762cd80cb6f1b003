#include "store/change.h"

#include "store/check.h"
#include "store/insert.h"
#include "store/number.h"
#include "store/room.h"

struct partition *change_partition(struct pawl *store, uint64_t hash)
{
    return &store->partitions[hash_partition(hash, store->options.partitions)];
}

static uint16_t epoch_of(const struct pawl *store)
{
    /* Relaxed: read after the slot, and who flushed before us is seen. */
    return (uint16_t)load_relaxed(&store->flush_count);
}

static bool is_flushed_in(const struct record *record, uint16_t epoch)
{
    return record_meta(record)->epoch != epoch ||
           (record_state(record) & RECORD_FLUSHED) != 0;
}

/* expiry is the record's word. */
static bool is_live_in(const struct pawl *store, const struct record *record,
                       uint16_t epoch, uint64_t expiry)
{
    uint64_t time_ms = expiry & EXPIRY_TIME;

    return !is_flushed_in(record, epoch) &&
           (time_ms == 0 || time_ms > store_now_ms(store));
}

bool change_is_live(const struct pawl *store, const struct record *record)
{
    return is_live_in(store, record, epoch_of(store), record_expiry(record));
}

bool change_is_flushed(const struct pawl *store, const struct record *record)
{
    return is_flushed_in(record, epoch_of(store));
}

void change_mark_visited(const struct pawl *store, struct record *record)
{
    if (store->options.full == PAWL_FULL_EVICT &&
        (record_state(record) & RECORD_VISITED) == 0) {
        record_mark(record, RECORD_VISITED, 0);
    }
}

enum pawl_status change_locate(struct change *change,
                               struct pawl_thread *thread, uint64_t hash,
                               const void *key, size_t key_bytes)
{
    struct record *record;
    enum pawl_status status;

    change->thread = thread;
    change->partition = change_partition(thread->store, hash);
    change->hash = hash;
    change->basis = (struct record_basis){0};
    change->is_live = false;
    status = table_locate(thread, change->partition, hash, key, key_bytes,
                          &change->place);
    if (status != PAWL_OK) {
        return status;
    }
    record = change->place.record;
    change->epoch = epoch_of(thread->store);
    if (record != NULL) {
        change->basis.expiry = record_expiry(record);
        change->is_live = is_live_in(thread->store, record, change->epoch,
                                     change->basis.expiry);
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

/* Counts a record that has come, or with sign -1 gone. */
static void count_record(struct pawl_thread *thread,
                         const struct record *record, int64_t sign)
{
    int64_t bytes = (int64_t)slab_round(record_bytes(record));

    tally_add(thread, records, sign);
    tally_add(thread, record_bytes, sign * bytes);
}

static void retire_record(struct pawl_thread *thread, struct record *record)
{
    reclaim_retire(&thread->reclaim, record, record_bytes(record));
    reclaim_flush_heavy(&thread->reclaim);
}

/* Whether the thread may take the record out of its slot now. */
static enum pawl_status may_retire(struct pawl_thread *thread,
                                   const struct record *record)
{
    if (reclaim_is_stalled(&thread->reclaim, record_bytes(record))) {
        return PAWL_STALLED;
    }
    return reclaim_reserve(&thread->reclaim, 1) ? PAWL_OK : PAWL_NO_MEMORY;
}

/* Seals the old record, stamps the new one and swaps them. */
static enum pawl_status swap_records(struct change *change,
                                     struct record *record, bool keeps_version,
                                     uint64_t *version)
{
    struct record *old = change->place.record;
    enum pawl_status status = may_retire(change->thread, old);
    uint64_t last;

    if (status != PAWL_OK) {
        return status;
    }
    if (!record_seal(old, &change->basis, &last)) {
        return CHANGE_AGAIN;
    }
    record_stamp(record, keeps_version ? last : last + 1);
    if (!table_replace(&change->place, record)) {
        return CHANGE_AGAIN;
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
    count_record(thread, record, 1);
    count_record(thread, change->place.record, -1);
    retire_record(thread, change->place.record);
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
        count_record(thread, record, 1);
        return PAWL_OK;
    case INSERT_KILLED:
        retire_record(thread, record);
        return CHANGE_AGAIN;
    default:
        change_unmake(thread, record);
        return CHANGE_AGAIN;
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
        status = table_extend(change->thread, change->partition, place);
        if (status == PAWL_NO_MEMORY && room_make(change->thread)) {
            return CHANGE_AGAIN;
        }
        if (status != PAWL_OK) {
            return status;
        }
        if (place->vacant == NULL) {
            return CHANGE_AGAIN;
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

enum pawl_status change_remove(struct pawl_thread *thread, struct place *place,
                               const struct record_basis *basis,
                               uint64_t *version)
{
    enum pawl_status status = may_retire(thread, place->record);
    uint64_t last;

    if (status != PAWL_OK) {
        return status;
    }
    if ((place->seen & SLOT_FROZEN) != 0 ||
        !record_seal(place->record, basis, &last) ||
        !table_remove(place, last + 1)) {
        return CHANGE_AGAIN;
    }
    *version = last + 1;
    count_record(thread, place->record, -1);
    retire_record(thread, place->record);
    return PAWL_OK;
}

bool change_remove_dead(struct pawl_thread *thread, struct place *place)
{
    struct pawl *store = thread->store;
    uint16_t epoch = epoch_of(store);
    bool was_flushed = is_flushed_in(place->record, epoch);
    struct record_basis basis = {
        .has_expiry = true,
        .expiry = record_expiry(place->record),
    };
    uint64_t version;

    if (is_live_in(store, place->record, epoch, basis.expiry) ||
        change_remove(thread, place, &basis, &version) != PAWL_OK) {
        return false;
    }
    if (was_flushed) {
        tally_add(thread, flushed, 1);
    } else {
        tally_add(thread, expired, 1);
    }
    return true;
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
