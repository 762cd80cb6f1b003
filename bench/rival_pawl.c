/*
 * rival_pawl.c - libpawl, single calls and batches.
 */
#include "bench/rival.h"
#include "bench/decimal.h"
#include "store/pawl.h"

#include <stdlib.h>
#include <string.h>

#define VALUE_BYTES_MAX 4096

struct member {
    struct pawl_thread *thread;
    struct pawl_op ops[RIVAL_BATCH_MAX];
};

static void *create(void)
{
    struct pawl *store = NULL;
    enum pawl_status status = pawl_create(NULL, &store);
    return status == PAWL_OK ? store : NULL;
}

static void *join(void *table)
{
    struct member *self = calloc(1, sizeof *self);
    if (self == NULL || pawl_join(table, &self->thread) != PAWL_OK) {
        free(self);
        return NULL;
    }
    return self;
}

static void part(void *member)
{
    struct member *self = member;
    pawl_part(self->thread);
    free(self);
}

static void rest(void *member)
{
    (void)member;
}

static bool get(void *member, const char *key, size_t key_bytes, char *value)
{
    struct member *self = member;
    return pawl_copy(self->thread, key, key_bytes, value, VALUE_BYTES_MAX, NULL,
                     NULL) == PAWL_OK;
}

static bool set(void *member, const char *key, size_t key_bytes,
                const char *value, size_t value_bytes)
{
    struct member *self = member;
    return pawl_set(self->thread, key, key_bytes, value, value_bytes, 0, 0,
                    NULL) == PAWL_OK;
}

static bool count(void *member, const char *key, size_t key_bytes,
                  uint64_t number)
{
    char digits[DECIMAL_BYTES_MAX];
    char *end = decimal_put(digits, number);
    return set(member, key, key_bytes, digits, (size_t)(end - digits));
}

static bool take(void *member, const char *key, size_t key_bytes)
{
    struct member *self = member;
    return pawl_take(self->thread, key, key_bytes, 1, 0, NULL, NULL) == PAWL_OK;
}

/* Copies what a batch of gets has found. */
static size_t copy_out(const struct pawl_op *ops, size_t op_count, char *value)
{
    size_t fine = 0;
    for (size_t i = 0; i < op_count; i++) {
        const struct pawl_view *view = &ops[i].view;
        if (ops[i].status == PAWL_OK) {
            memcpy(value, view->value, view->value_bytes);
            fine++;
        }
    }
    return fine;
}

static size_t run(void *member, enum rival_verb verb, const char *keys,
                  size_t key_bytes, size_t op_count, char *value,
                  size_t value_bytes)
{
    static const enum pawl_verb verbs[RIVAL_VERBS] = {
        [RIVAL_GET] = PAWL_GET,
        [RIVAL_SET] = PAWL_SET,
        [RIVAL_TAKE] = PAWL_TAKE,
    };
    struct member *self = member;
    for (size_t i = 0; i < op_count; i++) {
        struct pawl_op *op = &self->ops[i];
        op->verb = verbs[verb];
        op->key = keys + i * key_bytes;
        op->key_bytes = key_bytes;
        op->value = value;
        op->value_bytes = value_bytes;
        op->amount = 1;
    }
    size_t fine = 0;
    pawl_enter(self->thread);
    if (pawl_run(self->thread, self->ops, op_count) == PAWL_OK) {
        if (verb == RIVAL_GET) {
            fine = copy_out(self->ops, op_count, value);
        } else {
            for (size_t i = 0; i < op_count; i++) {
                fine += self->ops[i].status == PAWL_OK;
            }
        }
    }
    pawl_leave(self->thread);
    return fine;
}

const struct rival rival_pawl = {
    .name = "pawl",
    .sentence = "libpawl",
    .key_bytes_max = PAWL_KEY_BYTES_MAX,
    .value_bytes_max = VALUE_BYTES_MAX,
    .create = create,
    .join = join,
    .part = part,
    .rest = rest,
    .get = get,
    .set = set,
    .count = count,
    .take = take,
    .run = run,
};
