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
#include "store/ops.h"

/* The condition of SET, ADD, REPLACE on the record that is there. */
static enum pawl_status judge_store(const struct change *change,
                                    struct pawl_op *op)
{
    bool is_live = change->is_live;
    enum pawl_status status =
        change_check(change, op->version, &op->view.version);

    if (status != PAWL_OK) {
        return status;
    }
    if (op->verb == PAWL_ADD && is_live) {
        op->view.version =
            record_version_word(change->place.record) & RECORD_VERSION;
        return PAWL_NOT_STORED;
    }
    if (op->verb == PAWL_REPLACE && !is_live) {
        return PAWL_NOT_STORED;
    }
    return PAWL_OK;
}

/* Seals the record that is there and puts the new one in its place. */
static enum pawl_status store_over(struct change *change, struct pawl_op *op,
                                   const struct record_draft *draft)
{
    struct record *record = change_make(change->thread, draft, false);
    enum pawl_status status;
    uint64_t last;

    if (record == NULL) {
        return PAWL_NO_MEMORY;
    }
    if (!record_seal(change->place.record, op->version, &last)) {
        change_unmake(change->thread, record);
        return CHANGE_AGAIN;
    }
    record_stamp(record, last + 1);
    status = change_replace(change, record);
    if (status == PAWL_OK) {
        op->view.version = last + 1;
    }
    return status;
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
            status = store_over(&change, op, &draft);
        } else {
            status = change_insert(&change, &draft, &op->view.version);
        }
    } while (status == CHANGE_AGAIN);
    return status;
}

/* Makes the draft of what APPEND or PREPEND leaves. */
static enum pawl_status draft_joined(const struct pawl *store,
                                     const struct pawl_op *op,
                                     struct record *record,
                                     struct record_draft *draft,
                                     char digits[21])
{
    size_t room = store->options.value_bytes_max;

    change_copy_draft(record, draft, digits);
    if (op->value_bytes > room || draft->value_bytes > room - op->value_bytes) {
        return PAWL_TOO_LARGE;
    }
    if (op->verb == PAWL_APPEND) {
        draft->more = op->value;
        draft->more_bytes = op->value_bytes;
    } else {
        draft->more = draft->value;
        draft->more_bytes = draft->value_bytes;
        draft->value = op->value;
        draft->value_bytes = op->value_bytes;
    }
    record_draft_settle(draft);
    return PAWL_OK;
}

/* One round of APPEND or PREPEND on a live record. */
static enum pawl_status join_over(struct change *change, struct pawl_op *op)
{
    struct record *old = change->place.record;
    struct record *record;
    struct record_draft draft;
    enum pawl_status status;
    char digits[21];
    uint64_t last;

    if (!record_seal(old, op->version, &last)) {
        return CHANGE_AGAIN;
    }
    status = draft_joined(change->thread->store, op, old, &draft, digits);
    if (status != PAWL_OK) {
        return status;
    }
    record = change_make(change->thread, &draft, false);
    if (record == NULL) {
        return PAWL_NO_MEMORY;
    }
    record_stamp(record, last + 1);
    status = change_replace(change, record);
    if (status == PAWL_OK) {
        op->view.version = last + 1;
    }
    return status;
}

enum pawl_status join_run(struct pawl_thread *thread, uint64_t hash,
                          struct pawl_op *op)
{
    struct change change;
    enum pawl_status status;

    do {
        status = change_locate(&change, thread, hash, op->key, op->key_bytes);
        if (status == PAWL_OK) {
            status = change_check(&change, op->version, &op->view.version);
        }
        if (status != PAWL_OK) {
            break;
        }
        if (!change.is_live) {
            return PAWL_NOT_STORED;
        }
        status = join_over(&change, op);
    } while (status == CHANGE_AGAIN);
    return status;
}

enum pawl_status delete_run(struct pawl_thread *thread, uint64_t hash,
                            struct pawl_op *op)
{
    struct change change;
    enum pawl_status status;

    do {
        status = change_locate(&change, thread, hash, op->key, op->key_bytes);
        if (status == PAWL_OK) {
            status = change_check(&change, op->version, &op->view.version);
        }
        if (status != PAWL_OK) {
            break;
        }
        if (!change.is_live) {
            return PAWL_NOT_FOUND;
        }
        status = change_remove(thread, &change.place, op->version,
                               &op->view.version);
    } while (status == CHANGE_AGAIN);
    return status;
}

/* One round of TOUCH on a live record: in place, or by a copy of it. */
static enum pawl_status touch_over(struct change *change, struct pawl_op *op)
{
    struct record *old = change->place.record;
    struct record *record;
    struct record_draft draft;
    enum pawl_status status;
    char digits[21];
    uint64_t last;

    change_mark_visited(change->thread->store, old);
    if (record_touch(old, op->expiry_ms)) {
        record_view(old, &op->view);
        return PAWL_OK;
    }
    if (!record_seal(old, op->version, &last)) {
        return CHANGE_AGAIN;
    }
    change_copy_draft(old, &draft, digits);
    draft.expiry_ms = op->expiry_ms;
    record = change_make(change->thread, &draft, false);
    if (record == NULL) {
        return PAWL_NO_MEMORY;
    }
    record_stamp(record, last);
    status = change_replace(change, record);
    if (status == PAWL_OK) {
        record_view(record, &op->view);
    }
    return status;
}

enum pawl_status touch_run(struct pawl_thread *thread, uint64_t hash,
                           struct pawl_op *op)
{
    struct change change;
    enum pawl_status status;

    do {
        status = change_locate(&change, thread, hash, op->key, op->key_bytes);
        if (status == PAWL_OK) {
            status = change_check(&change, op->version, &op->view.version);
        }
        if (status != PAWL_OK) {
            break;
        }
        if (!change.is_live) {
            return PAWL_NOT_FOUND;
        }
        status = touch_over(&change, op);
    } while (status == CHANGE_AGAIN);
    return status;
}
