/*
 * random.h - repeatable random numbers, one generator a thread.
 *
 * SplitMix64 (Steele, Lea, Flood 2014): a counter that is scrambled. It passes
 * BigCrush and costs a nanosecond; its scrambler also serves as a hash of
 * record numbers.
 */
#ifndef BENCH_RANDOM_H
#define BENCH_RANDOM_H

#include <stdint.h>

struct random {
    uint64_t state;
};

/* Spreads number over all 64 bits; no two numbers give the same. */
static inline uint64_t random_scramble(uint64_t number)
{
    number = (number ^ (number >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    number = (number ^ (number >> 27)) * UINT64_C(0x94d049bb133111eb);
    return number ^ (number >> 31);
}

static inline uint64_t random_next(struct random *self)
{
    self->state += UINT64_C(0x9e3779b97f4a7c15);
    return random_scramble(self->state);
}

/* From 0 to limit - 1, by multiplication (Lemire 2019). limit is not 0. */
static inline uint64_t random_below(struct random *self, uint64_t limit)
{
    return (uint64_t)(((unsigned __int128)random_next(self) * limit) >> 64);
}

/* From 0 to just under 1. */
static inline double random_share(struct random *self)
{
    return (double)(random_next(self) >> 11) * 0x1.0p-53;
}

#endif
