/*
 * stress_member.c - threads that come, go, vanish and sleep.
 *
 * Or stop inside a section: none of them harms another.
 */
#include "tests/block.h"
#include "tests/support.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

TestSuite(member, .init = store_open, .fini = store_close,
          .timeout = HANG_SECONDS);

/* ---- coming and going ---------------------------------------------------- */

struct guest {
    unsigned index;
    bool says_farewell;
};

/* A short life: join, change and read something, and be gone. */
static void *visit_shortly(void *argument)
{
    struct guest *guest = argument;
    struct pawl_thread *thread;
    struct dice dice = dice_new(guest->index);
    CHECK_OK(pawl_join(store, &thread));
    for (unsigned i = 0; i < 50; i++) {
        uint64_t key = dice_below(&dice, 100);
        CHECK_OK(
            pawl_set(thread, &key, sizeof key, &key, sizeof key, 0, 0, NULL));
        CHECK_OK(pawl_incr(thread, TEXT("guests"), 1, NULL, NULL));
    }
    if (guest->says_farewell) {
        pawl_part(thread);
    }
    return NULL;
}

static void receive_guests(unsigned first, unsigned count)
{
    pthread_t threads[TEAM_MAX];
    struct guest guests[TEAM_MAX];
    for (unsigned i = 0; i < count; i++) {
        guests[i] = (struct guest){first + i, i % 2 == 0};
        CHECK(pthread_create(&threads[i], NULL, visit_shortly, &guests[i]) ==
              0);
    }
    for (unsigned i = 0; i < count; i++) {
        pthread_join(threads[i], NULL);
    }
}

Test(member, threads_that_come_and_go_leave_nothing_behind)
{
    const unsigned rounds = scaled(300);
    struct pawl_stats stats;
    store_value(TEXT("guests"), TEXT("0"));
    for (unsigned round = 0; round < rounds; round++) {
        receive_guests(round * 8, 8);
    }
    pawl_stats(store, &stats);
    CHECK_NUMBER(stats.threads, 1);
    CHECK_NUMBER(peek(TEXT("guests")).number, (uint64_t)rounds * 8 * 50);
}

/* Memory that a thread retired or kept must not be lost with the thread. */
Test(member, threads_that_vanish_give_their_memory_back)
{
    struct pawl_stats stats;
    uint64_t most = 0;
    store_value(TEXT("guests"), TEXT("0"));
    for (unsigned round = 0; round < scaled(300) + 50; round++) {
        receive_guests(round * 8, 8);
        pawl_stats(store, &stats);
        if (round == 20) {
            most = stats.record_bytes + stats.table_bytes + (4 << 20);
        }
    }
    CHECK(stats.record_bytes + stats.table_bytes + stats.retired_bytes <= most);
}

/* ---- sleeping ------------------------------------------------------------ */

/* Joins, reads once, and sleeps until the test ends. */
struct bed {
    pthread_barrier_t asleep;
    pthread_mutex_t lock;
    pthread_cond_t morning;
    bool is_morning;
    bool in_section;
};

static void sleep_on(struct bed *bed)
{
    pthread_barrier_wait(&bed->asleep);
    pthread_mutex_lock(&bed->lock);
    while (!bed->is_morning) {
        pthread_cond_wait(&bed->morning, &bed->lock);
    }
    pthread_mutex_unlock(&bed->lock);
}

static void wake_all(struct bed *bed)
{
    pthread_mutex_lock(&bed->lock);
    bed->is_morning = true;
    pthread_cond_broadcast(&bed->morning);
    pthread_mutex_unlock(&bed->lock);
}

/*
 * Retired memory comes back after readers have left, at a time of the store's
 * choosing: so what stalls is tried again, and the hang guard watches.
 */
static void set_at_last(struct pawl_thread *thread, const void *key,
                        size_t key_bytes, const void *value, size_t value_bytes)
{
    enum pawl_status status;
    while ((status = pawl_set(thread, key, key_bytes, value, value_bytes, 0, 0,
                              NULL)) != PAWL_OK) {
        CHECK_STATUS(status, PAWL_STALLED);
        pawl_sweep(thread, 64);
        sched_yield();
    }
}

#define SLEEPERS 3
#define PARKED_BYTES 1000

static void *sleep_long(void *argument)
{
    struct bed *bed = argument;
    struct pawl_thread *thread;
    struct pawl_view view;
    CHECK_OK(pawl_join(store, &thread));
    pawl_enter(thread);
    CHECK_OK(pawl_get(thread, "parked", 6, &view));
    if (!bed->in_section) {
        pawl_leave(thread);
        sleep_on(bed);
    } else {
        sleep_on(bed);
        block_check(view.value, view.value_bytes, 0);
        pawl_leave(thread);
    }
    set_at_last(thread, TEXT("awake"), TEXT("again"));
    pawl_part(thread);
    return NULL;
}

