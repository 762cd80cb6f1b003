/*
 * test_batch.c - pawl_run(): many operations at once, each on its own.
 */
#include "tests/support.h"

#include <stdlib.h>
#include <string.h>

TestSuite(batch, .init = store_open_with_clock, .fini = store_close);

#define KEY(literal) .key = (literal), .key_bytes = sizeof(literal) - 1
#define VALUE(literal) .value = (literal), .value_bytes = sizeof(literal) - 1
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

Test(batch, operations_on_one_key_see_each_other_in_order)
{
    struct pawl_op ops[] = {
        {.verb = PAWL_GET, KEY("k")},
        {.verb = PAWL_ADD, KEY("k"), VALUE("10"), .flags = 4},
        {.verb = PAWL_TAKE, KEY("k"), .amount = 3, .bound = 7},
        {.verb = PAWL_TAKE, KEY("k"), .amount = 1, .bound = 7},
        {.verb = PAWL_GIVE, KEY("k"), .amount = 5, .bound = 12},
        {.verb = PAWL_INCR, KEY("k"), .amount = 8},
        {.verb = PAWL_DECR, KEY("k"), .amount = 21},
        {.verb = PAWL_APPEND, KEY("k"), VALUE("x")},
        {.verb = PAWL_PREPEND, KEY("k"), VALUE("y")},
        {.verb = PAWL_GET, KEY("k")},
        {.verb = PAWL_DELETE, KEY("k")},
        {.verb = PAWL_REPLACE, KEY("k"), VALUE("z")},
        {.verb = PAWL_SET, KEY("k"), VALUE("last")},
        {.verb = PAWL_GET, KEY("k")},
    };
    static const enum pawl_status wanted[] = {
        PAWL_NOT_FOUND, PAWL_OK,         PAWL_OK, PAWL_REFUSED, PAWL_OK,
        PAWL_OK,        PAWL_OK,         PAWL_OK, PAWL_OK,      PAWL_OK,
        PAWL_OK,        PAWL_NOT_STORED, PAWL_OK, PAWL_OK,
    };
    pawl_enter(me);
    CHECK_OK(pawl_run(me, ops, COUNT(ops)));
    for (size_t i = 0; i < COUNT(ops); i++) {
        CHECK_STATUS(ops[i].status, wanted[i]);
    }
    CHECK_NUMBER(ops[2].view.number, 7);
    CHECK_NUMBER(ops[3].view.number, 7);
    CHECK_NUMBER(ops[3].view.version, ops[2].view.version);
    CHECK_NUMBER(ops[4].view.number, 12);
    CHECK_NUMBER(ops[5].view.number, 20);
    CHECK_NUMBER(ops[6].view.number, 0);
    CHECK_BYTES(ops[9].view.value, ops[9].view.value_bytes, TEXT("y0x"));
    CHECK_NUMBER(ops[9].view.flags, 4);
    CHECK_NUMBER(ops[9].view.version, ops[8].view.version);
    CHECK_BYTES(ops[13].view.value, ops[13].view.value_bytes, TEXT("last"));
    pawl_leave(me);
    check_value(TEXT("k"), TEXT("last"));
}

Test(batch, versions_rise_from_one_change_to_the_next)
{
    struct pawl_op ops[] = {
        {.verb = PAWL_SET, KEY("k"), VALUE("10")},
        {.verb = PAWL_INCR, KEY("k"), .amount = 1},
        {.verb = PAWL_TAKE, KEY("k"), .amount = 1},
        {.verb = PAWL_APPEND, KEY("k"), VALUE("x")},
        {.verb = PAWL_DELETE, KEY("k")},
        {.verb = PAWL_ADD, KEY("k"), VALUE("v")},
        {.verb = PAWL_DELETE, KEY("k")},
        {.verb = PAWL_SET, KEY("k"), VALUE("5")},
        {.verb = PAWL_GIVE, KEY("k"), .amount = 1, .bound = 6},
        {.verb = PAWL_DECR, KEY("k"), .amount = 1},
        {.verb = PAWL_REPLACE, KEY("k"), VALUE("v")},
        {.verb = PAWL_PREPEND, KEY("k"), VALUE("v")},
    };
    uint64_t last = 0;
    CHECK_OK(pawl_run(me, ops, COUNT(ops)));
    for (size_t i = 0; i < COUNT(ops); i++) {
        CHECK_OK(ops[i].status);
        CHECK(ops[i].view.version > last);
        last = ops[i].view.version;
    }
    CHECK(last <= PAWL_VERSION_MAX);
}

