/*
 * calls.c - the operations one at a time, as plain functions.
 */
#include "store/check.h"
#include "store/ops.h"
#include "store/store.h"

#include <string.h>

static void init_op(struct pawl_op *op, enum pawl_verb verb, const void *key,
                    size_t key_bytes)
{
    *op = (struct pawl_op){.verb = verb, .key = key, .key_bytes = key_bytes};
}

static bool is_key(size_t key_bytes)
{
    return key_bytes >= 1 && key_bytes <= PAWL_KEY_BYTES_MAX;
}

/* Runs op alone; *number and *version, where asked for, are set if known. */
static enum pawl_status call(struct pawl_thread *thread, struct pawl_op *op,
                             uint64_t *number, uint64_t *version)
{
    if (!is_key(op->key_bytes)) {
        return PAWL_BAD_KEY;
    }
    pawl_enter(thread);
    op_run(thread, hash_key(&thread->store->secret, op->key, op->key_bytes),
           op);
    pawl_leave(thread);
    if (version != NULL && op->view.version != 0) {
        *version = op->view.version;
    }
    if (number != NULL && op->view.is_number) {
        *number = op->view.number;
    }
    return op->status;
}

enum pawl_status pawl_get(struct pawl_thread *thread, const void *key,
                          size_t key_bytes, struct pawl_view *view)
{
    struct pawl_op op;
    enum pawl_status status;

    ASSERT(thread->sections > 0);
    init_op(&op, PAWL_GET, key, key_bytes);
    status = call(thread, &op, NULL, NULL);
    *view = op.view;
    if (view->is_number) {
        view->value = view->digits;
    }
    return status;
}

enum pawl_status pawl_copy(struct pawl_thread *thread, const void *key,
                           size_t key_bytes, void *buffer, size_t room,
                           size_t *value_bytes, uint64_t *version)
{
    struct pawl_op op;
    enum pawl_status status;

    init_op(&op, PAWL_GET, key, key_bytes);
    pawl_enter(thread);
    status = call(thread, &op, NULL, version);
    if (status == PAWL_OK) {
        if (value_bytes != NULL) {
            *value_bytes = op.view.value_bytes;
        }
        if (op.view.value_bytes > room) {
            status = PAWL_TOO_LARGE;
        } else if (op.view.value_bytes != 0) {
            memcpy(buffer, op.view.value, op.view.value_bytes);
        }
    }
    pawl_leave(thread);
    return status;
}

/* What is stored, and where it has to stand. */
struct content {
    const void *value;
    size_t value_bytes;
    uint32_t flags;
    uint64_t expiry_ms;
    uint64_t expected;
};

static enum pawl_status call_store(struct pawl_thread *thread,
                                   enum pawl_verb verb, const void *key,
                                   size_t key_bytes,
                                   const struct content *content,
                                   uint64_t *version)
{
    struct pawl_op op;

    init_op(&op, verb, key, key_bytes);
    op.value = content->value;
    op.value_bytes = content->value_bytes;
    op.flags = content->flags;
    op.expiry_ms = content->expiry_ms;
    op.version = content->expected;
    return call(thread, &op, NULL, version);
}

enum pawl_status pawl_set(struct pawl_thread *thread, const void *key,
                          size_t key_bytes, const void *value,
                          size_t value_bytes, uint32_t flags,
                          uint64_t expiry_ms, uint64_t *version)
{
    struct content content = {value, value_bytes, flags, expiry_ms, 0};

    return call_store(thread, PAWL_SET, key, key_bytes, &content, version);
}

enum pawl_status pawl_add(struct pawl_thread *thread, const void *key,
                          size_t key_bytes, const void *value,
                          size_t value_bytes, uint32_t flags,
                          uint64_t expiry_ms, uint64_t *version)
{
    struct content content = {value, value_bytes, flags, expiry_ms, 0};

    return call_store(thread, PAWL_ADD, key, key_bytes, &content, version);
}

