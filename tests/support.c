/*
 * support.c - what every test of the library stands on.
 */
#include "tests/support.h"

#include "tests/noise.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#if SUPPORT_ASAN
#include <sanitizer/lsan_interface.h>
#endif

struct pawl *store;
struct pawl_thread *me;
_Atomic uint64_t clock_now_ms = 1000000;
_Atomic uint64_t clock_calls;

/* One seed for all tests of a process, so that one number repeats it. */
static uint64_t seed_of_run(void)
{
    static _Atomic uint64_t seed;
    if (atomic_load(&seed) == 0) {
        const char *given = getenv("PAWL_TEST_SEED");
        struct timespec now;
        clock_gettime(CLOCK_REALTIME, &now);
        uint64_t fresh = given != NULL ? strtoull(given, NULL, 10)
                                       : (uint64_t)now.tv_nsec * 2 + 1;
        uint64_t none = 0;
        atomic_compare_exchange_strong(&seed, &none, fresh);
    }
    return atomic_load(&seed);
}

/* ---- checks --------------------------------------------------------------*/

/*
 * Criterion leaves a failed test by a jump that only the main thread can take;
 * any other thread ends the test's process.
 */
void check_failed(const char *file, int line, const char *format, ...)
{
    char fact[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(fact, sizeof fact, format, arguments);
    va_end(arguments);
    fprintf(stderr, "%s:%d: %s (PAWL_TEST_SEED=%" PRIu64 ")\n", file, line,
            fact, seed_of_run());
    if (gettid() == getpid()) {
#if SUPPORT_TSAN
        solo_fail();
#else
        cr_assert_fail("%s:%d: %s", file, line, fact);
#endif
    }
    abort();
}

void check_number(const char *file, int line, const char *what, uint64_t seen,
                  uint64_t wanted)
{
    if (seen != wanted) {
        check_failed(file, line, "%s is %" PRIu64 ", not %" PRIu64, what, seen,
                     wanted);
    }
}

void check_status(const char *file, int line, const char *what,
                  enum pawl_status seen, enum pawl_status wanted)
{
    if (seen != wanted) {
        check_failed(file, line, "%s answers \"%s\", not \"%s\"", what,
                     pawl_status_text(seen), pawl_status_text(wanted));
    }
}

void check_bytes(const char *file, int line, const void *seen,
                 size_t seen_bytes, const void *wanted, size_t wanted_bytes)
{
    if (seen_bytes != wanted_bytes) {
        check_failed(file, line, "%zu bytes, not %zu", seen_bytes,
                     wanted_bytes);
    }
    const unsigned char *a = seen;
    const unsigned char *b = wanted;
    for (size_t i = 0; i < seen_bytes; i++) {
        if (a[i] != b[i]) {
            check_failed(file, line, "byte %zu of %zu is %#x, not %#x", i,
                         seen_bytes, a[i], b[i]);
        }
    }
}

/* ---- the store under test ------------------------------------------------ */

uint64_t clock_ms(void *context)
{
    (void)context;
    atomic_fetch_add_explicit(&clock_calls, 1, memory_order_relaxed);
    return atomic_load_explicit(&clock_now_ms, memory_order_relaxed);
}

void store_open_with(const struct pawl_options *options)
{
    struct pawl_options with = *options;
    if (with.clock_ms == NULL) {
        with.clock_ms = clock_ms;
    }
    CHECK_OK(pawl_create(&with, &store));
    CHECK_OK(pawl_join(store, &me));
}

void store_open_with_clock(void)
{
    struct pawl_options options = PAWL_OPTIONS_INIT;
    store_open_with(&options);
}

void store_open(void)
{
    CHECK_OK(pawl_create(NULL, &store));
    CHECK_OK(pawl_join(store, &me));
}

void store_close(void)
{
    pawl_part(me);
    pawl_destroy(store);
    me = NULL;
    store = NULL;
#if SUPPORT_ASAN
    CHECK(__lsan_do_recoverable_leak_check() == 0);
#endif
}

uint64_t check_value(const void *key, size_t key_bytes, const void *value,
                     size_t value_bytes)
{
    struct pawl_view view;
    pawl_enter(me);
    CHECK_OK(pawl_get(me, key, key_bytes, &view));
    CHECK_BYTES(view.value, view.value_bytes, value, value_bytes);
    uint64_t version = view.version;
    pawl_leave(me);

    char *copy = malloc(value_bytes + 1);
    size_t copy_bytes = 0;
    uint64_t copy_version = 0;
    CHECK_OK(pawl_copy(me, key, key_bytes, copy, value_bytes, &copy_bytes,
                       &copy_version));
    CHECK_BYTES(copy, copy_bytes, value, value_bytes);
    CHECK_NUMBER(copy_version, version);
    free(copy);
    return version;
}

void check_absent(const void *key, size_t key_bytes)
{
    struct pawl_view view;
    pawl_enter(me);
    CHECK_STATUS(pawl_get(me, key, key_bytes, &view), PAWL_NOT_FOUND);
    pawl_leave(me);
    CHECK_STATUS(pawl_copy(me, key, key_bytes, NULL, 0, NULL, NULL),
                 PAWL_NOT_FOUND);
}

uint64_t store_value(const void *key, size_t key_bytes, const void *value,
                     size_t value_bytes)
{
    uint64_t version = 0;
    CHECK_OK(pawl_set(me, key, key_bytes, value, value_bytes, 0, 0, &version));
    return version;
}

struct pawl_view peek(const void *key, size_t key_bytes)
{
    struct pawl_view view;
    pawl_enter(me);
    CHECK_OK(pawl_get(me, key, key_bytes, &view));
    pawl_leave(me);
    view.value = NULL;
    return view;
}

enum pawl_status run_one(struct pawl_op *op)
{
    CHECK_OK(pawl_run(me, op, 1));
    return op->status;
}

/*
 * A sweep that removes nothing proves only that its buckets are clean, so the
 * whole table is gone over: it has fewer buckets than bytes.
 */
size_t sweep_all(struct pawl_thread *thread)
{
    struct pawl_stats stats;
    pawl_stats(store, &stats);
    size_t buckets = stats.table_bytes / 16 + 1024;
    size_t removed = 0;
    for (size_t done = 0; done < buckets; done += 64) {
        removed += pawl_sweep(thread, 64);
    }
    return removed;
}

size_t number_text(uint64_t number, char text[24])
{
    return (size_t)snprintf(text, 24, "%" PRIu64, number);
}

/* ---- dice ---------------------------------------------------------------- */

struct dice dice_new(uint64_t salt)
{
    return (struct dice){seed_of_run() ^ (salt + 1) * 0xd1342543de82ef95u};
}

/* SplitMix64 (Steele, Lea and Flood 2014). */
uint64_t dice_roll(struct dice *dice)
{
    uint64_t mixed = dice->state += 0x9e3779b97f4a7c15u;
    mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111ebu;
    return mixed ^ mixed >> 31;
}

uint64_t dice_below(struct dice *dice, uint64_t below)
{
    return dice_roll(dice) % below;
}

bool dice_chance(struct dice *dice, unsigned percent)
{
    return dice_below(dice, 100) < percent;
}

unsigned scaled(unsigned count)
{
    const char *given = getenv("PAWL_TEST_PERCENT");
    unsigned percent = SUPPORT_TSAN ? 5 : SUPPORT_ASAN ? 20 : 100;
    if (given != NULL) {
        percent = (unsigned)strtoul(given, NULL, 10);
    }
    uint64_t answer = (uint64_t)count * percent / 100;
    return answer > 0 ? (unsigned)answer : 1;
}

/* ---- a team of threads --------------------------------------------------- */

struct team {
    pthread_barrier_t start;
    void (*work)(struct worker *worker);
};

struct seat {
    struct worker worker;
    struct team *team;
    pthread_t thread;
};

static void *seat_main(void *argument)
{
    struct seat *seat = argument;
    CHECK_OK(pawl_join(store, &seat->worker.thread));
    pthread_barrier_wait(&seat->team->start);
    noise_begin(seat->worker.index);
    seat->team->work(&seat->worker);
    noise_end();
    pawl_part(seat->worker.thread);
    return NULL;
}

void team_run(unsigned count, void (*work)(struct worker *worker),
              void *context)
{
    static struct seat seats[TEAM_MAX];
    struct team team = {.work = work};
    CHECK(count <= TEAM_MAX);
    pthread_barrier_init(&team.start, NULL, count);
    for (unsigned i = 0; i < count; i++) {
        seats[i] = (struct seat){
            .worker = {i, count, NULL, dice_new(i), context},
            .team = &team,
        };
        CHECK(pthread_create(&seats[i].thread, NULL, seat_main, &seats[i]) ==
              0);
    }
    for (unsigned i = 0; i < count; i++) {
        pthread_join(seats[i].thread, NULL);
    }
    pthread_barrier_destroy(&team.start);
}
