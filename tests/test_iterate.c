/*
 * test_iterate.c - the walk over every record.
 */
#include "tests/support.h"

#include <stdlib.h>
#include <string.h>

TestSuite(iterate, .init = store_open_with_clock, .fini = store_close);

/* How often each key, a number below count, was visited. */
struct visits {
    unsigned count;
    unsigned *times;
};

static struct visits visits_new(unsigned count)
{
    return (struct visits){count, calloc(count, sizeof(unsigned))};
}

/* The key's number; the value must be the same number. */
static unsigned key_of(const void *key, size_t key_bytes,
                       const struct pawl_view *view)
{
    unsigned number = 0;
    CHECK_NUMBER(key_bytes, sizeof number);
    memcpy(&number, key, sizeof number);
    CHECK_BYTES(view->value, view->value_bytes, &number, sizeof number);
    return number;
}

static bool visit(void *context, const void *key, size_t key_bytes,
                  const struct pawl_view *view)
{
    struct visits *visits = context;
    unsigned number = key_of(key, key_bytes, view);
    CHECK(number < visits->count);
    visits->times[number]++;
    return true;
}

static void store_numbers(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        store_value(&i, sizeof i, &i, sizeof i);
    }
}

Test(iterate, of_an_empty_store_visits_nothing)
{
    struct visits visits = visits_new(1);
    CHECK_OK(pawl_iterate(me, visit, &visits));
    CHECK_NUMBER(visits.times[0], 0);
    free(visits.times);
}

Test(iterate, visits_every_record_once)
{
    const unsigned count = scaled(100000);
    struct visits visits = visits_new(count);
    store_numbers(count);
    CHECK_OK(pawl_iterate(me, visit, &visits));
    for (unsigned i = 0; i < count; i++) {
        CHECK_NUMBER(visits.times[i], 1);
    }
    free(visits.times);
}

static bool visit_one(void *context, const void *key, size_t key_bytes,
                      const struct pawl_view *view)
{
    uint64_t *version = context;
    CHECK_BYTES(key, key_bytes, TEXT("the\0key"));
    CHECK_BYTES(view->value, view->value_bytes, TEXT("123"));
    CHECK_NUMBER(view->version, *version);
    CHECK_NUMBER(view->flags, 9);
    CHECK_NUMBER(view->expiry_ms, PAWL_EXPIRY_MS_MAX);
    CHECK(view->is_number);
    CHECK_NUMBER(view->number, 123);
    *version = 0;
    return true;
}

Test(iterate, shows_the_whole_record)
{
    uint64_t version = 0;
    CHECK_OK(pawl_set(me, TEXT("the\0key"), TEXT("123"), 9, PAWL_EXPIRY_MS_MAX,
                      &version));
    CHECK_OK(pawl_iterate(me, visit_one, &version));
    CHECK_NUMBER(version, 0);
}

static bool visit_three(void *context, const void *key, size_t key_bytes,
                        const struct pawl_view *view)
{
    unsigned *left = context;
    key_of(key, key_bytes, view);
    CHECK(*left > 0);
    return --*left > 0;
}

Test(iterate, ends_where_a_visit_answers_false)
{
    unsigned left = 3;
    store_numbers(1000);
    CHECK_OK(pawl_iterate(me, visit_three, &left));
    CHECK_NUMBER(left, 0);
}

Test(iterate, passes_over_what_is_deleted_expired_or_flushed)
{
    struct visits visits = visits_new(1000);
    store_numbers(1000);
    pawl_flush(me);
    store_numbers(30);
    for (unsigned i = 0; i < 10; i++) {
        CHECK_OK(pawl_delete(me, &i, sizeof i, 0));
    }
    for (unsigned i = 10; i < 20; i++) {
        CHECK_OK(pawl_touch(me, &i, sizeof i, clock_now_ms + 1));
    }
    clock_now_ms += 1;
    CHECK_OK(pawl_iterate(me, visit, &visits));
    for (unsigned i = 0; i < 1000; i++) {
        CHECK_NUMBER(visits.times[i], i >= 20 && i < 30);
    }
    free(visits.times);
}

