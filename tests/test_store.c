/*
 * test_store.c - making stores and joining them.
 *
 * Options, statuses, several stores, several memberships, and what the
 * statistics say.
 */
#include "tests/support.h"

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

TestSuite(store, .timeout = HANG_SECONDS);
TestSuite(member, .init = store_open, .fini = store_close);

/* ---- options ------------------------------------------------------------- */

/* Must be refused with *store left alone. */
static void check_refused(const struct pawl_options *options,
                          enum pawl_status wanted)
{
    struct pawl *none = (struct pawl *)&none;
    struct pawl *made = none;
    CHECK_STATUS(pawl_create(options, &made), wanted);
    CHECK(made == none);
}

Test(store, is_made_with_the_defaults_where_no_options_are_given)
{
    struct pawl_stats stats;
    store_open();
    store_value(TEXT("k"), TEXT("value"));
    pawl_stats(store, &stats);
    CHECK_NUMBER(stats.limit_bytes, 0);
    store_close();
}

Test(store, options_out_of_range_are_invalid)
{
    struct pawl_options options = PAWL_OPTIONS_INIT;
    options.partitions = 257;
    check_refused(&options, PAWL_INVALID);
    options.partitions = UINT32_MAX;
    check_refused(&options, PAWL_INVALID);
    options = (struct pawl_options)PAWL_OPTIONS_INIT;
    options.value_bytes_max = 0;
    check_refused(&options, PAWL_INVALID);
    options.value_bytes_max = (size_t)PAWL_VALUE_BYTES_MAX + 1;
    check_refused(&options, PAWL_INVALID);
    options = (struct pawl_options)PAWL_OPTIONS_INIT;
    options.full = (enum pawl_full)2;
    check_refused(&options, PAWL_INVALID);
}

Test(store, more_tables_than_memory_are_no_memory)
{
    struct pawl_options options = PAWL_OPTIONS_INIT;
    options.memory_bytes = 1000000;
    options.records_expected = 100000000;
    check_refused(&options, PAWL_NO_MEMORY);
    options.records_expected = (size_t)1 << 56;
    check_refused(&options, PAWL_NO_MEMORY);
    options.records_expected = SIZE_MAX;
    check_refused(&options, PAWL_NO_MEMORY);
}

Test(store, has_the_partitions_it_was_given)
{
    static const unsigned counts[] = {1, 2, 3, 7, 64, 255, 256};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        struct pawl_options options = PAWL_OPTIONS_INIT;
        struct pawl_stats stats;
        options.partitions = counts[i];
        store_open_with(&options);
        pawl_stats(store, &stats);
        CHECK_NUMBER(stats.partitions, counts[i]);
        for (unsigned key = 0; key < 5000; key++) {
            store_value(&key, sizeof key, &key, sizeof key);
        }
        for (unsigned key = 0; key < 5000; key++) {
            check_value(&key, sizeof key, &key, sizeof key);
        }
        store_close();
    }
}

Test(store, has_a_partition_for_each_processor_unless_told)
{
    struct pawl_stats stats;
    cpu_set_t allowed;
    CHECK(sched_getaffinity(0, sizeof allowed, &allowed) == 0);
    store_open();
    pawl_stats(store, &stats);
    CHECK_NUMBER(stats.partitions, (uint64_t)CPU_COUNT(&allowed));
    store_close();
}

/* How many doublings count records take in a store made for expected. */
static uint64_t growths_for(size_t expected, unsigned count)
{
    struct pawl_options options = PAWL_OPTIONS_INIT;
    struct pawl_stats stats;
    options.partitions = 1;
    options.records_expected = expected;
    store_open_with(&options);
    for (unsigned i = 0; i < count; i++) {
        store_value(&i, sizeof i, TEXT("v"));
    }
    pawl_stats(store, &stats);
    store_close();
    return stats.growths;
}

Test(store, tables_start_as_large_as_the_records_expected)
{
    CHECK_NUMBER(growths_for(100000, 50000), 0);
    CHECK(growths_for(0, 50000) > 0);
}

