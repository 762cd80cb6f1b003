/*
 * timing.h - what time is it, and how much processor time was used?
 */
#ifndef BENCH_TIMING_H
#define BENCH_TIMING_H

#include <stdint.h>
#include <time.h>

#define TIMING_SECOND_NS UINT64_C(1000000000)

static inline uint64_t timing_read(clockid_t clock)
{
    struct timespec at;
    clock_gettime(clock, &at);
    return (uint64_t)at.tv_sec * TIMING_SECOND_NS + (uint64_t)at.tv_nsec;
}

/* Nanoseconds since some moment, never going back, the same on all threads. */
static inline uint64_t timing_now_ns(void)
{
    return timing_read(CLOCK_MONOTONIC);
}

/* Processor time of the calling thread, user and system. */
static inline uint64_t timing_thread_cpu_ns(void)
{
    return timing_read(CLOCK_THREAD_CPUTIME_ID);
}

static inline uint64_t timing_of_seconds(double seconds)
{
    return (uint64_t)(seconds * (double)TIMING_SECOND_NS);
}

static inline double timing_seconds(uint64_t duration_ns)
{
    return (double)duration_ns / (double)TIMING_SECOND_NS;
}

/* Sleeps for that long, or until a signal comes. */
static inline void timing_sleep(uint64_t duration_ns)
{
    struct timespec rest = {
        .tv_sec = (time_t)(duration_ns / TIMING_SECOND_NS),
        .tv_nsec = (long)(duration_ns % TIMING_SECOND_NS),
    };
    nanosleep(&rest, NULL);
}

#endif
