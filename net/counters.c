/*
 * counters.c - rows are summed when someone asks.
 */
#include "net/counters.h"

void counters_sum(const struct counters *rows, size_t count,
                  struct counter_sums *sums)
{
    for (size_t i = 0; i < COUNTER_COUNT; i++) {
        sums->of[i] = 0;
        for (size_t row = 0; row < count; row++) {
            sums->of[i] +=
                atomic_load_explicit(&rows[row].of[i], memory_order_relaxed);
        }
    }
}