Test(store, allows_values_up_to_the_limit_it_was_given)
{
    struct pawl_options options = PAWL_OPTIONS_INIT;
    options.value_bytes_max = 3;
    store_open_with(&options);
    store_value(TEXT("k"), TEXT("abc"));
    CHECK_STATUS(pawl_set(me, TEXT("k"), TEXT("abcd"), 0, 0, NULL),
                 PAWL_TOO_LARGE);
    CHECK_STATUS(pawl_append(me, TEXT("k"), TEXT("d"), NULL), PAWL_TOO_LARGE);
    check_value(TEXT("k"), TEXT("abc"));
    store_close();
    options.value_bytes_max = 5000000;
    store_open_with(&options);
    char *large = calloc(1, 5000001);
    store_value(TEXT("k"), large, 5000000);
    check_value(TEXT("k"), large, 5000000);
    CHECK_STATUS(pawl_set(me, TEXT("k"), large, 5000001, 0, 0, NULL),
                 PAWL_TOO_LARGE);
    free(large);
    store_close();
}

Test(store, nothing_to_destroy_or_part_is_let_pass)
{
    pawl_destroy(NULL);
    pawl_part(NULL);
}

/* ---- texts --------------------------------------------------------------- */

Test(store, every_status_has_its_sentence)
{
#define CHECK_SENTENCE(name, text) \
    CHECK(strcmp(pawl_status_text(PAWL_##name), text) == 0);
    PAWL_STATUSES(CHECK_SENTENCE)
    CHECK(pawl_status_text((enum pawl_status)4711) != NULL);
    CHECK(pawl_status_text((enum pawl_status) - 1) != NULL);
}

Test(store, every_verb_has_its_word)
{
#define CHECK_WORD(name, text) \
    CHECK(strcmp(pawl_verb_text(PAWL_##name), text) == 0);
    PAWL_VERBS(CHECK_WORD)
    CHECK(pawl_verb_text((enum pawl_verb)4711) != NULL);
    CHECK(pawl_verb_text((enum pawl_verb) - 1) != NULL);
}

Test(store, the_release_is_three_numbers)
{
    unsigned major = 0;
    unsigned minor = 0;
    unsigned patch = 0;
    char rest = 0;
    CHECK(sscanf(pawl_release(), "%u.%u.%u%c", &major, &minor, &patch, &rest) ==
          3);
}

/* ---- versions of a fresh store ------------------------------------------- */

Test(store, versions_of_a_fresh_store_lie_above_the_wall_clock)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    store_open();
    uint64_t version = store_value(TEXT("k"), TEXT("value"));
    CHECK(version >=
          (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec);
    CHECK(version <= PAWL_VERSION_MAX);
    store_close();
}

Test(store, versions_of_a_later_store_lie_above_those_of_an_earlier_one)
{
    uint64_t last = 0;
    for (unsigned round = 0; round < 20; round++) {
        store_open();
        uint64_t version = store_value(TEXT("k"), TEXT("1"));
        CHECK(version > last);
        for (unsigned i = 0; i < scaled(20000); i++) {
            CHECK_OK(pawl_incr(me, TEXT("k"), 1, NULL, &last));
            store_value(TEXT("k"), TEXT("1"));
        }
        last = peek(TEXT("k")).version;
        store_close();
    }
}

/* ---- several stores, several memberships --------------------------------- */

Test(member, two_stores_know_nothing_of_each_other)
{
    struct pawl *other;
    struct pawl_thread *there;
    CHECK_OK(pawl_create(NULL, &other));
    CHECK_OK(pawl_join(other, &there));
    store_value(TEXT("k"), TEXT("here"));
    CHECK_OK(pawl_set(there, TEXT("k"), TEXT("there"), 0, 0, NULL));
    check_value(TEXT("k"), TEXT("here"));
    CHECK_OK(pawl_delete(there, TEXT("k"), 0));
    check_value(TEXT("k"), TEXT("here"));
    store_value(TEXT("l"), TEXT("here"));
    pawl_flush(there);
    check_value(TEXT("l"), TEXT("here"));
    pawl_part(there);
    pawl_destroy(other);
    check_value(TEXT("k"), TEXT("here"));
}

Test(member, sections_of_two_stores_may_be_open_at_once)
{
    struct pawl *other;
    struct pawl_thread *there;
    struct pawl_view view;
    CHECK_OK(pawl_create(NULL, &other));
    CHECK_OK(pawl_join(other, &there));
    store_value(TEXT("k"), TEXT("a borrowed value"));
    pawl_enter(me);
    CHECK_OK(pawl_get(me, TEXT("k"), &view));
    pawl_enter(there);
    for (unsigned i = 0; i < 10000; i++) {
        CHECK_OK(pawl_set(there, TEXT("k"), &i, sizeof i, 0, 0, NULL));
    }
    pawl_leave(there);
    pawl_part(there);
    CHECK_BYTES(view.value, view.value_bytes, TEXT("a borrowed value"));
    pawl_leave(me);
    pawl_destroy(other);
}

Test(member, one_thread_may_join_several_times)
{
    struct pawl_thread *many[100];
    struct pawl_stats stats;
    for (unsigned i = 0; i < 100; i++) {
        CHECK_OK(pawl_join(store, &many[i]));
        CHECK_OK(pawl_set(many[i], TEXT("k"), &i, sizeof i, 0, 0, NULL));
        check_value(TEXT("k"), &i, sizeof i);
    }
    pawl_stats(store, &stats);
    CHECK_NUMBER(stats.threads, 101);
    for (unsigned i = 0; i < 100; i++) {
        pawl_part(many[i]);
    }
    pawl_stats(store, &stats);
    CHECK_NUMBER(stats.threads, 1);
}

Test(member, each_membership_has_sections_of_its_own)
{
    struct pawl_thread *second;
    struct pawl_view view;
    CHECK_OK(pawl_join(store, &second));
    store_value(TEXT("k"), TEXT("borrowed by the first"));
    pawl_enter(me);
    CHECK_OK(pawl_get(me, TEXT("k"), &view));
    for (unsigned i = 0; i < 1000; i++) {
        pawl_enter(second);
        CHECK_OK(pawl_set(second, TEXT("k"), &i, sizeof i, 0, 0, NULL));
        pawl_leave(second);
    }
    pawl_part(second);
    CHECK_BYTES(view.value, view.value_bytes, TEXT("borrowed by the first"));
    pawl_leave(me);
}

static void *join_write_and_exit(void *argument)
{
    struct pawl_thread *thread;
    (void)argument;
    CHECK_OK(pawl_join(store, &thread));
    CHECK_OK(pawl_set(thread, TEXT("k"), TEXT("left behind"), 0, 0, NULL));
    return NULL;
}

Test(member, a_thread_that_exits_without_a_word_is_parted)
{
    struct pawl_stats stats;
    for (unsigned i = 0; i < 100; i++) {
        pthread_t thread;
        CHECK(pthread_create(&thread, NULL, join_write_and_exit, NULL) == 0);
        pthread_join(thread, NULL);
    }
    pawl_stats(store, &stats);
    CHECK_NUMBER(stats.threads, 1);
    check_value(TEXT("k"), TEXT("left behind"));
}

/* ---- statistics ---------------------------------------------------------- */

Test(member, statistics_count_records_and_their_memory)
{
    struct pawl_stats before;
    struct pawl_stats after;
    pawl_stats(store, &before);
    CHECK_NUMBER(before.records, 0);
    for (unsigned i = 0; i < 1000; i++) {
        store_value(&i, sizeof i, (char[1000]){0}, 1000);
    }
    pawl_stats(store, &after);
    CHECK_NUMBER(after.records, 1000);
    CHECK(after.record_bytes >= before.record_bytes + 1000 * 1000);
    CHECK(after.table_bytes > 0);
    for (unsigned i = 0; i < 1000; i++) {
        store_value(&i, sizeof i, TEXT("small"));
    }
    pawl_stats(store, &after);
    CHECK_NUMBER(after.records, 1000);
    CHECK(after.record_bytes < 1000 * 1000);
    for (unsigned i = 0; i < 1000; i++) {
        CHECK_OK(pawl_delete(me, &i, sizeof i, 0));
    }
    pawl_stats(store, &after);
    CHECK_NUMBER(after.records, 0);
    CHECK_NUMBER(after.record_bytes, before.record_bytes);
    CHECK_NUMBER(after.expired, 0);
    CHECK_NUMBER(after.flushed, 0);
    CHECK_NUMBER(after.evicted, 0);
}
