/*
 * test_fault.c - whatever the system may refuse, it refuses.
 *
 * Every call for memory, and every other that may fail, fails once, and then
 * from there on: the caller gets a status, and what was stored is still there.
 *
 * The linker sends the library's calls here first (--wrap).
 */
#include "tests/block.h"
#include "tests/support.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

TestSuite(fault, .timeout = HANG_SECONDS);

/* ---- failing ------------------------------------------------------------- */

static struct {
    bool is_armed;
    bool lasts;      /* all calls from the chosen one on fail */
    unsigned calls;  /* since it was armed */
    unsigned chosen; /* the call that fails, from 1 */
    unsigned failed; /* calls that did */
} fault;

static bool fails(void)
{
    if (!fault.is_armed) {
        return false;
    }
    fault.calls++;
    bool now =
        fault.lasts ? fault.calls >= fault.chosen : fault.calls == fault.chosen;
    fault.failed += now;
    return now;
}

static void arm(unsigned chosen, bool lasts)
{
    fault.is_armed = true;
    fault.lasts = lasts;
    fault.calls = 0;
    fault.chosen = chosen;
    fault.failed = 0;
}

static void disarm(void)
{
    fault.is_armed = false;
}

void *__real_mmap(void *at, size_t bytes, int protection, int flags, int file,
                  off_t offset);
void *__wrap_mmap(void *at, size_t bytes, int protection, int flags, int file,
                  off_t offset);
void *__real_aligned_alloc(size_t alignment, size_t bytes);
void *__wrap_aligned_alloc(size_t alignment, size_t bytes);
int __real_pthread_key_create(pthread_key_t *key, void (*at_exit)(void *));
int __wrap_pthread_key_create(pthread_key_t *key, void (*at_exit)(void *));
int __real_pthread_setspecific(pthread_key_t key, const void *value);
int __wrap_pthread_setspecific(pthread_key_t key, const void *value);
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *how,
                          void *(*start)(void *), void *context);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *how,
                          void *(*start)(void *), void *context);

void *__wrap_mmap(void *at, size_t bytes, int protection, int flags, int file,
                  off_t offset)
{
    if (fails()) {
        errno = ENOMEM;
        return MAP_FAILED;
    }
    return __real_mmap(at, bytes, protection, flags, file, offset);
}

void *__wrap_aligned_alloc(size_t alignment, size_t bytes)
{
    return fails() ? NULL : __real_aligned_alloc(alignment, bytes);
}

int __wrap_pthread_key_create(pthread_key_t *key, void (*at_exit)(void *))
{
    return fails() ? EAGAIN : __real_pthread_key_create(key, at_exit);
}

/* Only a first value needs memory; setting it back to none cannot fail. */
int __wrap_pthread_setspecific(pthread_key_t key, const void *value)
{
    bool needs_memory = pthread_getspecific(key) == NULL && value != NULL;
    return needs_memory && fails() ? ENOMEM
                                   : __real_pthread_setspecific(key, value);
}

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *how,
                          void *(*start)(void *), void *context)
{
    return fails() ? EAGAIN
                   : __real_pthread_create(thread, how, start, context);
}

/* ---- what is tried under it ---------------------------------------------- */

#define KEYS 150
#define VALUE_MAX 80000

/* What each key holds: the round of its block, 0 for no record. */
struct shelf {
    uint32_t round[KEYS];
    uint64_t counter;
    char value[VALUE_MAX];
};

static struct block block_of(uint32_t key, uint32_t round)
{
    uint32_t bytes = key % 5 == 0 ? VALUE_MAX - round % 1000
                                  : BLOCK_HEAD_BYTES + (key * round) % 3000;
    return (struct block){key, 0, round, bytes};
}

static void check_key(struct shelf *shelf, uint32_t key)
{
    if (shelf->round[key] == 0) {
        check_absent(&key, sizeof key);
        return;
    }
    struct block block = block_of(key, shelf->round[key]);
    block_write(block, shelf->value);
    check_value(&key, sizeof key, shelf->value, block.bytes);
}

static void try_set(struct shelf *shelf, uint32_t key, uint32_t round)
{
    struct block block = block_of(key, round);
    block_write(block, shelf->value);
    enum pawl_status status =
        pawl_set(me, &key, sizeof key, shelf->value, block.bytes, 0, 0, NULL);
    if (status == PAWL_OK) {
        shelf->round[key] = round;
    } else {
        CHECK_STATUS(status, PAWL_NO_MEMORY);
    }
    check_key(shelf, key);
}

