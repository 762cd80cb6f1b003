/*
 * order.h - the only place that spells memory orders.
 *
 * Elsewhere the name of the operation says it. An ordered operation is half of
 * an edge, and the comment above it names the edge and the function on the
 * other side. Relaxed operations stand in three cases only, and need no edge:
 * a counter with one writer, a value that a later CAS checks, a hint.
 *
 * The orders, and what each compiles to on x86-64: load_acquire, load_seq and
 * store_release are plain moves; every cas is one locked instruction.
 * The *_seq are for the pattern "write mine, then look for yours":
 * two threads that each write their own word and then load_seq the other's
 * cannot both miss (on aarch64 load_acquire would not forbid that).
 *
 * The compiler's atomic builtins are used, because sanitizers and model
 * checkers understand them. The 16-byte compare-and-set is Concurrency Kit's
 * ck_pr_cas_64_2, because gcc 12 would call a library for it; define
 * PAWL_PLAIN_ATOMICS (thread sanitizer builds do) to have the builtin there,
 * too, and no inline assembly at all.
 */
#ifndef PAWL_STORE_ORDER_H
#define PAWL_STORE_ORDER_H

#include <stdbool.h>
#include <stdint.h>

#if defined(__SANITIZE_THREAD__)
#define PAWL_RACE_DETECTOR 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define PAWL_RACE_DETECTOR 1
#endif
#endif

#ifdef PAWL_RACE_DETECTOR
#define PAWL_PLAIN_ATOMICS 1
#endif

#ifndef PAWL_PLAIN_ATOMICS
#include <ck_pr.h>
#endif

#define load_relaxed(from) __atomic_load_n((from), __ATOMIC_RELAXED)
#define load_acquire(from) __atomic_load_n((from), __ATOMIC_ACQUIRE)
#define load_seq(from) __atomic_load_n((from), __ATOMIC_SEQ_CST)

#define store_relaxed(to, value) \
    __atomic_store_n((to), (value), __ATOMIC_RELAXED)
#define store_release(to, value) \
    __atomic_store_n((to), (value), __ATOMIC_RELEASE)

/*
 * Compare and set: *seen is what the caller believes is in *to; where it is,
 * next takes its place and true is answered, else *seen is what is there.
 */
#define cas_relaxed(to, seen, next)                                            \
    __atomic_compare_exchange_n((to), (seen), (next), false, __ATOMIC_RELAXED, \
                                __ATOMIC_RELAXED)
#define cas_release(to, seen, next)                                            \
    __atomic_compare_exchange_n((to), (seen), (next), false, __ATOMIC_ACQ_REL, \
                                __ATOMIC_ACQUIRE)
#define cas_seq(to, seen, next)                                                \
    __atomic_compare_exchange_n((to), (seen), (next), false, __ATOMIC_SEQ_CST, \
                                __ATOMIC_SEQ_CST)

#define add_relaxed(to, amount) \
    __atomic_fetch_add((to), (amount), __ATOMIC_RELAXED)
#define sub_relaxed(to, amount) \
    __atomic_fetch_sub((to), (amount), __ATOMIC_RELAXED)
#define store_seq(to, value) __atomic_store_n((to), (value), __ATOMIC_SEQ_CST)
#define swap_seq(to, value) __atomic_exchange_n((to), (value), __ATOMIC_SEQ_CST)
#define swap_acquire(to, value) \
    __atomic_exchange_n((to), (value), __ATOMIC_ACQ_REL)

/* Two words that change together. */
struct pair {
    uint64_t version;
    uint64_t number;
} __attribute__((aligned(16)));

#ifdef PAWL_PLAIN_ATOMICS
typedef unsigned __int128 __attribute__((may_alias)) pair_bits;

union pair_view {
    struct pair pair;
    pair_bits bits;
};

static inline bool pair_cas(struct pair *to, const struct pair *seen,
                            const struct pair *next)
{
    union pair_view expected = {*seen};
    union pair_view wanted = {*next};

    return __atomic_compare_exchange_n((pair_bits *)to, &expected.bits,
                                       wanted.bits, false, __ATOMIC_ACQ_REL,
                                       __ATOMIC_ACQUIRE);
}
#else
/* Takes seen for next in *to, both words at once; acquires and releases. */
static inline bool pair_cas(struct pair *to, const struct pair *seen,
                            const struct pair *next)
{
    uint64_t expected[2] = {seen->version, seen->number};
    uint64_t wanted[2] = {next->version, next->number};
    bool done;

#ifndef __x86_64__
    ck_pr_fence_memory();
#endif
    done = ck_pr_cas_64_2((uint64_t *)(void *)to, expected, wanted);
#ifndef __x86_64__
    ck_pr_fence_memory();
#endif
    return done;
}
#endif

/*
 * Both words of one instant. On x86-64 with AVX an aligned 16-byte load is one
 * access (Intel SDM volume 3, 9.1.1; AMD64 APM volume 2, 7.3.2): one step.
 * Elsewhere: a change of the pair always sets a version that never was, so two
 * equal reads of it enclose the number that belongs to it; a round is repeated
 * only where another thread's change succeeded in between.
 */
static inline struct pair pair_load(struct pair *from)
{
    struct pair now;

#ifdef PAWL_PLAIN_ATOMICS
    union pair_view view;

    /* edge pair-changed: the other side is pair_change() in count.c. */
    view.bits = load_acquire((pair_bits *)from);
    return view.pair;
#elif defined(__x86_64__)
    if (__builtin_cpu_supports("avx")) {
        long long both __attribute__((vector_size(16)));

        __asm__ __volatile__("movdqa %1, %0" : "=x"(both) : "m"(*from));
        now.version = (uint64_t)both[0];
        now.number = (uint64_t)both[1];
        return now;
    }
#endif
    for (;;) {
        /* edge pair-changed: the other side is pair_change() in count.c. */
        now.version = load_acquire(&from->version);
        now.number = load_acquire(&from->number);
        if (now.version == load_relaxed(&from->version)) {
            return now;
        }
    }
}

#endif
