/*
 * test_net_chores.c - when a worker sleeps, and what it does when it wakes.
 */
#include "net/chores.h"
#include "tests/support.h"

#define NOW_MS UINT64_C(1763622000000)

static struct shared shared;
static struct chores chores;

static void open_all(void)
{
    store_open_with_clock();
    shared.store = store;
    chores_do(&chores, store, me, 1000);
}

TestSuite(chores, .init = open_all, .fini = store_close);

static int sleep_at(uint64_t steady_ms)
{
    return chores_timeout_ms(&chores, &shared, steady_ms, NOW_MS);
}

Test(chores, let_an_idle_and_empty_server_sleep)
{
    CHECK(sleep_at(1000) == -1);
    CHECK(sleep_at(1000000) == -1);
}

Test(chores, are_done_soon_after_work)
{
    chores_note_work(&chores);
    CHECK(sleep_at(1000) == CHORES_STEP_MS);
    CHECK(!chores_are_due(&chores, 1000 + CHORES_STEP_MS - 1));
    CHECK(sleep_at(1000 + CHORES_STEP_MS) == 0);
    CHECK(chores_are_due(&chores, 1000 + CHORES_STEP_MS));
    chores_do(&chores, store, me, 2000);
    CHECK(sleep_at(2000) == -1);
}

Test(chores, are_done_now_and_then_while_there_are_records)
{
    (void)store_value(TEXT("k"), TEXT("value"));
    chores_do(&chores, store, me, 2000);
    CHECK(sleep_at(2000) == CHORES_IDLE_MS);
    CHECK(sleep_at(2400) == CHORES_IDLE_MS - 400);
    CHECK(sleep_at(9000) == 0);
}

Test(chores, give_back_what_has_expired)
{
    struct pawl_stats stats;
    char key[24];

    for (unsigned i = 0; i < 1000; i++) {
        CHECK_OK(pawl_set(me, key, number_text(i, key), TEXT("value"), 0,
                          atomic_load(&clock_now_ms) + 1, NULL));
    }
    atomic_fetch_add(&clock_now_ms, 10);
    for (unsigned i = 0; i < 100; i++) {
        chores_do(&chores, store, me, 2000 + i);
    }
    pawl_stats(store, &stats);
    CHECK_NUMBER(stats.records, 0);
    CHECK(sleep_at(2100) == -1);
}

Test(chores, wake_for_a_delayed_flush)
{
    atomic_store(&shared.flush_due_ms, NOW_MS + 300);
    CHECK(sleep_at(1000) == 300);
    atomic_store(&shared.flush_due_ms, NOW_MS - 1);
    CHECK(sleep_at(1000) == 0);
    atomic_store(&shared.flush_due_ms, NOW_MS + 1000000);
    CHECK(sleep_at(1000) == CHORES_IDLE_MS);
}

Test(chores, flush_when_it_is_time_and_once)
{
    (void)store_value(TEXT("k"), TEXT("value"));
    atomic_store(&shared.flush_due_ms, NOW_MS);
    chores_flush_if_due(&shared, me, NOW_MS - 1);
    (void)check_value(TEXT("k"), TEXT("value"));
    chores_flush_if_due(&shared, me, NOW_MS);
    check_absent(TEXT("k"));
    CHECK_NUMBER(atomic_load(&shared.flush_due_ms), 0);
    (void)store_value(TEXT("k"), TEXT("value"));
    chores_flush_if_due(&shared, me, NOW_MS + 1);
    (void)check_value(TEXT("k"), TEXT("value"));
}
