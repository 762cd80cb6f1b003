/*
 * test_expiry.c - a record whose time has come is not there.
 */
#include "tests/support.h"

#include <string.h>
#include <time.h>

TestSuite(expiry, .init = store_open_with_clock, .fini = store_close);

static uint64_t now(void)
{
    return atomic_load(&clock_now_ms);
}

static uint64_t store_until(uint64_t expiry_ms, const void *value,
                            size_t value_bytes)
{
    uint64_t version = 0;
    CHECK_OK(
        pawl_set(me, TEXT("k"), value, value_bytes, 3, expiry_ms, &version));
    return version;
}

Test(expiry, a_record_is_there_until_the_millisecond_of_its_expiry)
{
    uint64_t start = now();
    store_until(start + 1000, TEXT("value"));
    CHECK_NUMBER(peek(TEXT("k")).expiry_ms, start + 1000);
    clock_now_ms = start + 999;
    check_value(TEXT("k"), TEXT("value"));
    clock_now_ms = start + 1000;
    check_absent(TEXT("k"));
    clock_now_ms = start + 1001;
    check_absent(TEXT("k"));
}

Test(expiry, a_record_without_expiry_stays_for_ever)
{
    store_until(0, TEXT("value"));
    clock_now_ms = UINT64_MAX;
    check_value(TEXT("k"), TEXT("value"));
}

Test(expiry, a_time_past_the_last_is_taken_for_the_last)
{
    static const uint64_t past[] = {PAWL_EXPIRY_MS_MAX + 1, UINT64_MAX};
    for (unsigned i = 0; i < 2; i++) {
        store_until(past[i], TEXT("value"));
        CHECK_NUMBER(peek(TEXT("k")).expiry_ms, PAWL_EXPIRY_MS_MAX);
        CHECK_OK(pawl_touch(me, TEXT("k"), 1000000000));
        CHECK_OK(pawl_touch(me, TEXT("k"), past[i]));
        CHECK_NUMBER(peek(TEXT("k")).expiry_ms, PAWL_EXPIRY_MS_MAX);
        store_until(0, TEXT("5"));
        CHECK_OK(pawl_touch(me, TEXT("k"), past[i]));
        CHECK_NUMBER(peek(TEXT("k")).expiry_ms, PAWL_EXPIRY_MS_MAX);
    }
}

Test(expiry, a_record_may_be_stored_with_its_time_already_past)
{
    store_until(now(), TEXT("value"));
    check_absent(TEXT("k"));
    store_until(1, TEXT("value"));
    check_absent(TEXT("k"));
}

Test(expiry, an_expired_number_is_not_there_either)
{
    store_until(now() + 10, TEXT("5"));
    CHECK_OK(pawl_incr(me, TEXT("k"), 1, NULL, NULL));
    clock_now_ms += 10;
    check_absent(TEXT("k"));
    CHECK_STATUS(pawl_take(me, TEXT("k"), 1, 0, NULL, NULL), PAWL_NOT_FOUND);
}

Test(expiry, every_operation_takes_an_expired_record_for_absent)
{
    uint64_t version = store_until(now() + 10, TEXT("5"));
    clock_now_ms += 10;
    CHECK_STATUS(pawl_replace(me, TEXT("k"), TEXT("v"), 0, 0, NULL),
                 PAWL_NOT_STORED);
    CHECK_STATUS(pawl_append(me, TEXT("k"), TEXT("v"), NULL), PAWL_NOT_STORED);
    CHECK_STATUS(pawl_prepend(me, TEXT("k"), TEXT("v"), NULL), PAWL_NOT_STORED);
    CHECK_STATUS(pawl_touch(me, TEXT("k"), 0), PAWL_NOT_FOUND);
    CHECK_STATUS(pawl_incr(me, TEXT("k"), 1, NULL, NULL), PAWL_NOT_FOUND);
    CHECK_STATUS(pawl_decr(me, TEXT("k"), 1, NULL, NULL), PAWL_NOT_FOUND);
    CHECK_STATUS(pawl_take(me, TEXT("k"), 1, 0, NULL, NULL), PAWL_NOT_FOUND);
    CHECK_STATUS(pawl_give(me, TEXT("k"), 1, 9, NULL, NULL), PAWL_NOT_FOUND);
    CHECK_STATUS(
        pawl_compare_and_set(me, TEXT("k"), version, TEXT("v"), 0, 0, NULL),
        PAWL_NOT_FOUND);
    CHECK_STATUS(pawl_delete(me, TEXT("k"), version), PAWL_NOT_FOUND);
    CHECK_STATUS(pawl_delete(me, TEXT("k"), 0), PAWL_NOT_FOUND);
    check_absent(TEXT("k"));
}

Test(expiry, add_succeeds_over_an_expired_record_with_a_higher_version)
{
    uint64_t version = 0;
    uint64_t dead = store_until(now() + 10, TEXT("old"));
    CHECK_STATUS(pawl_add(me, TEXT("k"), TEXT("new"), 0, 0, NULL),
                 PAWL_NOT_STORED);
    clock_now_ms += 10;
    CHECK_OK(pawl_add(me, TEXT("k"), TEXT("new"), 0, 0, &version));
    CHECK(version > dead);
    CHECK_NUMBER(check_value(TEXT("k"), TEXT("new")), version);
}

