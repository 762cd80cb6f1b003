/*
 * test_flush.c - after a flush nothing stored before is there.
 *
 * Nothing of what comes after is touched by it.
 */
#include "tests/support.h"

TestSuite(flush, .init = store_open_with_clock, .fini = store_close);

Test(flush, leaves_nothing_there)
{
    store_value(TEXT("text"), TEXT("value"));
    store_value(TEXT("number"), TEXT("5"));
    pawl_flush(me);
    check_absent(TEXT("text"));
    check_absent(TEXT("number"));
    CHECK_STATUS(pawl_incr(me, TEXT("number"), 1, NULL, NULL), PAWL_NOT_FOUND);
    CHECK_STATUS(pawl_touch(me, TEXT("text"), 0), PAWL_NOT_FOUND);
    CHECK_STATUS(pawl_replace(me, TEXT("text"), TEXT("v"), 0, 0, NULL),
                 PAWL_NOT_STORED);
    CHECK_STATUS(pawl_append(me, TEXT("text"), TEXT("v"), NULL),
                 PAWL_NOT_STORED);
    CHECK_STATUS(pawl_delete(me, TEXT("text"), 0), PAWL_NOT_FOUND);
}

Test(flush, of_an_empty_store_is_let_pass)
{
    pawl_flush(me);
    pawl_flush(me);
    check_absent(TEXT("k"));
}

Test(flush, spares_what_is_stored_after_it)
{
    uint64_t before = store_value(TEXT("k"), TEXT("before"));
    pawl_flush(me);
    uint64_t after = store_value(TEXT("k"), TEXT("after"));
    store_value(TEXT("n"), TEXT("5"));
    CHECK(after > before);
    CHECK_NUMBER(check_value(TEXT("k"), TEXT("after")), after);
    CHECK_OK(pawl_incr(me, TEXT("n"), 1, NULL, NULL));
    check_value(TEXT("n"), TEXT("6"));
    sweep_all(me);
    CHECK_NUMBER(check_value(TEXT("k"), TEXT("after")), after);
}

Test(flush, takes_the_records_that_counted_before_it)
{
    store_value(TEXT("n"), TEXT("5"));
    for (unsigned i = 0; i < 1000; i++) {
        CHECK_OK(pawl_incr(me, TEXT("n"), 1, NULL, NULL));
    }
    pawl_flush(me);
    check_absent(TEXT("n"));
}

Test(flush, spares_what_is_counted_and_touched_after_it)
{
    pawl_flush(me);
    store_value(TEXT("n"), TEXT("5"));
    CHECK_OK(pawl_take(me, TEXT("n"), 1, 0, NULL, NULL));
    CHECK_OK(pawl_touch(me, TEXT("n"), PAWL_EXPIRY_MS_MAX));
    sweep_all(me);
    check_value(TEXT("n"), TEXT("4"));
}

Test(flush, many_times_over_never_lowers_a_version)
{
    uint64_t last = 0;
    for (unsigned i = 0; i < 1000; i++) {
        uint64_t version = 0;
        CHECK_OK(pawl_add(me, TEXT("k"), TEXT("value"), 0, 0, &version));
        CHECK(version > last);
        last = version;
        pawl_flush(me);
        check_absent(TEXT("k"));
    }
}

/* More often than any short count of flushes in a record could tell apart. */
Test(flush, many_thousand_times_over_brings_nothing_back)
{
    store_value(TEXT("text"), TEXT("value"));
    store_value(TEXT("number"), TEXT("5"));
    for (unsigned i = 0; i < 140000; i++) {
        pawl_flush(me);
        CHECK_STATUS(pawl_copy(me, TEXT("text"), NULL, 0, NULL, NULL),
                     PAWL_NOT_FOUND);
        CHECK_STATUS(pawl_take(me, TEXT("number"), 0, 0, NULL, NULL),
                     PAWL_NOT_FOUND);
    }
}

/* Nothing can be removed meanwhile: a reader holds all that is retired. */
Test(flush, many_thousand_times_over_beside_a_reader_brings_nothing_back)
{
    struct pawl_options options = PAWL_OPTIONS_INIT;
    struct pawl_thread *reader;
    enum pawl_status status = PAWL_OK;
    store_close();
    options.retired_bytes_max = 1000000;
    store_open_with(&options);
    CHECK_OK(pawl_join(store, &reader));
    store_value(TEXT("k"), TEXT("value"));
    pawl_enter(reader);
    while (status == PAWL_OK) {
        char large[10000] = "";
        status = pawl_set(me, TEXT("large"), large, sizeof large, 0, 0, NULL);
    }
    CHECK_STATUS(status, PAWL_STALLED);
    for (unsigned i = 0; i < 140000; i++) {
        pawl_flush(me);
        CHECK_STATUS(pawl_copy(me, TEXT("k"), NULL, 0, NULL, NULL),
                     PAWL_NOT_FOUND);
    }
    pawl_leave(reader);
    pawl_part(reader);
}

Test(flush, memory_of_flushed_records_is_given_back_by_sweep)
{
    const unsigned count = scaled(10000);
    struct pawl_stats stats;
    for (unsigned i = 0; i < count; i++) {
        store_value(&i, sizeof i, TEXT("value"));
    }
    pawl_flush(me);
    store_value(TEXT("after"), TEXT("value"));
    CHECK_NUMBER(sweep_all(me), count);
    pawl_stats(store, &stats);
    CHECK_NUMBER(stats.records, 1);
    CHECK_NUMBER(stats.flushed, count);
    check_value(TEXT("after"), TEXT("value"));
}

Test(flush, reaches_records_of_every_partition_and_of_a_grown_table)
{
    const unsigned count = scaled(50000);
    for (unsigned i = 0; i < count; i++) {
        store_value(&i, sizeof i, &i, sizeof i);
    }
    pawl_flush(me);
    for (unsigned i = 0; i < count; i++) {
        CHECK_STATUS(pawl_copy(me, &i, sizeof i, NULL, 0, NULL, NULL),
                     PAWL_NOT_FOUND);
    }
}

Test(flush, a_borrowed_value_outlives_it)
{
    struct pawl_view view;
    store_value(TEXT("k"), TEXT("borrowed before the flush"));
    pawl_enter(me);
    CHECK_OK(pawl_get(me, TEXT("k"), &view));
    pawl_flush(me);
    sweep_all(me);
    CHECK_BYTES(view.value, view.value_bytes,
                TEXT("borrowed before the flush"));
    pawl_leave(me);
}
