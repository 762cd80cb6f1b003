/*
 * count.c - numbers that many change at once.
 *
 * A counter's {version, number} is one 16-byte word: a change is one
 * compare-and-set on it, where the record lies, without a lock, a new record or
 * a look at the slot. That the record is still in its slot at that instant is
 * what the seal says: nobody takes a counter out or puts another in its place
 * without sealing it first, and a sealed pair is never changed. So a change
 * that succeeds was made to the live record. Whether the table is growing does
 * not matter: the record does not move, only the word that points to it.
 *
 * What meets a seal, or a number that is still text, goes the long way: it puts
 * a new record in the slot.
 *
 * Progress: lock-free; a round is repeated only where another change to the
 * same key succeeded.
 */
#include "store/change.h"
#include "store/live.h"
#include "store/number.h"
#include "store/ops.h"

/* What op makes of number; PAWL_REFUSED: nothing. */
static enum pawl_status apply(const struct pawl_op *op, uint64_t number,
                              uint64_t *next)
{
    switch (op->verb) {
    case PAWL_INCR:
        *next = number + op->amount;
        return PAWL_OK;
    case PAWL_DECR:
        *next = number > op->amount ? number - op->amount : 0;
        return PAWL_OK;
    case PAWL_TAKE:
        if (number < op->amount || number - op->amount < op->bound) {
            return PAWL_REFUSED;
        }
        *next = number - op->amount;
        return PAWL_OK;
    default:
        if (op->amount > op->bound || number > op->bound - op->amount) {
            return PAWL_REFUSED;
        }
        *next = number + op->amount;
        return PAWL_OK;
    }
}

/* Answers what is there or what has come of it. */
static enum pawl_status answer(struct pawl_op *op, enum pawl_status status,
                               uint64_t number, uint64_t version)
{
    op->view.version = version & RECORD_VERSION;
    if (status != PAWL_EXISTS) {
        op->view.number = number;
        op->view.is_number = true;
    }
    return status;
}

/* Changes a live counter in place; PLACE_CHANGED where it is sealed. */
static enum pawl_status pair_change(struct record *record, struct pawl_op *op)
{
    struct pair seen;
    struct pair next;
    enum pawl_status status;

    do {
        seen = pair_load(&record->pair);
        if ((seen.version & RECORD_SEALED) != 0) {
            return PLACE_CHANGED;
        }
        if (op->version != 0 &&
            op->version != (seen.version & RECORD_VERSION)) {
            return answer(op, PAWL_EXISTS, 0, seen.version);
        }
        status = apply(op, seen.number, &next.number);
        if (status != PAWL_OK) {
            return answer(op, status, seen.number, seen.version);
        }
        next.version = seen.version + 1;
        /* edge pair-changed: the other side is pair_load(). */
    } while (!pair_cas(&record->pair, &seen, &next));
    return answer(op, PAWL_OK, next.number, next.version);
}

/* One round of the long way on a live record: another takes its place. */
static enum pawl_status count_over(struct change *change, struct pawl_op *op)
{
    struct record *old = change->place.record;
    struct record *record;
    struct record_draft draft;
    enum pawl_status status;
    char digits[NUMBER_DIGITS_MAX + 1];
    uint64_t version;

    change_copy(change, &draft, digits);
    version = record_version_word(old) & RECORD_VERSION;
    if (!draft.is_counter &&
        !number_read_lenient(draft.value, draft.value_bytes, &draft.number)) {
        return PAWL_NOT_A_NUMBER;
    }
    status = apply(op, draft.number, &draft.number);
    if (status != PAWL_OK) {
        return answer(op, status, draft.number, version);
    }
    draft.is_counter = true;
    record = change_make(change->thread, &draft, false);
    if (record == NULL) {
        return PAWL_NO_MEMORY;
    }
    status = change_replace(change, record, false, &version);
    return status == PAWL_OK ? answer(op, status, draft.number, version)
                             : status;
}

/* One round on a live record. */
static enum pawl_status count_round(struct change *change, struct pawl_op *op)
{
    struct record *record = change->place.record;
    enum pawl_status status = PLACE_CHANGED;

    if (record_is_counter(record)) {
        status = pair_change(record, op);
    }
    return status == PLACE_CHANGED ? count_over(change, op) : status;
}

enum pawl_status count_run(struct pawl_thread *thread, uint64_t hash,
                           struct pawl_op *op)
{
    struct pawl *store = thread->store;
    struct record *record =
        table_find(store_partition(store, hash), hash, op->key, op->key_bytes);
    enum pawl_status status = PLACE_CHANGED;

    if (record == NULL || !live_now(store, record)) {
        return PAWL_NOT_FOUND;
    }
    live_mark_visited(store, record);
    if (record_is_counter(record)) {
        status = pair_change(record, op);
    }
    return status == PLACE_CHANGED
               ? change_live(thread, hash, op, PAWL_NOT_FOUND, count_round)
               : status;
}