Test(batch, one_bad_operation_leaves_the_others_to_succeed)
{
    size_t over = PAWL_VALUE_BYTES_DEFAULT + 1;
    char *large = calloc(1, over);
    struct pawl_op ops[] = {
        {.verb = PAWL_SET, KEY("a"), VALUE("1")},
        {.verb = PAWL_SET, .key = "", .key_bytes = 0, VALUE("1")},
        {.verb = PAWL_GET, .key = "", .key_bytes = 0},
        {.verb = PAWL_SET, KEY("b"), .value = large, .value_bytes = over},
        {.verb = (enum pawl_verb)99, KEY("a")},
        {.verb = PAWL_APPEND, KEY("none"), VALUE("1")},
        {.verb = PAWL_SET, KEY("c"), VALUE("3")},
    };
    CHECK_OK(pawl_run(me, ops, COUNT(ops)));
    CHECK_OK(ops[0].status);
    CHECK_STATUS(ops[1].status, PAWL_BAD_KEY);
    CHECK_STATUS(ops[2].status, PAWL_BAD_KEY);
    CHECK_STATUS(ops[3].status, PAWL_TOO_LARGE);
    CHECK_STATUS(ops[4].status, PAWL_INVALID);
    CHECK_STATUS(ops[5].status, PAWL_NOT_STORED);
    CHECK_OK(ops[6].status);
    check_value(TEXT("a"), TEXT("1"));
    check_absent(TEXT("b"));
    check_value(TEXT("c"), TEXT("3"));
    free(large);
}

Test(batch, a_count_out_of_range_runs_nothing)
{
    static struct pawl_op ops[PAWL_BATCH_MAX + 1];
    for (size_t i = 0; i < COUNT(ops); i++) {
        ops[i] = (struct pawl_op){.verb = PAWL_SET, KEY("k"), VALUE("v")};
    }
    CHECK_STATUS(pawl_run(me, ops, 0), PAWL_INVALID);
    CHECK_STATUS(pawl_run(me, ops, PAWL_BATCH_MAX + 1), PAWL_INVALID);
    CHECK_STATUS(pawl_run(me, ops, SIZE_MAX), PAWL_INVALID);
    check_absent(TEXT("k"));
}

/* One batch of count: set each key, then get each, then take from each. */
static void check_batch_of(unsigned count)
{
    static struct pawl_op ops[PAWL_BATCH_MAX];
    static unsigned keys[PAWL_BATCH_MAX];
    for (unsigned i = 0; i < count; i++) {
        keys[i] = i;
        ops[i] = (struct pawl_op){.verb = PAWL_SET,
                                  .key = &keys[i],
                                  .key_bytes = sizeof keys[i],
                                  VALUE("100")};
    }
    CHECK_OK(pawl_run(me, ops, count));
    for (unsigned i = 0; i < count; i++) {
        CHECK_OK(ops[i].status);
        ops[i].verb = PAWL_TAKE;
        ops[i].amount = i % 200;
        ops[i].bound = 1;
    }
    CHECK_OK(pawl_run(me, ops, count));
    for (unsigned i = 0; i < count; i++) {
        unsigned amount = i % 200;
        CHECK_STATUS(ops[i].status, amount < 100 ? PAWL_OK : PAWL_REFUSED);
        CHECK_NUMBER(ops[i].view.number, amount < 100 ? 100 - amount : 100);
    }
}

Test(batch, of_every_size_answers_for_each_operation)
{
    static const unsigned counts[] = {
        1,
        2,
        3,
        7,
        8,
        9,
        15,
        16,
        17,
        31,
        32,
        33,
        63,
        64,
        65,
        127,
        128,
        129,
        255,
        256,
        257,
        511,
        512,
        513,
        1000,
        PAWL_BATCH_MAX - 1,
        PAWL_BATCH_MAX,
    };
    for (size_t i = 0; i < COUNT(counts); i++) {
        check_batch_of(counts[i]);
    }
}

