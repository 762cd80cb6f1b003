/*
 * test_model.c - random operations, each compared with a model.
 */
#include "tests/model.h"
#include "tests/support.h"

#include <stdlib.h>
#include <string.h>

TestSuite(model, .init = store_open_with_clock, .fini = store_close,
          .timeout = HANG_SECONDS);

#define VALUE_ROOM 40000

/* One run: a store, its model, and what chooses the next step. */
struct run {
    struct model *model;
    struct dice dice;
    unsigned key_count;
    char value[VALUE_ROOM];
    char *keys; /* PAWL_KEY_BYTES_MAX for each */
};

/* ---- keys ---------------------------------------------------------------- */

/* Lengths differ, and the number comes last: most keys share a beginning. */
static size_t key_bytes(unsigned key)
{
    return sizeof key + key * 7919u % (PAWL_KEY_BYTES_MAX - sizeof key + 1);
}

static const char *key_text(const struct run *run, unsigned key)
{
    return run->keys + (size_t)key * PAWL_KEY_BYTES_MAX;
}

static unsigned key_number(const void *text, size_t bytes)
{
    unsigned key = 0;
    CHECK(bytes >= sizeof key);
    memcpy(&key, (const char *)text + bytes - sizeof key, sizeof key);
    return key;
}

static struct run *run_new(unsigned key_count, uint64_t salt)
{
    struct run *run = calloc(1, sizeof *run);
    run->model = model_create(key_count);
    run->dice = dice_new(salt);
    run->key_count = key_count;
    run->keys = calloc(key_count, PAWL_KEY_BYTES_MAX);
    for (unsigned key = 0; key < key_count; key++) {
        memcpy(run->keys + (size_t)key * PAWL_KEY_BYTES_MAX + key_bytes(key) -
                   sizeof key,
               &key, sizeof key);
    }
    return run;
}

static void run_free(struct run *run)
{
    model_destroy(run->model);
    free(run->keys);
    free(run);
}

/* ---- choosing an operation ----------------------------------------------- */

static const char *const odd_values[] = {
    "007",
    "12 ",
    " 12",
    "+12",
    "-1",
    "1.5",
    "18446744073709551615",
    "18446744073709551616",
    "",
    "0",
    "00",
    "x",
};

static size_t choose_value(struct run *run)
{
    struct dice *dice = &run->dice;
    size_t odd = dice_below(dice, sizeof odd_values / sizeof odd_values[0]);
    switch (dice_below(dice, 8)) {
    case 0:
    case 1:
    case 2:
        return number_text(dice_below(dice, 1000), run->value);
    case 3:
        return number_text(dice_roll(dice) >> dice_below(dice, 64), run->value);
    case 4:
        strcpy(run->value, odd_values[odd]);
        return strlen(odd_values[odd]);
    default:
        break;
    }
    size_t bytes = dice_below(dice, dice_chance(dice, 2) ? VALUE_ROOM : 300);
    memset(run->value, (int)dice_roll(dice), bytes);
    return bytes;
}

static uint64_t choose_expiry(struct dice *dice)
{
    switch (dice_below(dice, 8)) {
    case 0:
        return clock_now_ms + dice_below(dice, 20);
    case 1:
        return clock_now_ms - dice_below(dice, 20);
    case 2:
        return dice_roll(dice) & PAWL_EXPIRY_MS_MAX;
    default:
        return 0;
    }
}

static uint64_t choose_version(struct run *run, unsigned key)
{
    uint64_t now = model_version(run->model, key, clock_now_ms);
    switch (dice_below(&run->dice, 10)) {
    case 0:
        return now;
    case 1:
        return now + 1;
    case 2:
        return now > 1 ? now - 1 : 1;
    case 3:
        return dice_roll(&run->dice);
    default:
        return 0;
    }
}

static uint64_t choose_amount(struct dice *dice)
{
    uint64_t small = dice_below(dice, 10);
    return dice_chance(dice, 80) ? small : dice_roll(dice) >> 7 * small;
}

static struct pawl_op choose_op(struct run *run, unsigned key)
{
    struct dice *dice = &run->dice;
    enum pawl_verb verb = (enum pawl_verb)dice_below(dice, PAWL_FLUSH);
    if (dice_below(dice, 2000) == 0) {
        verb = PAWL_FLUSH;
    }
    return (struct pawl_op){
        .verb = verb,
        .key = key_text(run, key),
        .key_bytes = key_bytes(key),
        .value = run->value,
        .value_bytes = choose_value(run),
        .flags = (uint32_t)dice_roll(dice),
        .expiry_ms = choose_expiry(dice),
        .version = choose_version(run, key),
        .amount = choose_amount(dice),
        .bound =
            dice_chance(dice, 50) ? dice_below(dice, 1000) : dice_roll(dice),
    };
}

/* ---- the functions for one verb each ------------------------------------- */

/* Whether a function of its own says all that op says. */
static bool has_function(const struct pawl_op *op)
{
    return op->version == 0 || op->verb == PAWL_SET ||
           op->verb == PAWL_DELETE || op->verb == PAWL_GET;
}

#define VALUE op->value, op->value_bytes, op->flags, op->expiry_ms, version
#define STORE(name) pawl_##name(me, key, bytes, VALUE)
#define CAS() pawl_compare_and_set(me, key, bytes, op->version, VALUE)
#define JOIN(name) \
    pawl_##name(me, key, bytes, op->value, op->value_bytes, version)
