/*
 * write.c - storing, joining on, deleting and touching.
 *
 * Each takes effect by one compare-and-set on a slot (set, add, ... over a
 * record, delete), by the decision of a fate (the insert of a new key), or, for
 * touch, by one compare-and-set on the record's expiry where that can be.
 * A record that is dead but still in its slot is written over like a live one:
 * so its version goes on rising.
 */
#include "store/change.h"
#include "store/live.h"
#include "store/ops.h"
#include "store/remove.h"

/* The condition of SET, ADD, REPLACE on the record that is there. */
static enum pawl_status judge_store(struct change *change, struct pawl_op *op)
{
    enum pawl_status status =
        change_check(change, op->version, &op->view.version);

    if (status != PAWL_OK) {
        return status;
    }
    if (op->verb == PAWL_ADD && change->is_live) {
        op->view.version =
            record_version_word(change->place.record) & RECORD_VERSION;
        return PAWL_NOT_STORED;
    }
    if (op->verb == PAWL_REPLACE && !change->is_live) {
        return PAWL_NOT_STORED;
    }
    return PAWL_OK;
}

/* Puts a record made from draft in the old one's place. */
static enum pawl_status write_over(struct change *change, struct pawl_op *op,
                                   const struct record_draft *draft)
{
    struct record *record = change_make(change->thread, draft, false);

    if (record == NULL) {
        return PAWL_NO_MEMORY;
    }
    return change_replace(change, record, false, &op->view.version);
}

enum pawl_status store_run(struct pawl_thread *thread, uint64_t hash,
                           struct pawl_op *op)
{
    struct change change;
    struct record_draft draft = {
        .key = op->key,
        .key_bytes = op->key_bytes,
        .value = op->value,
        .value_bytes = op->value_bytes,
        .flags = op->flags,
        .expiry_ms = op->expiry_ms,
    };
    enum pawl_status status;

    if (op->value_bytes > thread->store->options.value_bytes_max) {
        return PAWL_TOO_LARGE;
    }
    record_draft_settle(&draft);
    do {
        status = change_locate(&change, thread, hash, op->key, op->key_bytes);
        if (status == PAWL_OK) {
            status = judge_store(&change, op);
        }
        if (status != PAWL_OK) {
            break;
        }
        draft.epoch = change.epoch;
        if (change.place.record != NULL) {
            status = write_over(&change, op, &draft);
        } else {
            status = change_insert(&change, &draft, &op->view.version);
        }
    } while (status == PLACE_CHANGED);
    return status;
}

/* One round of APPEND or PREPEND on a live record. */
static enum pawl_status join_over(struct change *change, struct pawl_op *op)
{
    size_t room = change->thread->store->options.value_bytes_max;
    struct record_draft draft;
    char digits[21];

    change_copy(change, &draft, digits);
    if (op->value_bytes > room || draft.value_bytes > room - op->value_bytes) {
        return PAWL_TOO_LARGE;
    }
    if (op->verb == PAWL_APPEND) {
        draft.more = op->value;
        draft.more_bytes = op->value_bytes;
    } else {
        draft.more = draft.value;
        draft.more_bytes = draft.value_bytes;
        draft.value = op->value;
        draft.value_bytes = op->value_bytes;
    }
    record_draft_settle(&draft);
    return write_over(change, op, &draft);
}

enum pawl_status join_run(struct pawl_thread *thread, uint64_t hash,
                          struct pawl_op *op)
{
    return change_live(thread, hash, op, PAWL_NOT_STORED, join_over);
}

static enum pawl_status delete_round(struct change *change, struct pawl_op *op)
{
    return remove_record(change->thread, &change->place, &change->basis,
                         &op->view.version);
}

enum pawl_status delete_run(struct pawl_thread *thread, uint64_t hash,
                            struct pawl_op *op)
{
    return change_live(thread, hash, op, PAWL_NOT_FOUND, delete_round);
}

/*
 * Whether the expiry may be set in place: there is a word for it that is not
 * sealed, or nothing to set. A counter's version may change between the look at
 * it and the touch, so where a version is asked for its record is copied, which
 * rests on the version.
 */
static bool may_touch_in_place(const struct change *change,
                               const struct pawl_op *op)
{
    const struct record *record = change->place.record;

    if (op->version != 0 && record_is_counter(record)) {
        return false;
    }
    return record_is_extended(record)
               ? (change->basis.expiry & EXPIRY_SEALED) == 0
               : op->expiry_ms == 0;
}

/* One round of TOUCH on a live record: in place, or by a copy of it. */
static enum pawl_status touch_over(struct change *change, struct pawl_op *op)
{
    struct record *record = change->place.record;
    struct record_draft draft;
    enum pawl_status status;
    char digits[21];

    live_mark_visited(change->thread->store, record);
    if (may_touch_in_place(change, op)) {
        if (!record_touch(record, change->basis.expiry, op->expiry_ms)) {
            return PLACE_CHANGED;
        }
        record_view(record, &op->view);
        return PAWL_OK;
    }
    change_copy(change, &draft, digits);
    draft.expiry_ms = op->expiry_ms;
    record = change_make(change->thread, &draft, false);
    if (record == NULL) {
        return PAWL_NO_MEMORY;
    }
    /* Shown as it goes in: once there, others may count on it at once. */
    record_view(record, &op->view);
    status = change_replace(change, record, true, &op->view.version);
    if (status != PAWL_OK) {
        op->view = (struct pawl_view){0};
    }
    return status;
}

enum pawl_status touch_run(struct pawl_thread *thread, uint64_t hash,
                           struct pawl_op *op)
{
    return change_live(thread, hash, op, PAWL_NOT_FOUND, touch_over);
}
