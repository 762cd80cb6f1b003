/*
 * counters.h - a row of counters for each worker.
 *
 * One thread writes a row, any thread reads it: plain loads and stores that
 * cannot tear, no ordering, no shared line.
 */
#ifndef PAWL_NET_COUNTERS_H
#define PAWL_NET_COUNTERS_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

enum counter {
#define COUNTER(name, help) COUNTER_##name,
#define GAUGE(...)
#include "net/stats.def"
#undef COUNTER
#undef GAUGE
    COUNTER_COUNT,
    COUNTER_none = COUNTER_COUNT /* counted, and never shown */
};

struct counters {
    _Alignas(64) _Atomic uint64_t of[COUNTER_COUNT + 1];
};

/* Sums of rows, and what is subtracted from them since `stats reset`. */
struct counter_sums {
    uint64_t of[COUNTER_COUNT];
};

/* Adds to the caller's own row. */
static inline void counters_add(struct counters *row, enum counter counter,
                                uint64_t amount)
{
    uint64_t sum =
        atomic_load_explicit(&row->of[counter], memory_order_relaxed);

    atomic_store_explicit(&row->of[counter], sum + amount,
                          memory_order_relaxed);
}

/* Sums count rows up. Any thread. */
void counters_sum(const struct counters *rows, size_t count,
                  struct counter_sums *sums);

#endif