Test(expiry, set_over_an_expired_record_takes_nothing_over_from_it)
{
    uint64_t version = 0;
    uint64_t dead = store_until(now() + 10, TEXT("old"));
    clock_now_ms += 10;
    CHECK_OK(pawl_set(me, TEXT("k"), TEXT("new"), 0, 0, &version));
    CHECK(version > dead);
    CHECK_NUMBER(peek(TEXT("k")).flags, 0);
    CHECK_NUMBER(peek(TEXT("k")).expiry_ms, 0);
}

Test(expiry, touch_moves_the_expiry_both_ways)
{
    uint64_t start = now();
    store_until(start + 10, TEXT("value"));
    CHECK_OK(pawl_touch(me, TEXT("k"), start + 1000));
    clock_now_ms = start + 999;
    check_value(TEXT("k"), TEXT("value"));
    CHECK_OK(pawl_touch(me, TEXT("k"), 0));
    clock_now_ms = start + 100000;
    check_value(TEXT("k"), TEXT("value"));
    CHECK_NUMBER(peek(TEXT("k")).expiry_ms, 0);
    CHECK_OK(pawl_touch(me, TEXT("k"), now() + 1));
    clock_now_ms += 1;
    check_absent(TEXT("k"));
}

Test(expiry, touch_with_a_time_that_is_past_ends_the_record)
{
    store_until(0, TEXT("value"));
    CHECK_OK(pawl_touch(me, TEXT("k"), now()));
    check_absent(TEXT("k"));
    store_until(0, TEXT("5"));
    CHECK_OK(pawl_touch(me, TEXT("k"), 1));
    check_absent(TEXT("k"));
}

Test(expiry, overwriting_replaces_the_expiry_and_appending_keeps_it)
{
    uint64_t start = now();
    store_until(start + 10, TEXT("value"));
    CHECK_OK(pawl_append(me, TEXT("k"), TEXT("s"), NULL));
    CHECK_NUMBER(peek(TEXT("k")).expiry_ms, start + 10);
    CHECK_OK(pawl_replace(me, TEXT("k"), TEXT("value"), 0, 0, NULL));
    clock_now_ms = start + 10;
    check_value(TEXT("k"), TEXT("value"));
}

Test(expiry, a_clock_that_goes_back_does_not_give_back_an_older_version)
{
    uint64_t start = now();
    uint64_t dead = store_until(start + 10, TEXT("old"));
    clock_now_ms = start + 10;
    uint64_t version = 0;
    CHECK_OK(pawl_add(me, TEXT("k"), TEXT("new"), 0, 0, &version));
    clock_now_ms = start;
    CHECK_NUMBER(check_value(TEXT("k"), TEXT("new")), version);
    CHECK(version > dead);
}

Test(expiry, the_clock_is_not_asked_where_no_record_has_an_expiry)
{
    clock_calls = 0;
    store_until(0, TEXT("value"));
    check_value(TEXT("k"), TEXT("value"));
    check_absent(TEXT("none"));
    CHECK_OK(pawl_set(me, TEXT("n"), TEXT("5"), 0, 0, NULL));
    CHECK_OK(pawl_incr(me, TEXT("n"), 1, NULL, NULL));
    CHECK_OK(pawl_append(me, TEXT("k"), TEXT("more"), NULL));
    CHECK_OK(pawl_delete(me, TEXT("k"), 0));
    CHECK_NUMBER(clock_calls, 0);
    store_until(now() + 10, TEXT("value"));
    check_value(TEXT("k"), TEXT("value"));
    CHECK(clock_calls > 0);
}

static uint64_t clock_of_context(void *context)
{
    return *(const uint64_t *)context;
}

Test(expiry, each_store_has_the_clock_and_context_it_was_given)
{
    uint64_t there = 100;
    struct pawl_options options = PAWL_OPTIONS_INIT;
    struct pawl *other;
    struct pawl_thread *member;
    options.clock_ms = clock_of_context;
    options.clock_context = &there;
    CHECK_OK(pawl_create(&options, &other));
    CHECK_OK(pawl_join(other, &member));
    CHECK_OK(pawl_set(member, TEXT("k"), TEXT("value"), 0, 101, NULL));
    CHECK_OK(pawl_copy(member, TEXT("k"), (char[5]){0}, 5, NULL, NULL));
    there = 101;
    CHECK_STATUS(pawl_copy(member, TEXT("k"), (char[5]){0}, 5, NULL, NULL),
                 PAWL_NOT_FOUND);
    pawl_part(member);
    pawl_destroy(other);
}