Test(batch, grows_the_table_in_its_middle)
{
    static struct pawl_op ops[PAWL_BATCH_MAX];
    static unsigned keys[PAWL_BATCH_MAX];
    struct pawl_stats stats;
    unsigned rounds = scaled(100) + 20;
    for (unsigned round = 0; round < rounds; round++) {
        for (unsigned i = 0; i < PAWL_BATCH_MAX; i++) {
            keys[i] = round * PAWL_BATCH_MAX + i;
            ops[i] = (struct pawl_op){.verb = PAWL_ADD,
                                      .key = &keys[i],
                                      .key_bytes = sizeof keys[i],
                                      .value = &keys[i],
                                      .value_bytes = sizeof keys[i]};
        }
        CHECK_OK(pawl_run(me, ops, PAWL_BATCH_MAX));
        for (unsigned i = 0; i < PAWL_BATCH_MAX; i++) {
            CHECK_OK(ops[i].status);
        }
    }
    for (unsigned i = 0; i < rounds * PAWL_BATCH_MAX; i++) {
        check_value(&i, sizeof i, &i, sizeof i);
    }
    pawl_stats(store, &stats);
    CHECK(stats.growths > 0);
}

Test(batch, a_record_made_and_removed_in_one_batch_can_be_read_between)
{
    struct pawl_op ops[64];
    for (unsigned i = 0; i < COUNT(ops); i++) {
        static const enum pawl_verb turns[] = {PAWL_GET, PAWL_SET, PAWL_GET,
                                               PAWL_DELETE};
        ops[i] =
            (struct pawl_op){.verb = turns[i % 4], KEY("k"), VALUE("a value")};
    }
    pawl_enter(me);
    CHECK_OK(pawl_run(me, ops, COUNT(ops)));
    for (unsigned i = 0; i < COUNT(ops); i++) {
        CHECK_STATUS(ops[i].status, i % 4 == 0 ? PAWL_NOT_FOUND : PAWL_OK);
        if (i % 4 == 2) {
            CHECK_BYTES(ops[i].view.value, ops[i].view.value_bytes,
                        TEXT("a value"));
            CHECK_NUMBER(ops[i].view.version, ops[i - 1].view.version);
        }
    }
    pawl_leave(me);
}

/* Everything in view is zero, as the contract says of nothing to tell. */
static void check_zero(const struct pawl_view *view)
{
    CHECK(view->value == NULL);
    CHECK_NUMBER(view->value_bytes, 0);
    CHECK_NUMBER(view->version, 0);
    CHECK_NUMBER(view->expiry_ms, 0);
    CHECK_NUMBER(view->number, 0);
    CHECK_NUMBER(view->flags, 0);
    CHECK(!view->is_number);
}

Test(batch, the_view_is_zero_where_there_is_nothing_to_tell)
{
    struct pawl_op ops[] = {
        {.verb = PAWL_GET, KEY("none")},
        {.verb = PAWL_TOUCH, KEY("none")},
        {.verb = PAWL_DELETE, KEY("none")},
        {.verb = PAWL_TAKE, KEY("none"), .amount = 1},
        {.verb = PAWL_INCR, KEY("none"), .amount = 1},
        {.verb = PAWL_REPLACE, KEY("none"), VALUE("v")},
        {.verb = PAWL_APPEND, KEY("none"), VALUE("v")},
        {.verb = PAWL_SET, KEY("none"), VALUE("v"), .version = 1},
        {.verb = PAWL_GET, .key = "", .key_bytes = 0},
        {.verb = PAWL_FLUSH},
    };
    for (size_t i = 0; i < COUNT(ops); i++) {
        memset(&ops[i].view, 0xa5, sizeof ops[i].view);
        ops[i].status = PAWL_STALLED;
    }
    CHECK_OK(pawl_run(me, ops, COUNT(ops)));
    for (size_t i = 0; i < COUNT(ops); i++) {
        CHECK(ops[i].status != PAWL_STALLED);
        check_zero(&ops[i].view);
    }
}

Test(batch, touch_shows_the_record_with_its_new_expiry)
{
    uint64_t version = 0;
    CHECK_OK(pawl_set(me, TEXT("k"), TEXT("value"), 8, 0, &version));
    struct pawl_op ops[] = {
        {.verb = PAWL_TOUCH, KEY("k"), .expiry_ms = PAWL_EXPIRY_MS_MAX},
        {.verb = PAWL_TOUCH, KEY("k"), .expiry_ms = 0},
    };
    pawl_enter(me);
    CHECK_OK(pawl_run(me, ops, COUNT(ops)));
    for (size_t i = 0; i < COUNT(ops); i++) {
        CHECK_OK(ops[i].status);
        CHECK_BYTES(ops[i].view.value, ops[i].view.value_bytes, TEXT("value"));
        CHECK_NUMBER(ops[i].view.version, version);
        CHECK_NUMBER(ops[i].view.flags, 8);
        CHECK_NUMBER(ops[i].view.expiry_ms, ops[i].expiry_ms);
    }
    pawl_leave(me);
}