static bool visit_and_delete(void *context, const void *key, size_t key_bytes,
                             const struct pawl_view *view)
{
    visit(context, key, key_bytes, view);
    CHECK_OK(pawl_delete(me, key, key_bytes, view->version));
    key_of(key, key_bytes, view);
    return true;
}

Test(iterate, a_visit_may_delete_what_it_is_shown)
{
    const unsigned count = scaled(20000);
    struct visits visits = visits_new(count);
    store_numbers(count);
    CHECK_OK(pawl_iterate(me, visit_and_delete, &visits));
    for (unsigned i = 0; i < count; i++) {
        CHECK_NUMBER(visits.times[i], 1);
        check_absent(&i, sizeof i);
    }
    free(visits.times);
}

/* Overwrites the record and inserts another, so that the table grows. */
static bool visit_and_store(void *context, const void *key, size_t key_bytes,
                            const struct pawl_view *view)
{
    struct visits *visits = context;
    unsigned number = key_of(key, key_bytes, view);
    if (number >= visits->count) {
        return true;
    }
    visits->times[number]++;
    for (unsigned i = 1; i <= 8; i++) {
        unsigned other = visits->count * i + number;
        store_value(&other, sizeof other, &other, sizeof other);
    }
    store_value(key, key_bytes, key, key_bytes);
    key_of(key, key_bytes, view);
    return true;
}

Test(iterate, a_visit_may_store_until_the_table_doubles)
{
    const unsigned count = scaled(20000) + 1000;
    struct visits visits = visits_new(count);
    struct pawl_stats before;
    struct pawl_stats after;
    store_numbers(count);
    pawl_stats(store, &before);
    CHECK_OK(pawl_iterate(me, visit_and_store, &visits));
    pawl_stats(store, &after);
    CHECK(after.growths > before.growths);
    for (unsigned i = 0; i < count; i++) {
        CHECK_NUMBER(visits.times[i], 1);
    }
    free(visits.times);
}

/* Every visit starts a whole walk of its own. */
static bool visit_and_walk(void *context, const void *key, size_t key_bytes,
                           const struct pawl_view *view)
{
    struct visits *outer = context;
    struct visits inner = visits_new(outer->count);
    visit(outer, key, key_bytes, view);
    CHECK_OK(pawl_iterate(me, visit, &inner));
    for (unsigned i = 0; i < inner.count; i++) {
        CHECK_NUMBER(inner.times[i], 1);
    }
    free(inner.times);
    return true;
}

Test(iterate, walks_may_be_nested)
{
    struct visits visits = visits_new(100);
    store_numbers(100);
    CHECK_OK(pawl_iterate(me, visit_and_walk, &visits));
    for (unsigned i = 0; i < 100; i++) {
        CHECK_NUMBER(visits.times[i], 1);
    }
    free(visits.times);
}

/*
 * Every record would expire soon; the first visit gives them all more time and
 * lets the old time pass.
 */
static bool visit_and_prolong(void *context, const void *key, size_t key_bytes,
                              const struct pawl_view *view)
{
    struct visits *visits = context;
    visit(context, key, key_bytes, view);
    if (view->expiry_ms != 0 && view->expiry_ms > clock_now_ms) {
        store_numbers(visits->count);
        clock_now_ms = view->expiry_ms;
    }
    return true;
}

Test(iterate, visits_what_is_given_more_time_before_its_old_time_has_passed)
{
    struct visits visits = visits_new(1000);
    for (unsigned i = 0; i < visits.count; i++) {
        CHECK_OK(pawl_set(me, &i, sizeof i, &i, sizeof i, 0,
                          clock_now_ms + 1000, NULL));
    }
    CHECK_OK(pawl_iterate(me, visit_and_prolong, &visits));
    for (unsigned i = 0; i < visits.count; i++) {
        CHECK_NUMBER(visits.times[i], 1);
    }
    free(visits.times);
}
