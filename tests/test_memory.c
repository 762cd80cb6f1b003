/*
 * test_memory.c - a store at its memory limit.
 *
 * What does not fit is refused or makes room, and what was there is still
 * there.
 */
#include "tests/block.h"
#include "tests/support.h"

#include <stdlib.h>
#include <string.h>

TestSuite(memory, .timeout = HANG_SECONDS);

#define MIB ((size_t)1 << 20)

static void open_limited(size_t memory_bytes, enum pawl_full full)
{
    struct pawl_options options = PAWL_OPTIONS_INIT;
    options.memory_bytes = memory_bytes;
    options.full = full;
    store_open_with(&options);
}

/* ---- what is in the store ------------------------------------------------ */

/* Records by number: a block whose size follows from key and round. */
struct shelf {
    unsigned count;
    unsigned *round;   /* of the value that was stored last */
    uint64_t *version; /* that it was given; 0: not stored */
};

#define SHELF_MAX 400000

static struct shelf shelf_new(void)
{
    return (struct shelf){0, calloc(SHELF_MAX, sizeof(unsigned)),
                          calloc(SHELF_MAX, sizeof(uint64_t))};
}

static void shelf_free(struct shelf *shelf)
{
    free(shelf->round);
    free(shelf->version);
}

static struct block block_of(unsigned key, unsigned round)
{
    return (struct block){key, 0, round,
                          BLOCK_HEAD_BYTES + (key * 7 + round * 31) % 300};
}

static enum pawl_status shelf_put(struct shelf *shelf, unsigned key)
{
    char room[BLOCK_HEAD_BYTES + 300];
    uint64_t version = 0;
    struct block block = block_of(key, shelf->round[key] + 1);
    block_write(block, room);
    enum pawl_status status =
        pawl_set(me, &key, sizeof key, room, block.bytes, 0, 0, &version);
    if (status == PAWL_OK) {
        CHECK(version > shelf->version[key]);
        shelf->version[key] = version;
        shelf->round[key]++;
    }
    return status;
}

static void shelf_check_one(const struct shelf *shelf, unsigned key)
{
    char room[BLOCK_HEAD_BYTES + 300];
    struct block block = block_of(key, shelf->round[key]);
    block_write(block, room);
    CHECK_NUMBER(check_value(&key, sizeof key, room, block.bytes),
                 shelf->version[key]);
}

static void shelf_check(const struct shelf *shelf)
{
    for (unsigned key = 0; key < shelf->count; key++) {
        shelf_check_one(shelf, key);
    }
}

/* Stores new records until one is refused. */
static void shelf_fill(struct shelf *shelf)
{
    enum pawl_status status;
    while ((status = shelf_put(shelf, shelf->count)) == PAWL_OK) {
        shelf->count++;
        CHECK(shelf->count < SHELF_MAX);
    }
    CHECK_STATUS(status, PAWL_NO_MEMORY);
}

static void check_within_limit(enum pawl_full full)
{
    struct pawl_stats stats;
    pawl_stats(store, &stats);
    uint64_t used = stats.record_bytes + stats.table_bytes;
    if (full == PAWL_FULL_REFUSE) {
        used += stats.retired_bytes;
    }
    CHECK(used <= stats.limit_bytes);
}

/*
 * Retired memory comes back at a time of the store's choosing, so what lacks it
 * is tried until it succeeds; a store that never gives it back runs into the
 * hang guard.
 */
static void put_at_last(struct shelf *shelf, unsigned key)
{
    enum pawl_status status;
    while ((status = shelf_put(shelf, key)) != PAWL_OK) {
        CHECK(status == PAWL_NO_MEMORY || status == PAWL_STALLED);
        pawl_sweep(me, 64);
    }
}

/* ---- refuse -------------------------------------------------------------- */

Test(memory, a_full_store_refuses_and_keeps_every_record)
{
    static const size_t limits[] = {MIB, 4 * MIB, 20 * MIB};
    for (unsigned i = 0; i < 3; i++) {
        struct shelf shelf = shelf_new();
        open_limited(limits[i], PAWL_FULL_REFUSE);
        shelf_fill(&shelf);
        check_within_limit(PAWL_FULL_REFUSE);
        CHECK(shelf.count * 200u > limits[i] / 4);
        shelf_check(&shelf);
        check_absent(&shelf.count, sizeof shelf.count);
        store_close();
        shelf_free(&shelf);
    }
}

