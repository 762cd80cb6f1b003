/*
 * check.h - assertions.
 *
 * What the programmer did wrong ends the program at once, without a word (the
 * library prints nothing; the core and the line tell). What the world did is a
 * status and never comes here.
 */
#ifndef PAWL_STORE_CHECK_H
#define PAWL_STORE_CHECK_H

/* A cheap fact that cannot be false; always compiled in. */
#define ASSERT(fact)                      \
    do {                                  \
        if (__builtin_expect(!(fact), 0)) \
            __builtin_trap();             \
    } while (0)

/* A fact that walks or recounts; checked in debug builds only. */
#ifdef PAWL_DEBUG
#define ASSERT_DEEP(fact) ASSERT(fact)
#else
#define ASSERT_DEEP(fact)   \
    do {                    \
        (void)sizeof(fact); \
    } while (0)
#endif

#endif