#define COUNT(name) pawl_##name(me, key, bytes, op->amount, number, version)
#define BOUND(name) \
    pawl_##name(me, key, bytes, op->amount, op->bound, number, version)

static enum pawl_status call_function(struct pawl_op *op)
{
    const void *key = op->key;
    size_t bytes = op->key_bytes;
    uint64_t *version = &op->view.version;
    uint64_t *number = &op->view.number;
    switch (op->verb) {
    case PAWL_GET:
        return pawl_get(me, key, bytes, &op->view);
    case PAWL_SET:
        return op->version == 0 ? STORE(set) : CAS();
    case PAWL_ADD:
        return STORE(add);
    case PAWL_REPLACE:
        return STORE(replace);
    case PAWL_APPEND:
        return JOIN(append);
    case PAWL_PREPEND:
        return JOIN(prepend);
    case PAWL_DELETE:
        return pawl_delete(me, key, bytes, op->version);
    case PAWL_TOUCH:
        return pawl_touch(me, key, bytes, op->expiry_ms);
    case PAWL_INCR:
        return COUNT(incr);
    case PAWL_DECR:
        return COUNT(decr);
    case PAWL_TAKE:
        return BOUND(take);
    case PAWL_GIVE:
        return BOUND(give);
    case PAWL_FLUSH:
        pawl_flush(me);
        return PAWL_OK;
    }
    return PAWL_INVALID;
}

/* ---- runs ---------------------------------------------------------------- */

struct walk {
    const struct run *run;
    unsigned count;
};

static bool compare_visited(void *context, const void *key, size_t bytes,
                            const struct pawl_view *view)
{
    struct walk *walk = context;
    unsigned number = key_number(key, bytes);
    CHECK_NUMBER(bytes, key_bytes(number));
    model_check_view(walk->run->model, number, view, clock_now_ms);
    walk->count++;
    return true;
}

/* The walk shows all that the model has, and nothing else. */
static void compare_all(const struct run *run)
{
    struct walk walk = {run, 0};
    CHECK_OK(pawl_iterate(me, compare_visited, &walk));
    CHECK_NUMBER(walk.count, model_count(run->model, clock_now_ms));
}

static void step_alone(struct run *run)
{
    unsigned key = (unsigned)dice_below(&run->dice, run->key_count);
    struct pawl_op op = choose_op(run, key);
    enum model_call call = MODEL_ALONE;
    pawl_enter(me);
    if (has_function(&op)) {
        op.status = call_function(&op);
    } else {
        CHECK_OK(pawl_run(me, &op, 1));
        call = MODEL_BATCH;
    }
    model_follow(run->model, key, &op, call, clock_now_ms);
    pawl_leave(me);
}

#define BATCH 16

static void step_batch(struct run *run)
{
    unsigned keys[BATCH];
    struct pawl_op ops[BATCH];
    unsigned count = 1 + (unsigned)dice_below(&run->dice, BATCH);
    for (unsigned i = 0; i < count; i++) {
        keys[i] = (unsigned)dice_below(&run->dice, run->key_count);
        ops[i] = choose_op(run, keys[i]);
        char *value = malloc(ops[i].value_bytes + 1);
        memcpy(value, run->value, ops[i].value_bytes);
        ops[i].value = value;
    }
    pawl_enter(me);
    CHECK_OK(pawl_run(me, ops, count));
    for (unsigned i = 0; i < count; i++) {
        model_follow(run->model, keys[i], &ops[i], MODEL_BATCH, clock_now_ms);
    }
    pawl_leave(me);
    for (unsigned i = 0; i < count; i++) {
        free((void *)(uintptr_t)ops[i].value);
    }
}

static void run_steps(struct run *run, unsigned steps)
{
    for (unsigned i = 0; i < steps; i++) {
        if (dice_chance(&run->dice, 70)) {
            step_alone(run);
        } else {
            step_batch(run);
        }
        if (dice_chance(&run->dice, 10)) {
            clock_now_ms += dice_below(&run->dice, 10);
        }
        if (dice_below(&run->dice, 500) == 0) {
            pawl_sweep(me, 64);
        }
        if (dice_below(&run->dice, run->key_count * 20) == 0) {
            compare_all(run);
        }
    }
    compare_all(run);
}

Test(model, is_obeyed_on_few_keys)
{
    for (unsigned salt = 0; salt < 5; salt++) {
        struct run *run = run_new(8, salt);
        pawl_flush(me);
        run_steps(run, scaled(40000));
        run_free(run);
    }
}

Test(model, is_obeyed_on_many_keys_while_the_table_grows)
{
    for (unsigned salt = 10; salt < 13; salt++) {
        struct run *run = run_new(20000, salt);
        pawl_flush(me);
        run_steps(run, scaled(100000));
        run_free(run);
    }
}

Test(model, is_obeyed_by_a_store_of_one_partition)
{
    struct pawl_options options = PAWL_OPTIONS_INIT;
    store_close();
    options.partitions = 1;
    store_open_with(&options);
    struct run *run = run_new(300, 20);
    run_steps(run, scaled(100000));
    run_free(run);
}