static void try_delete(struct shelf *shelf, uint32_t key)
{
    enum pawl_status status = pawl_delete(me, &key, sizeof key, 0);
    if (status == PAWL_OK) {
        shelf->round[key] = 0;
    } else {
        CHECK_STATUS(status,
                     shelf->round[key] == 0 ? PAWL_NOT_FOUND : PAWL_NO_MEMORY);
    }
    check_key(shelf, key);
}

static void try_append_and_touch(struct shelf *shelf, uint32_t key)
{
    enum pawl_status status = pawl_append(me, &key, sizeof key, NULL, 0, NULL);
    CHECK(status == PAWL_OK || status == PAWL_NOT_STORED ||
          status == PAWL_NO_MEMORY);
    status = pawl_touch(me, &key, sizeof key, PAWL_EXPIRY_MS_MAX);
    CHECK(status == PAWL_OK || status == PAWL_NOT_FOUND ||
          status == PAWL_NO_MEMORY);
    check_key(shelf, key);
}

static void try_count(struct shelf *shelf)
{
    enum pawl_status status = pawl_incr(me, TEXT("counter"), 1, NULL, NULL);
    if (status == PAWL_OK) {
        shelf->counter++;
    } else {
        CHECK_STATUS(status, PAWL_NO_MEMORY);
    }
    CHECK_NUMBER(peek(TEXT("counter")).number, shelf->counter);
}

/* Small records, so that the table doubles. */
static void try_growth(uint64_t first)
{
    for (uint64_t key = first; key < first + 100; key++) {
        enum pawl_status status =
            pawl_set(me, &key, sizeof key, &key, sizeof key, 0, 0, NULL);
        if (status == PAWL_OK) {
            check_value(&key, sizeof key, &key, sizeof key);
        } else {
            CHECK_STATUS(status, PAWL_NO_MEMORY);
        }
    }
}

static void try_all(struct shelf *shelf)
{
    struct dice dice = {1};
    const uint32_t rounds = 60 + scaled(240);
    for (uint32_t round = 1; round <= rounds; round++) {
        uint32_t key = (uint32_t)dice_below(&dice, KEYS);
        try_set(shelf, key, round);
        try_delete(shelf, (uint32_t)dice_below(&dice, KEYS));
        try_append_and_touch(shelf, (uint32_t)dice_below(&dice, KEYS));
        try_count(shelf);
        try_growth(round * 100);
    }
}

/* A store with a counter, or none where that could not be had. */
static bool open_under_fault(void)
{
    struct pawl *none = (struct pawl *)&none;
    enum pawl_status status;
    store = none;
    status = pawl_create(NULL, &store);
    if (status != PAWL_OK) {
        CHECK_STATUS(status, PAWL_NO_MEMORY);
        CHECK(store == none);
        return false;
    }
    status = pawl_join(store, &me);
    if (status == PAWL_OK) {
        status = pawl_set(me, TEXT("counter"), TEXT("0"), 0, 0, NULL);
    } else {
        me = NULL;
    }
    if (status != PAWL_OK) {
        CHECK_STATUS(status, PAWL_NO_MEMORY);
        disarm();
        store_close();
        return false;
    }
    return true;
}

/* Answers whether any call failed. */
static bool run_with_fault(unsigned chosen, bool lasts)
{
    struct shelf *shelf = calloc(1, sizeof *shelf);
    arm(chosen, lasts);
    if (open_under_fault()) {
        try_all(shelf);
        disarm();
        for (uint32_t key = 0; key < KEYS; key++) {
            check_key(shelf, key);
        }
        memset(shelf->round, 0, sizeof shelf->round);
        for (uint32_t key = 0; key < KEYS; key++) {
            try_set(shelf, key, 1);
            CHECK_NUMBER(shelf->round[key], 1);
        }
        store_close();
    }
    disarm();
    free(shelf);
    return fault.failed > 0;
}

/* Later calls are much like each other: not every one of them is tried. */
static void fail_each_in_turn(bool lasts)
{
    unsigned chosen = 1;
    while (run_with_fault(chosen, lasts)) {
        chosen += chosen < 40 ? 1 : 1 + chosen / 10;
    }
    CHECK(chosen > 40);
}

Test(fault, any_call_that_fails_once_is_a_status_and_loses_nothing)
{
    fail_each_in_turn(false);
}

Test(fault, any_call_from_which_all_fail_is_a_status_and_loses_nothing)
{
    fail_each_in_turn(true);
}