Test(memory, a_full_store_refuses_every_change_that_needs_room)
{
    struct shelf shelf = shelf_new();
    char *large = calloc(1, MIB);
    unsigned key = 0;
    open_limited(4 * MIB, PAWL_FULL_REFUSE);
    shelf_fill(&shelf);
    CHECK_STATUS(pawl_set(me, &key, sizeof key, large, MIB, 0, 0, NULL),
                 PAWL_NO_MEMORY);
    CHECK_STATUS(pawl_replace(me, &key, sizeof key, large, MIB, 0, 0, NULL),
                 PAWL_NO_MEMORY);
    CHECK_STATUS(pawl_append(me, &key, sizeof key, large, MIB / 2, NULL),
                 PAWL_NO_MEMORY);
    CHECK_STATUS(pawl_prepend(me, &key, sizeof key, large, MIB / 2, NULL),
                 PAWL_NO_MEMORY);
    CHECK_STATUS(pawl_compare_and_set(me, &key, sizeof key, shelf.version[0],
                                      large, MIB, 0, 0, NULL),
                 PAWL_NO_MEMORY);
    CHECK_STATUS(pawl_add(me, TEXT("new"), large, MIB, 0, 0, NULL),
                 PAWL_NO_MEMORY);
    shelf_check(&shelf);
    store_close();
    free(large);
    shelf_free(&shelf);
}

/* Refused changes must leave a counter able to count. */
Test(memory, a_full_store_still_counts)
{
    struct shelf shelf = shelf_new();
    char *large = calloc(1, MIB);
    uint64_t number = 0;
    open_limited(4 * MIB, PAWL_FULL_REFUSE);
    store_value(TEXT("n"), TEXT("5"));
    shelf_fill(&shelf);
    for (uint64_t i = 6; i < 1000; i++) {
        CHECK_STATUS(pawl_set(me, TEXT("n"), large, MIB, 0, 0, NULL),
                     PAWL_NO_MEMORY);
        CHECK_OK(pawl_incr(me, TEXT("n"), 1, &number, NULL));
        CHECK_NUMBER(number, i);
        CHECK_STATUS(pawl_append(me, TEXT("n"), large, MIB / 2, NULL),
                     PAWL_NO_MEMORY);
    }
    store_close();
    free(large);
    shelf_free(&shelf);
}

Test(memory, what_is_deleted_makes_room_for_nearly_as_much_again)
{
    struct shelf shelf = shelf_new();
    open_limited(4 * MIB, PAWL_FULL_REFUSE);
    shelf_fill(&shelf);
    shelf.count -= shelf.count / 10;
    for (unsigned round = 0; round < 5; round++) {
        for (unsigned key = 0; key < SHELF_MAX && shelf.version[key] != 0;
             key++) {
            enum pawl_status status = pawl_delete(me, &key, sizeof key, 0);
            CHECK(status == PAWL_OK || key >= shelf.count);
        }
        for (unsigned key = 0; key < shelf.count; key++) {
            put_at_last(&shelf, key);
        }
        shelf_check(&shelf);
        check_within_limit(PAWL_FULL_REFUSE);
    }
    store_close();
    shelf_free(&shelf);
}

Test(memory, what_has_expired_makes_room)
{
    open_limited(4 * MIB, PAWL_FULL_REFUSE);
    unsigned count = 0;
    for (unsigned round = 0; round < 5; round++) {
        unsigned key = 0;
        enum pawl_status status;
        char value[200] = "";
        while ((status = pawl_set(me, &key, sizeof key, value, sizeof value, 0,
                                  clock_now_ms + 1, NULL)) == PAWL_OK) {
            key++;
        }
        CHECK_STATUS(status, PAWL_NO_MEMORY);
        CHECK(round == 0 || key > count / 2);
        count = key;
        clock_now_ms++;
        for (struct pawl_stats stats = {.records = 1};
             stats.records + stats.retired_bytes > 0;) {
            sweep_all(me);
            pawl_stats(store, &stats);
        }
    }
    store_close();
}

/*
 * Overwrites one record of this size until far more than the limit was stored;
 * the room must come from the values before, without any help from outside.
 */
static void overwrite(size_t bytes)
{
    struct pawl_options options = PAWL_OPTIONS_INIT;
    char *value = calloc(1, bytes);
    options.memory_bytes = 4 * MIB;
    options.value_bytes_max = bytes;
    store_open_with(&options);
    for (size_t stored = 0; stored < scaled(1000) * MIB / 2;) {
        enum pawl_status status =
            pawl_set(me, TEXT("k"), value, bytes, 0, 0, NULL);
        CHECK(status == PAWL_OK || status == PAWL_NO_MEMORY);
        stored += status == PAWL_OK ? bytes : 0;
    }
    check_value(TEXT("k"), value, bytes);
    check_within_limit(PAWL_FULL_REFUSE);
    store_close();
    free(value);
}