static void run_beside_sleepers(bool in_section, void (*work)(void))
{
    pthread_t threads[SLEEPERS];
    char value[PARKED_BYTES];
    struct bed bed = {
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .morning = PTHREAD_COND_INITIALIZER,
        .in_section = in_section,
    };
    block_write((struct block){0, 0, 0, sizeof value}, value);
    store_value(TEXT("parked"), value, sizeof value);
    pthread_barrier_init(&bed.asleep, NULL, SLEEPERS + 1);
    for (unsigned i = 0; i < SLEEPERS; i++) {
        CHECK(pthread_create(&threads[i], NULL, sleep_long, &bed) == 0);
    }
    pthread_barrier_wait(&bed.asleep);
    work();
    wake_all(&bed);
    for (unsigned i = 0; i < SLEEPERS; i++) {
        pthread_join(threads[i], NULL);
    }
    pthread_barrier_destroy(&bed.asleep);
    check_value(TEXT("awake"), TEXT("again"));
}

static void open_bounded(size_t retired_bytes_max)
{
    struct pawl_options options = PAWL_OPTIONS_INIT;
    store_close();
    options.retired_bytes_max = retired_bytes_max;
    store_open_with(&options);
}

/*
 * Retires far more than the bound, one record after the other: a sleeper that
 * held any of it back would stall this for ever.
 */
static void overwrite_much(void)
{
    char value[10000];
    for (uint32_t i = 0; i < scaled(50000); i++) {
        block_write((struct block){0, 1, i, sizeof value}, value);
        set_at_last(me, TEXT("parked"), value, sizeof value);
    }
}

Test(member, sleepers_outside_a_section_hold_back_nothing)
{
    open_bounded(4 << 20);
    run_beside_sleepers(false, overwrite_much);
}

/* What must go on beside a reader that stops inside a section for ever. */
static void work_on(struct worker *worker)
{
    for (uint64_t i = 0; i < scaled(20000); i++) {
        uint64_t key = dice_below(&worker->dice, 1000);
        CHECK_OK(pawl_set(worker->thread, &key, sizeof key, &i, sizeof i, 0, 0,
                          NULL));
        CHECK_OK(pawl_incr(worker->thread, TEXT("count"), 1, NULL, NULL));
        key = dice_below(&worker->dice, 1000);
        enum pawl_status status =
            pawl_delete(worker->thread, &key, sizeof key, 0);
        CHECK(status == PAWL_OK || status == PAWL_NOT_FOUND);
    }
}

static void work_beside_parked(void)
{
    store_value(TEXT("count"), TEXT("0"));
    store_value(TEXT("parked"), TEXT("overwritten"));
    team_run(4, work_on, NULL);
    CHECK_NUMBER(peek(TEXT("count")).number, 4 * (uint64_t)scaled(20000));
}

Test(member, readers_that_stop_inside_a_section_delay_nobody)
{
    run_beside_sleepers(true, work_beside_parked);
}

/* ---- a reader that stalls ------------------------------------------------ */

/* Overwrites until a writer is told that readers stall; the last value. */
static uint32_t overwrite_until_stalled(void)
{
    char value[10000];
    for (uint32_t i = 0;; i++) {
        block_write((struct block){0, 1, i, sizeof value}, value);
        enum pawl_status status =
            pawl_set(me, TEXT("parked"), value, sizeof value, 0, 0, NULL);
        if (status != PAWL_OK) {
            CHECK_STATUS(status, PAWL_STALLED);
            CHECK(i > 0);
            return i - 1;
        }
    }
}

static void stall(void)
{
    char value[10000];
    struct pawl_stats stats;
    uint32_t last = overwrite_until_stalled();
    block_write((struct block){0, 1, last, sizeof value}, value);
    uint64_t version = check_value(TEXT("parked"), value, sizeof value);
    CHECK_STATUS(pawl_append(me, TEXT("parked"), TEXT("x"), NULL),
                 PAWL_STALLED);
    CHECK_NUMBER(check_value(TEXT("parked"), value, sizeof value), version);
    CHECK_OK(pawl_incr(me, TEXT("count"), 1, NULL, NULL));
    pawl_stats(store, &stats);
    CHECK(stats.retired_bytes <= 5 << 20);
    CHECK(stats.retired_bytes > 2 << 20);
}

Test(member, retired_memory_is_bounded_and_comes_back_when_readers_leave)
{
    char value[10000] = "";
    open_bounded(4 << 20);
    store_value(TEXT("count"), TEXT("0"));
    run_beside_sleepers(true, stall);
    for (unsigned i = 0; i < 1000; i++) {
        set_at_last(me, TEXT("parked"), value, sizeof value);
    }
}

/* ---- many memberships in one thread -------------------------------------- */

Test(member, a_thread_may_use_its_memberships_in_turn)
{
    struct pawl_thread *many[50];
    struct dice dice = dice_new(0);
    store_value(TEXT("count"), TEXT("0"));
    for (unsigned i = 0; i < 50; i++) {
        CHECK_OK(pawl_join(store, &many[i]));
    }
    for (unsigned i = 0; i < scaled(200000); i++) {
        struct pawl_thread *thread = many[dice_below(&dice, 50)];
        unsigned key = (unsigned)dice_below(&dice, 20);
        CHECK_OK(pawl_set(thread, &key, sizeof key, &i, sizeof i, 0, 0, NULL));
        CHECK_OK(pawl_incr(thread, TEXT("count"), 1, NULL, NULL));
    }
    CHECK_NUMBER(peek(TEXT("count")).number, scaled(200000));
    for (unsigned i = 0; i < 50; i++) {
        pawl_part(many[i]);
    }
}