enum pawl_status pawl_replace(struct pawl_thread *thread, const void *key,
                              size_t key_bytes, const void *value,
                              size_t value_bytes, uint32_t flags,
                              uint64_t expiry_ms, uint64_t *version)
{
    struct content content = {value, value_bytes, flags, expiry_ms, 0};

    return call_store(thread, PAWL_REPLACE, key, key_bytes, &content, version);
}

enum pawl_status pawl_compare_and_set(struct pawl_thread *thread,
                                      const void *key, size_t key_bytes,
                                      uint64_t expected, const void *value,
                                      size_t value_bytes, uint32_t flags,
                                      uint64_t expiry_ms, uint64_t *version)
{
    struct content content = {value, value_bytes, flags, expiry_ms, expected};

    if (expected == 0) {
        return PAWL_INVALID;
    }
    return call_store(thread, PAWL_SET, key, key_bytes, &content, version);
}

enum pawl_status pawl_append(struct pawl_thread *thread, const void *key,
                             size_t key_bytes, const void *value,
                             size_t value_bytes, uint64_t *version)
{
    struct content content = {value, value_bytes, 0, 0, 0};

    return call_store(thread, PAWL_APPEND, key, key_bytes, &content, version);
}

enum pawl_status pawl_prepend(struct pawl_thread *thread, const void *key,
                              size_t key_bytes, const void *value,
                              size_t value_bytes, uint64_t *version)
{
    struct content content = {value, value_bytes, 0, 0, 0};

    return call_store(thread, PAWL_PREPEND, key, key_bytes, &content, version);
}

enum pawl_status pawl_delete(struct pawl_thread *thread, const void *key,
                             size_t key_bytes, uint64_t expected)
{
    struct pawl_op op;

    init_op(&op, PAWL_DELETE, key, key_bytes);
    op.version = expected;
    return call(thread, &op, NULL, NULL);
}

enum pawl_status pawl_touch(struct pawl_thread *thread, const void *key,
                            size_t key_bytes, uint64_t expiry_ms)
{
    struct pawl_op op;

    init_op(&op, PAWL_TOUCH, key, key_bytes);
    op.expiry_ms = expiry_ms;
    return call(thread, &op, NULL, NULL);
}

/* A change of a number; bound is the floor or ceiling, where there is one. */
static enum pawl_status call_count(struct pawl_thread *thread,
                                   struct pawl_op *op, uint64_t amount,
                                   uint64_t bound, uint64_t *number,
                                   uint64_t *version)
{
    op->amount = amount;
    op->bound = bound;
    return call(thread, op, number, version);
}

enum pawl_status pawl_incr(struct pawl_thread *thread, const void *key,
                           size_t key_bytes, uint64_t amount, uint64_t *number,
                           uint64_t *version)
{
    struct pawl_op op;

    init_op(&op, PAWL_INCR, key, key_bytes);
    return call_count(thread, &op, amount, 0, number, version);
}

enum pawl_status pawl_decr(struct pawl_thread *thread, const void *key,
                           size_t key_bytes, uint64_t amount, uint64_t *number,
                           uint64_t *version)
{
    struct pawl_op op;

    init_op(&op, PAWL_DECR, key, key_bytes);
    return call_count(thread, &op, amount, 0, number, version);
}

enum pawl_status pawl_take(struct pawl_thread *thread, const void *key,
                           size_t key_bytes, uint64_t amount, uint64_t floor,
                           uint64_t *number, uint64_t *version)
{
    struct pawl_op op;

    init_op(&op, PAWL_TAKE, key, key_bytes);
    return call_count(thread, &op, amount, floor, number, version);
}

enum pawl_status pawl_give(struct pawl_thread *thread, const void *key,
                           size_t key_bytes, uint64_t amount, uint64_t ceiling,
                           uint64_t *number, uint64_t *version)
{
    struct pawl_op op;

    init_op(&op, PAWL_GIVE, key, key_bytes);
    return call_count(thread, &op, amount, ceiling, number, version);
}
