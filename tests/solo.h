/*
 * solo.h - Criterion's words for a build in which Criterion cannot start.
 *
 * Criterion runs each test in a process of its own and maps memory for it
 * where ThreadSanitizer lets nothing be mapped. The same suites are then run
 * by this: Test() and TestSuite() with .init, .fini and .timeout, a process
 * for each test, TAP on standard output, --filter SUITE/NAME with wildcards.
 */
#ifndef PAWL_TESTS_SOLO_H
#define PAWL_TESTS_SOLO_H

#include <stdnoreturn.h>

struct solo_options {
    void (*init)(void);
    void (*fini)(void);
    double timeout; /* seconds; 0: for ever */
};

struct solo_test {
    const char *suite;
    const char *name; /* NULL: the options of a whole suite */
    void (*body)(void);
    struct solo_options options;
    struct solo_test *next;
};

/* Adds a test; test stays where it is until the program ends. */
void solo_register(struct solo_test *test);

/* Ends the test that is running, as failed. Main thread. */
noreturn void solo_fail(void);

#define SOLO_REGISTER(id, suite_, name_, body_, ...)             \
    static struct solo_test id = {                               \
        .suite = suite_,                                         \
        .name = name_,                                           \
        .body = body_,                                           \
        .options = {__VA_ARGS__},                                \
    };                                                           \
    __attribute__((constructor)) static void id##_register(void) \
    {                                                            \
        solo_register(&id);                                      \
    }

#define TestSuite(suite, ...)                                    \
    SOLO_REGISTER(solo_##suite, #suite, NULL, NULL, __VA_ARGS__) \
    struct solo_test

#define Test(suite, name, ...)                                          \
    static void suite##_##name(void);                                   \
    SOLO_REGISTER(solo_##suite##_##name, #suite, #name, suite##_##name, \
                  __VA_ARGS__)                                          \
    static void suite##_##name(void)

#endif