Test(memory, overwriting_a_small_record_goes_on_within_the_limit)
{
    overwrite(1000);
}

Test(memory, overwriting_a_large_record_goes_on_within_the_limit)
{
    overwrite(100000);
    overwrite(3 * MIB / 2);
}

Test(memory, a_member_that_sleeps_keeps_no_large_record)
{
    struct pawl_options options = PAWL_OPTIONS_INIT;
    struct pawl_thread *sleeper;
    size_t bytes = 3 * MIB;
    char *value = calloc(1, bytes);
    enum pawl_status status;
    options.memory_bytes = 4 * MIB;
    options.value_bytes_max = bytes;
    store_open_with(&options);
    CHECK_OK(pawl_join(store, &sleeper));
    CHECK_OK(pawl_set(sleeper, TEXT("k"), value, bytes, 0, 0, NULL));
    CHECK_OK(pawl_delete(sleeper, TEXT("k"), 0));
    do {
        status = pawl_set(me, TEXT("k"), value, bytes, 0, 0, NULL);
        CHECK(status == PAWL_OK || status == PAWL_NO_MEMORY);
    } while (status != PAWL_OK);
    pawl_part(sleeper);
    store_close();
    free(value);
}

/* ---- batches inside a section of the caller's ---------------------------- */

#define OVERWRITES 64
#define LARGE_BYTES ((uint32_t)200000)

/* What was run is done and shows so; answers how much, the rest is not run. */
static size_t check_ran(const struct pawl_op *ops, size_t count)
{
    size_t ran = 0;
    while (ran < count && ops[ran].status != PAWL_NOT_RUN) {
        const struct pawl_op *op = &ops[ran++];
        CHECK_OK(op->status);
        if (op->verb == PAWL_GET) {
            const struct pawl_op *set = op - 1;
            CHECK_BYTES(op->view.value, op->view.value_bytes, set->value,
                        set->value_bytes);
        }
    }
    for (size_t i = ran; i < count; i++) {
        CHECK_STATUS(ops[i].status, PAWL_NOT_RUN);
        CHECK_NUMBER(ops[i].view.version, 0);
    }
    return ran;
}

/*
 * More than the store can hold is overwritten and read in one batch, whose
 * section keeps all of it: so it stops, and goes on from there outside.
 */
Test(memory, a_batch_stops_where_its_callers_section_holds_what_it_needs)
{
    static struct pawl_op ops[2 * OVERWRITES];
    char *values = malloc(OVERWRITES * LARGE_BYTES);
    unsigned stops = 0;
    open_limited(4 * MIB, PAWL_FULL_REFUSE);
    for (uint32_t i = 0; i < OVERWRITES; i++) {
        char *value = values + i * LARGE_BYTES;
        block_write((struct block){0, 0, i, LARGE_BYTES}, value);
        ops[2 * i] = (struct pawl_op){.verb = PAWL_SET,
                                      .key = "k",
                                      .key_bytes = 1,
                                      .value = value,
                                      .value_bytes = LARGE_BYTES};
        ops[2 * i + 1] =
            (struct pawl_op){.verb = PAWL_GET, .key = "k", .key_bytes = 1};
    }
    for (size_t done = 0; done < 2 * OVERWRITES;) {
        size_t left = 2 * OVERWRITES - done;
        pawl_enter(me);
        enum pawl_status status = pawl_run(me, ops + done, left);
        size_t ran = check_ran(ops + done, left);
        pawl_leave(me);
        CHECK_STATUS(status, ran == left ? PAWL_OK : PAWL_NOT_RUN);
        stops += ran < left;
        done += ran;
    }
    CHECK(stops > 0);
    check_value(TEXT("k"), values + (OVERWRITES - 1) * LARGE_BYTES,
                LARGE_BYTES);
    store_close();
    free(values);
}

/* ---- evict --------------------------------------------------------------- */

/* What is still there is just what was stored; answers how many are. */
static unsigned shelf_check_rest(const struct shelf *shelf)
{
    unsigned there = 0;
    for (unsigned key = 0; key < shelf->count; key++) {
        size_t bytes = 0;
        if (pawl_copy(me, &key, sizeof key, NULL, 0, &bytes, NULL) !=
            PAWL_NOT_FOUND) {
            shelf_check_one(shelf, key);
            there++;
        }
    }
    return there;
}