/* No sleep: one time is far ahead, the other has passed already. */
Test(expiry, without_a_clock_an_expiry_is_a_unix_time_in_milliseconds)
{
    struct pawl *other;
    struct pawl_thread *member;
    struct timespec unix_time;
    clock_gettime(CLOCK_REALTIME, &unix_time);
    uint64_t ms = (uint64_t)unix_time.tv_sec * 1000;
    CHECK_OK(pawl_create(NULL, &other));
    CHECK_OK(pawl_join(other, &member));
    CHECK_OK(pawl_set(member, TEXT("past"), TEXT("v"), 0, ms - 1000, NULL));
    CHECK_OK(
        pawl_set(member, TEXT("coming"), TEXT("v"), 0, ms + 86400000, NULL));
    CHECK_STATUS(pawl_copy(member, TEXT("past"), NULL, 0, NULL, NULL),
                 PAWL_NOT_FOUND);
    CHECK_OK(pawl_copy(member, TEXT("coming"), (char[1]){0}, 1, NULL, NULL));
    pawl_part(member);
    pawl_destroy(other);
}

/* ---- time that passes while an operation runs ---------------------------- */

/*
 * A clock that, when asked for the first time, lets another membership act
 * once the time has come, and then tells the time as it was before: as if the
 * asking thread had been stopped right after looking at its clock.
 */
struct slow_clock {
    struct pawl_thread *other;
    uint64_t time_ms;
    bool asked;
    enum pawl_status added;
    size_t swept;
    bool sweeps;
};

#define EXPIRY_MS 100

static uint64_t ask_slow_clock(void *context)
{
    struct slow_clock *clock = context;
    uint64_t time_ms = clock->time_ms;
    if (clock->asked) {
        return time_ms;
    }
    clock->asked = true;
    clock->time_ms = EXPIRY_MS;
    if (clock->sweeps) {
        clock->swept = sweep_all(clock->other);
    } else {
        clock->added =
            pawl_add(clock->other, TEXT("k"), TEXT("new"), 0, 0, NULL);
    }
    return time_ms;
}

static void open_slow(struct slow_clock *clock)
{
    struct pawl_options options = PAWL_OPTIONS_INIT;
    store_close();
    options.clock_ms = ask_slow_clock;
    options.clock_context = clock;
    store_open_with(&options);
    CHECK_OK(pawl_join(store, &clock->other));
    CHECK_OK(pawl_set(me, TEXT("k"), TEXT("old"), 0, EXPIRY_MS, NULL));
    clock->asked = false;
    clock->time_ms = EXPIRY_MS - 1;
}

/* Either the record was prolonged in time, or it had expired: not both. */
Test(expiry, touch_and_add_agree_on_whether_the_record_had_expired)
{
    struct slow_clock clock = {.asked = true};
    open_slow(&clock);
    enum pawl_status touched = pawl_touch(me, TEXT("k"), PAWL_EXPIRY_MS_MAX);
    if (clock.added == PAWL_OK) {
        check_value(TEXT("k"), TEXT("new"));
        CHECK_NUMBER(peek(TEXT("k")).expiry_ms,
                     touched == PAWL_OK ? PAWL_EXPIRY_MS_MAX : 0);
    } else {
        CHECK_STATUS(clock.added, PAWL_NOT_STORED);
        CHECK_OK(touched);
        check_value(TEXT("k"), TEXT("old"));
    }
    pawl_part(clock.other);
}

Test(expiry, touch_and_sweep_agree_on_whether_the_record_had_expired)
{
    struct slow_clock clock = {.asked = true, .sweeps = true};
    open_slow(&clock);
    enum pawl_status touched = pawl_touch(me, TEXT("k"), PAWL_EXPIRY_MS_MAX);
    CHECK_STATUS(touched, clock.swept == 0 ? PAWL_OK : PAWL_NOT_FOUND);
    pawl_part(clock.other);
}

/* ---- giving back the memory ---------------------------------------------- */

static void store_many(unsigned count, uint64_t expiry_ms)
{
    for (unsigned i = 0; i < count; i++) {
        CHECK_OK(pawl_set(me, &i, sizeof i, TEXT("value"), 0, expiry_ms, NULL));
    }
}

Test(expiry, sweep_removes_each_expired_record_once_and_no_other)
{
    const unsigned count = scaled(10000);
    struct pawl_stats stats;
    store_many(count, now() + 10);
    CHECK_OK(pawl_set(me, TEXT("stays"), TEXT("value"), 0, now() + 11, NULL));
    CHECK_OK(pawl_set(me, TEXT("always"), TEXT("5"), 0, 0, NULL));
    CHECK_NUMBER(sweep_all(me), 0);
    clock_now_ms += 10;
    CHECK_NUMBER(sweep_all(me), count);
    CHECK_NUMBER(sweep_all(me), 0);
    pawl_stats(store, &stats);
    CHECK_NUMBER(stats.records, 2);
    CHECK_NUMBER(stats.expired, count);
    check_value(TEXT("stays"), TEXT("value"));
    check_value(TEXT("always"), TEXT("5"));
}

Test(expiry, sweep_of_no_buckets_does_nothing)
{
    store_many(10, 1);
    CHECK_NUMBER(pawl_sweep(me, 0), 0);
}
