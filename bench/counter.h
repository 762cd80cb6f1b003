/*
 * counter.h - a number that one thread raises and any thread may read.
 *
 * There is a single writer, so a raise is a load and a store and costs what a
 * plain addition costs. The order is relaxed: a reader shows progress on a
 * terminal, and sums are taken after the writer was joined.
 */
#ifndef BENCH_COUNTER_H
#define BENCH_COUNTER_H

#include <stdatomic.h>
#include <stdint.h>

typedef _Atomic uint64_t counter;

/* The value some moment ago. Any thread. */
static inline uint64_t counter_read(const counter *self)
{
    return atomic_load_explicit(self, memory_order_relaxed);
}

/* Sets the value. The one writer, or before there is any other thread. */
static inline void counter_write(counter *self, uint64_t value)
{
    atomic_store_explicit(self, value, memory_order_relaxed);
}

/* Raises the value. The one writer. */
static inline void counter_add(counter *self, uint64_t more)
{
    counter_write(self, counter_read(self) + more);
}

#endif
