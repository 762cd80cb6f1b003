/*
 * test_version.c - the version of a key never comes back.
 *
 * It never falls either, whatever becomes of its record.
 */
#include "tests/support.h"

#include <stdlib.h>
#include <string.h>

TestSuite(version, .init = store_open_with_clock, .fini = store_close,
          .timeout = HANG_SECONDS);

#define KEYS_MAX 64

/* The highest version that each key was seen with, and what is there now. */
struct history {
    uint64_t highest[KEYS_MAX];
    uint64_t current[KEYS_MAX]; /* 0: deleted, or not known to be there */
    unsigned key_count;
    struct dice dice;
};

static void see_new(struct history *history, unsigned key, uint64_t version)
{
    CHECK(version > history->highest[key]);
    CHECK(version <= PAWL_VERSION_MAX);
    history->highest[key] = version;
    history->current[key] = version;
}

static struct pawl_op operation(enum pawl_verb verb, const unsigned *key)
{
    return (struct pawl_op){
        .verb = verb,
        .key = key,
        .key_bytes = sizeof *key,
        .value = "10",
        .value_bytes = 2,
        .amount = 1,
        .bound = verb == PAWL_GIVE ? UINT64_MAX : 0,
    };
}

/* A record that dies soon, at once, or never. */
static uint64_t some_expiry(struct dice *dice)
{
    return dice_chance(dice, 50) ? clock_now_ms + dice_below(dice, 3) : 0;
}

static void change(struct history *history, unsigned key)
{
    static const enum pawl_verb verbs[] = {
        PAWL_SET,  PAWL_ADD,  PAWL_ADD,     PAWL_REPLACE, PAWL_APPEND,
        PAWL_TAKE, PAWL_INCR, PAWL_PREPEND, PAWL_DELETE,  PAWL_DELETE,
    };
    size_t count = sizeof verbs / sizeof verbs[0];
    struct pawl_op op =
        operation(verbs[dice_below(&history->dice, count)], &key);
    op.expiry_ms = some_expiry(&history->dice);
    if (run_one(&op) == PAWL_OK) {
        see_new(history, key, op.view.version);
        if (op.verb == PAWL_DELETE) {
            history->current[key] = 0;
        }
    }
}

/* Touch shows the version that is there and changes none. */
static void touch(struct history *history, unsigned key)
{
    struct pawl_op op = operation(PAWL_TOUCH, &key);
    op.expiry_ms = some_expiry(&history->dice);
    if (run_one(&op) == PAWL_OK) {
        CHECK_NUMBER(op.view.version, history->current[key]);
    }
}

static void look(struct history *history, unsigned key)
{
    struct pawl_op op = operation(PAWL_GET, &key);
    if (run_one(&op) == PAWL_OK) {
        CHECK_NUMBER(op.view.version, history->current[key]);
    }
}

static void flush(struct history *history)
{
    pawl_flush(me);
    memset(history->current, 0, sizeof history->current);
}

static void step(struct history *history)
{
    unsigned key = (unsigned)dice_below(&history->dice, history->key_count);
    uint64_t turn = dice_below(&history->dice, 100);
    if (turn < 70) {
        change(history, key);
    } else if (turn < 80) {
        touch(history, key);
    } else if (turn < 90) {
        look(history, key);
    } else if (turn < 97) {
        clock_now_ms++;
    } else if (turn < 99) {
        pawl_sweep(me, 8);
    } else {
        flush(history);
    }
}

static void run_steps(unsigned key_count, unsigned steps, uint64_t salt)
{
    struct history history = {.key_count = key_count, .dice = dice_new(salt)};
    for (unsigned i = 0; i < steps; i++) {
        step(&history);
    }
}

Test(version, never_repeats_or_falls_in_a_million_steps)
{
    run_steps(1, 250000, 1);
    pawl_flush(me);
    run_steps(4, 250000, 2);
    pawl_flush(me);
    run_steps(KEYS_MAX, 500000, 3);
}

/*
 * Other records come and go, so that the table doubles again and again while
 * the keys under test are deleted: their floors must move along.
 */
Test(version, never_repeats_or_falls_while_the_table_doubles)
{
    const unsigned others = scaled(400000);
    struct history history = {.key_count = KEYS_MAX, .dice = dice_new(4)};
    struct pawl_stats stats;
    for (unsigned i = 0; i < others; i++) {
        uint64_t other = UINT64_MAX - i;
        store_value(&other, sizeof other, TEXT("filler"));
        step(&history);
        if (dice_chance(&history.dice, 20)) {
            other = UINT64_MAX - dice_below(&history.dice, i + 1);
            enum pawl_status status = pawl_delete(me, &other, sizeof other, 0);
            CHECK(status == PAWL_OK || status == PAWL_NOT_FOUND);
        }
    }
    pawl_stats(store, &stats);
    CHECK(stats.growths > 3);
}

/* All keys are deleted before the table grows, and made anew after it. */
Test(version, of_a_deleted_key_is_remembered_across_growth)
{
    enum {
        COUNT = 20000
    };
    uint64_t *versions = calloc(COUNT, sizeof *versions);
    for (unsigned i = 0; i < COUNT; i++) {
        for (unsigned change = 0; change < i % 7; change++) {
            store_value(&i, sizeof i, TEXT("v"));
        }
        struct pawl_op op = operation(PAWL_SET, &i);
        CHECK_OK(run_one(&op));
        op.verb = PAWL_DELETE;
        CHECK_OK(run_one(&op));
        versions[i] = op.view.version;
    }
    for (uint64_t filler = 0; filler < 200000; filler++) {
        store_value(&filler, sizeof filler, TEXT("filler"));
    }
    for (unsigned i = 0; i < COUNT; i++) {
        CHECK(store_value(&i, sizeof i, TEXT("v")) > versions[i]);
    }
    free(versions);
}

/* A key that changes often must not lift what others get past the maximum. */
Test(version, of_a_counter_rises_with_every_change)
{
    uint64_t last = store_value(TEXT("n"), TEXT("0"));
    for (unsigned i = 0; i < scaled(1000000); i++) {
        uint64_t version = 0;
        CHECK_OK(pawl_incr(me, TEXT("n"), 1, NULL, &version));
        CHECK(version > last);
        last = version;
    }
    CHECK(last <= PAWL_VERSION_MAX);
}
