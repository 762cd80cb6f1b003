/*
 * support.h - what every test of the library stands on.
 *
 * Checks that hold in any thread, a store to try things on, a clock that moves
 * only when told, dice whose seed is printed with each failure, and a team of
 * threads. Test() and TestSuite() are Criterion's, or solo.h's where Criterion
 * cannot start.
 *
 * PAWL_TEST_SEED repeats a run; PAWL_TEST_PERCENT makes the long tests shorter
 * or longer.
 */
#ifndef PAWL_TESTS_SUPPORT_H
#define PAWL_TESTS_SUPPORT_H

#include "store/pawl.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__has_feature)
#define SUPPORT_HAS(feature) __has_feature(feature)
#else
#define SUPPORT_HAS(feature) 0
#endif
#if defined(__SANITIZE_THREAD__) || SUPPORT_HAS(thread_sanitizer)
#define SUPPORT_TSAN 1
#include "tests/solo.h"
#else
#define SUPPORT_TSAN 0
#include <criterion/criterion.h>
#endif
#if defined(__SANITIZE_ADDRESS__) || SUPPORT_HAS(address_sanitizer)
#define SUPPORT_ASAN 1
#else
#define SUPPORT_ASAN 0
#endif

/*
 * Seconds after which a test counts as hung. No test measures time: this only
 * turns a test that would never end into one that fails.
 */
#define HANG_SECONDS 300

/* ---- checks --------------------------------------------------------------
 *
 * Each ends the test where the fact does not hold, from whichever thread.
 */

#define CHECK(fact) \
    ((fact) ? (void)0 : check_failed(__FILE__, __LINE__, "%s", #fact))
#define CHECK_NUMBER(seen, wanted) \
    check_number(__FILE__, __LINE__, #seen, seen, wanted)
#define CHECK_STATUS(seen, wanted) \
    check_status(__FILE__, __LINE__, #seen, seen, wanted)
#define CHECK_OK(seen) CHECK_STATUS(seen, PAWL_OK)
/* CHECK_BYTES(seen, seen_bytes, wanted, wanted_bytes): TEXT() gives two. */
#define CHECK_BYTES(...) check_bytes(__FILE__, __LINE__, __VA_ARGS__)

/* Says what failed and with which seed, and ends the test. */
void check_failed(const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4), __noreturn__));
void check_number(const char *file, int line, const char *what, uint64_t seen,
                  uint64_t wanted);
void check_status(const char *file, int line, const char *what,
                  enum pawl_status seen, enum pawl_status wanted);
void check_bytes(const char *file, int line, const void *seen,
                 size_t seen_bytes, const void *wanted, size_t wanted_bytes);

/* ---- the store under test ------------------------------------------------ */

/* A string literal as the two arguments that a key or a value is. */
#define TEXT(literal) (literal), (sizeof(literal) - 1)

/* What store_open() and its kin made, with this thread's membership in it. */
extern struct pawl *store;
extern struct pawl_thread *me;

/* Opens with the defaults. For .init. */
void store_open(void);

/* Opens with these options, whose clock becomes clock_ms() where NULL. */
void store_open_with(const struct pawl_options *options);

/* Opens with the defaults but clock_ms() for a clock. For .init. */
void store_open_with_clock(void);

/* Parts, destroys, and under AddressSanitizer looks for leaks. For .fini. */
void store_close(void);

/* The clock of store_open_with(); any thread may set it. Starts at 1000000. */
extern _Atomic uint64_t clock_now_ms;
/* How often it was asked. */
extern _Atomic uint64_t clock_calls;
uint64_t clock_ms(void *context);

/*
 * Both ways to read, pawl_get() and pawl_copy(), must show this value; answers
 * its version.
 */
uint64_t check_value(const void *key, size_t key_bytes, const void *value,
                     size_t value_bytes);

/* Neither way to read finds the key. */
void check_absent(const void *key, size_t key_bytes);

/* Stores a value that must be taken; answers its version. */
uint64_t store_value(const void *key, size_t key_bytes, const void *value,
                     size_t value_bytes);

/* The record of key, its value excepted: all else needs no section. */
struct pawl_view peek(const void *key, size_t key_bytes);

/* Runs op alone, and answers its status. */
enum pawl_status run_one(struct pawl_op *op);

/* Sweeps until nothing is left to remove; answers how much was removed. */
size_t sweep_all(struct pawl_thread *thread);

/* The text of a number, as a value; answers its length. */
size_t number_text(uint64_t number, char text[24]);

/* ---- dice ---------------------------------------------------------------- */

struct dice {
    uint64_t state;
};

/* The seed of this run; salt makes a sequence of its own from it. */
struct dice dice_new(uint64_t salt);
uint64_t dice_roll(struct dice *dice);
/* 0 to below - 1. */
uint64_t dice_below(struct dice *dice, uint64_t below);
bool dice_chance(struct dice *dice, unsigned percent);

/* count, or less of it where a sanitizer makes every step slow. At least 1. */
unsigned scaled(unsigned count);

/* ---- a team of threads --------------------------------------------------- */

#define TEAM_MAX 32

struct worker {
    unsigned index; /* 0 to count - 1 */
    unsigned count;
    struct pawl_thread *thread; /* this worker's own membership in store */
    struct dice dice;
    void *context; /* of team_run(), shared */
};

/*
 * Runs work in count threads that join store, start together and part; returns
 * when all have ended. While they work they are disturbed, see noise.h.
 */
void team_run(unsigned count, void (*work)(struct worker *worker),
              void *context);

#endif
