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

static bool lacks_memory(enum pawl_status status)
{
    return status == PAWL_NO_MEMORY || status == PAWL_STALLED;
}

/*
 * Whether an operation that failed may be tried once more: it lacked memory
 * that a grace period has given, and the caller holds no section open that the
 * period would have had to wait for.
 */
static bool may_try_again(struct pawl_thread *thread, enum pawl_status status)
{
    bool found;

    if (!lacks_memory(status) || thread->sections != 1) {
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

/* Runs a group; answers how many of it, less where memory may come back. */
static size_t run_group(struct pawl_thread *thread, struct pawl_op *ops,
                        size_t count)
{
    uint64_t hashes[GROUP];

    fetch(thread->store, ops, count, hashes);
    for (size_t i = 0; i < count; i++) {
        run(thread, hashes[i], &ops[i]);
        if (lacks_memory(ops[i].status) && thread->sections != 1 &&
            room_may_come(thread)) {
            return i;
        }
    }
    return count;
}

enum pawl_status pawl_run(struct pawl_thread *thread, struct pawl_op *ops,
                          size_t count)
{
    size_t done = 0;
    size_t group;
    size_t ran;

    if (count < 1 || count > PAWL_BATCH_MAX) {
        return PAWL_INVALID;
    }
    pawl_enter(thread);
    do {
        group = count - done < GROUP ? count - done : GROUP;
        ran = run_group(thread, ops + done, group);
        done += ran;
    } while (ran == group && done < count);
    pawl_leave(thread);
    for (size_t i = done; i < count; i++) {
        ops[i].status = PAWL_NOT_RUN;
        ops[i].view = (struct pawl_view){0};
    }
    return done == count ? PAWL_OK : PAWL_NOT_RUN;
}