Test(batch, delete_tells_a_version_between_the_record_and_any_later_one)
{
    struct pawl_op ops[] = {
        {.verb = PAWL_SET, KEY("k"), VALUE("one")},
        {.verb = PAWL_DELETE, KEY("k")},
        {.verb = PAWL_SET, KEY("k"), VALUE("two")},
    };
    for (unsigned round = 0; round < 1000; round++) {
        CHECK_OK(pawl_run(me, ops, COUNT(ops)));
        CHECK(ops[1].view.version > ops[0].view.version);
        CHECK(ops[2].view.version > ops[1].view.version);
    }
}

Test(batch, add_tells_the_version_that_is_there)
{
    uint64_t version = store_value(TEXT("k"), TEXT("value"));
    struct pawl_op op = {.verb = PAWL_ADD, KEY("k"), VALUE("v")};
    CHECK_STATUS(run_one(&op), PAWL_NOT_STORED);
    CHECK_NUMBER(op.view.version, version);
}

Test(batch, without_a_section_all_but_the_value_is_told)
{
    uint64_t version = 0;
    CHECK_OK(pawl_set(me, TEXT("k"), TEXT("value"), 8, PAWL_EXPIRY_MS_MAX,
                      &version));
    store_value(TEXT("n"), TEXT("12345"));
    struct pawl_op ops[] = {
        {.verb = PAWL_GET, KEY("k")},
        {.verb = PAWL_GET, KEY("n")},
    };
    CHECK_OK(pawl_run(me, ops, COUNT(ops)));
    CHECK_NUMBER(ops[0].view.value_bytes, 5);
    CHECK_NUMBER(ops[0].view.version, version);
    CHECK_NUMBER(ops[0].view.flags, 8);
    CHECK_NUMBER(ops[0].view.expiry_ms, PAWL_EXPIRY_MS_MAX);
    CHECK(!ops[0].view.is_number);
    CHECK(ops[1].view.is_number);
    CHECK_NUMBER(ops[1].view.number, 12345);
    CHECK_NUMBER(ops[1].view.value_bytes, 5);
    CHECK_BYTES(ops[1].view.digits, 5, TEXT("12345"));
}

Test(batch, flush_takes_what_came_before_it_and_spares_what_comes_after)
{
    struct pawl_op ops[] = {
        {.verb = PAWL_SET, KEY("before"), VALUE("v")},
        {.verb = PAWL_FLUSH},
        {.verb = PAWL_GET, KEY("before")},
        {.verb = PAWL_SET, KEY("after"), VALUE("v")},
        {.verb = PAWL_GET, KEY("after")},
    };
    CHECK_OK(pawl_run(me, ops, COUNT(ops)));
    CHECK_OK(ops[1].status);
    CHECK_STATUS(ops[2].status, PAWL_NOT_FOUND);
    CHECK_OK(ops[4].status);
    check_absent(TEXT("before"));
    check_value(TEXT("after"), TEXT("v"));
}

Test(batch, views_of_one_batch_stay_good_while_later_operations_change_them)
{
    struct pawl_op ops[200];
    unsigned values[COUNT(ops)];
    for (unsigned i = 0; i < COUNT(ops); i += 2) {
        values[i] = i;
        ops[i] = (struct pawl_op){.verb = PAWL_SET,
                                  KEY("k"),
                                  .value = &values[i],
                                  .value_bytes = sizeof i};
        ops[i + 1] = (struct pawl_op){.verb = PAWL_GET, KEY("k")};
    }
    pawl_enter(me);
    CHECK_OK(pawl_run(me, ops, COUNT(ops)));
    for (unsigned i = 0; i < COUNT(ops); i += 2) {
        CHECK_BYTES(ops[i + 1].view.value, ops[i + 1].view.value_bytes, &i,
                    sizeof i);
    }
    pawl_leave(me);
}