Test(memory, a_store_that_evicts_takes_every_record_and_stays_in_its_limit)
{
    struct shelf shelf = shelf_new();
    struct pawl_stats stats;
    open_limited(4 * MIB, PAWL_FULL_EVICT);
    for (; shelf.count < scaled(100000) + 50000; shelf.count++) {
        put_at_last(&shelf, shelf.count);
        shelf_check_one(&shelf, shelf.count);
        if (shelf.count % 1000 == 0) {
            check_within_limit(PAWL_FULL_EVICT);
        }
    }
    unsigned there = shelf_check_rest(&shelf);
    pawl_stats(store, &stats);
    CHECK_NUMBER(stats.records, there);
    CHECK_NUMBER(stats.evicted, shelf.count - there);
    CHECK(there > 4000);
    store_close();
    shelf_free(&shelf);
}

/* An evicted key's version must not come back when it is stored anew. */
Test(memory, versions_rise_across_eviction)
{
    struct shelf shelf = shelf_new();
    struct dice dice = dice_new(1);
    struct pawl_stats stats;
    open_limited(2 * MIB, PAWL_FULL_EVICT);
    shelf.count = 30000;
    for (unsigned i = 0; i < scaled(500000); i++) {
        put_at_last(&shelf, (unsigned)dice_below(&dice, shelf.count));
    }
    pawl_stats(store, &stats);
    CHECK(stats.evicted > 0);
    shelf_check_rest(&shelf);
    store_close();
    shelf_free(&shelf);
}

Test(memory, records_that_are_read_often_outlive_those_that_are_not)
{
    struct shelf shelf = shelf_new();
    unsigned there = 0;
    open_limited(4 * MIB, PAWL_FULL_EVICT);
    for (; shelf.count < 100; shelf.count++) {
        put_at_last(&shelf, shelf.count);
    }
    for (; shelf.count < 60000; shelf.count++) {
        put_at_last(&shelf, shelf.count);
        for (unsigned key = 0; key < 100 && shelf.count % 10 == 0; key++) {
            (void)!pawl_copy(me, &key, sizeof key, NULL, 0, NULL, NULL);
        }
    }
    for (unsigned key = 0; key < 100; key++) {
        there += pawl_copy(me, &key, sizeof key, NULL, 0, NULL, NULL) !=
                 PAWL_NOT_FOUND;
    }
    CHECK(there > 90);
    store_close();
    shelf_free(&shelf);
}

Test(memory, a_value_that_can_never_fit_is_refused_also_where_others_give_way)
{
    struct pawl_options options = PAWL_OPTIONS_INIT;
    char *large = calloc(1, 8 * MIB);
    options.memory_bytes = 4 * MIB;
    options.value_bytes_max = 8 * MIB;
    options.full = PAWL_FULL_EVICT;
    store_open_with(&options);
    CHECK_STATUS(pawl_set(me, TEXT("k"), large, 8 * MIB, 0, 0, NULL),
                 PAWL_NO_MEMORY);
    check_absent(TEXT("k"));
    store_value(TEXT("k"), TEXT("value"));
    check_value(TEXT("k"), TEXT("value"));
    store_close();
    free(large);
}

/* ---- many threads at the limit ------------------------------------------- */

static void write_at_limit(struct worker *worker)
{
    for (uint32_t i = 0; i < scaled(60000); i++) {
        char value[3000];
        uint32_t key = (uint32_t)dice_below(&worker->dice, 20000);
        uint32_t bytes =
            BLOCK_HEAD_BYTES + (uint32_t)dice_below(&worker->dice, 2900);
        block_write((struct block){key, worker->index, i, bytes}, value);
        enum pawl_status status = pawl_set(worker->thread, &key, sizeof key,
                                           value, bytes, 0, 0, NULL);
        CHECK(status == PAWL_OK || status == PAWL_NO_MEMORY ||
              status == PAWL_STALLED);
        struct pawl_view view;
        key = (uint32_t)dice_below(&worker->dice, 20000);
        pawl_enter(worker->thread);
        if (pawl_get(worker->thread, &key, sizeof key, &view) == PAWL_OK) {
            block_check(view.value, view.value_bytes, key);
        }
        pawl_leave(worker->thread);
    }
}

static void run_at_limit(enum pawl_full full)
{
    struct pawl_stats stats;
    open_limited(8 * MIB, full);
    team_run(4, write_at_limit, NULL);
    check_within_limit(full);
    pawl_stats(store, &stats);
    CHECK(stats.records > 1000);
    CHECK((full == PAWL_FULL_EVICT) == (stats.evicted > 0));
    store_close();
}

Test(memory, many_threads_at_the_limit_keep_it_where_it_refuses)
{
    run_at_limit(PAWL_FULL_REFUSE);
}

Test(memory, many_threads_at_the_limit_keep_it_where_it_evicts)
{
    run_at_limit(PAWL_FULL_EVICT);
}
