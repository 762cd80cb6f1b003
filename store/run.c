/*
 * run.c - a batch is fetched together, then run in order.
 *
 * What a lookup waits for is two lines of memory, the bucket's and the
 * record's, one after the other. In a batch the buckets of a group are asked
 * for together, then its records, and only then are the operations run: so the
 * group waits twice where its operations alone would each have waited twice.
 */
#include "store/ops.h"
#include "store/room.h"
#include "store/table.h"

/* Operations fetched together: about as many lines as a core can await. */
#define GROUP 32

/* How often an operation is tried that lacks memory. */
#define TRIES 4

typedef enum pawl_status run_function(struct pawl_thread *thread, uint64_t hash,
                                      struct pawl_op *op);

static run_function *const runs[] = {
    [PAWL_GET] = get_run,       [PAWL_SET] = store_run,
    [PAWL_ADD] = store_run,     [PAWL_REPLACE] = store_run,
    [PAWL_APPEND] = join_run,   [PAWL_PREPEND] = join_run,
    [PAWL_DELETE] = delete_run, [PAWL_TOUCH] = touch_run,
    [PAWL_INCR] = count_run,    [PAWL_DECR] = count_run,
    [PAWL_TAKE] = count_run,    [PAWL_GIVE] = count_run,
};

static bool has_key(const struct pawl_op *op)
{
    return op->key_bytes >= 1 && op->key_bytes <= PAWL_KEY_BYTES_MAX &&
           op->verb != PAWL_FLUSH;
}

static void fetch(struct pawl *store, const struct pawl_op *ops, size_t count,
                  uint64_t *hashes)
{
    for (size_t i = 0; i < count; i++) {
        if (!has_key(&ops[i])) {
            continue;
        }
        hashes[i] = hash_key(&store->secret, ops[i].key, ops[i].key_bytes);
        table_prefetch_bucket(store_partition(store, hashes[i]), hashes[i]);
    }
    for (size_t i = 0; i < count; i++) {
        if (has_key(&ops[i])) {
            table_prefetch_record(store_partition(store, hashes[i]), hashes[i]);
        }
    }
}

/*
 * Whether an operation that failed may be tried once more: it lacked memory
 * that a grace period may give, and the caller holds no section open that the
 * period would have to wait for.
 */
static bool may_try_again(struct pawl_thread *thread, enum pawl_status status)
{
    bool found;

    if ((status != PAWL_NO_MEMORY && status != PAWL_STALLED) ||
        thread->sections != 1) {
        return false;
    }
    pawl_leave(thread);
    found = room_await(thread);
    pawl_enter(thread);
    return found;
}

void op_run(struct pawl_thread *thread, uint64_t hash, struct pawl_op *op)
{
    run_function *run = runs[op->verb];
    int tries = TRIES;

    do {
        op->status = run(thread, hash, op);
    } while (--tries > 0 && may_try_again(thread, op->status));
}

static void run(struct pawl_thread *thread, uint64_t hash, struct pawl_op *op)
{
    op->view = (struct pawl_view){0};
    if (op->verb == PAWL_FLUSH) {
        pawl_flush(thread);
        op->status = PAWL_OK;
    } else if ((size_t)op->verb >= sizeof(runs) / sizeof(runs[0])) {
        op->status = PAWL_INVALID;
    } else if (!has_key(op)) {
        op->status = PAWL_BAD_KEY;
    } else {
        op_run(thread, hash, op);
    }
}

enum pawl_status pawl_run(struct pawl_thread *thread, struct pawl_op *ops,
                          size_t count)
{
    uint64_t hashes[GROUP];

    if (count < 1 || count > PAWL_BATCH_MAX) {
        return PAWL_INVALID;
    }
    pawl_enter(thread);
    for (size_t done = 0; done < count; done += GROUP) {
        size_t group = count - done < GROUP ? count - done : GROUP;

        fetch(thread->store, ops + done, group, hashes);
        for (size_t i = 0; i < group; i++) {
            run(thread, hashes[i], &ops[done + i]);
        }
    }
    pawl_leave(thread);
    return PAWL_OK;
}
