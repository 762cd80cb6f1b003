/*
 * histogram.c - log-linear counters.
 *
 * slot_of() and slot_end() are inverse: a duration of the magnitude 2^(10 + s)
 * drops its s lowest bits, and what is left, 1,024 to 2,047, names one of
 * 1,024 slots of that magnitude.
 */
#include "bench/histogram.h"

#include <assert.h>
#include <stddef.h>

#define PART_BITS 10u

static_assert(HISTOGRAM_PARTS == 1u << PART_BITS, "a power of two of parts");
static_assert((HISTOGRAM_LIMIT_NS >> (PART_BITS + 26)) == 0,
              "the slots reach the limit");

static size_t slot_of(uint64_t duration_ns)
{
    if (duration_ns < 2 * HISTOGRAM_PARTS) {
        return (size_t)duration_ns;
    }
    unsigned shift = 63u - (unsigned)__builtin_clzll(duration_ns) - PART_BITS;
    return ((size_t)shift << PART_BITS) + (size_t)(duration_ns >> shift);
}

/* The longest duration that slot_of() puts into this slot. */
static uint64_t slot_end(size_t slot)
{
    if (slot < 2 * HISTOGRAM_PARTS) {
        return slot;
    }
    unsigned shift = (unsigned)(slot >> PART_BITS) - 1;
    uint64_t part = slot - ((uint64_t)shift << PART_BITS);
    return ((part + 1) << shift) - 1;
}

void histogram_init(struct histogram *self)
{
    for (size_t i = 0; i < HISTOGRAM_SLOTS; i++) {
        counter_write(&self->slots[i], 0);
    }
    counter_write(&self->count, 0);
    counter_write(&self->sum_ns, 0);
    counter_write(&self->min_ns, UINT64_MAX);
    counter_write(&self->max_ns, 0);
}

static void widen(struct histogram *self, uint64_t min_ns, uint64_t max_ns)
{
    if (min_ns < counter_read(&self->min_ns)) {
        counter_write(&self->min_ns, min_ns);
    }
    if (max_ns > counter_read(&self->max_ns)) {
        counter_write(&self->max_ns, max_ns);
    }
}

void histogram_record(struct histogram *self, uint64_t duration_ns,
                      uint64_t count)
{
    if (count == 0) {
        return;
    }
    if (duration_ns > HISTOGRAM_LIMIT_NS) {
        duration_ns = HISTOGRAM_LIMIT_NS;
    }
    counter_add(&self->slots[slot_of(duration_ns)], count);
    counter_add(&self->count, count);
    counter_add(&self->sum_ns, duration_ns * count);
    widen(self, duration_ns, duration_ns);
}

void histogram_merge(struct histogram *self, const struct histogram *other)
{
    for (size_t i = 0; i < HISTOGRAM_SLOTS; i++) {
        counter_add(&self->slots[i], counter_read(&other->slots[i]));
    }
    counter_add(&self->count, counter_read(&other->count));
    counter_add(&self->sum_ns, counter_read(&other->sum_ns));
    widen(self, counter_read(&other->min_ns), counter_read(&other->max_ns));
}

uint64_t histogram_quantile(const struct histogram *self, double share)
{
    uint64_t count = counter_read(&self->count);
    double exact = share * (double)count;
    uint64_t rank = (uint64_t)exact;
    if ((double)rank < exact || rank == 0) {
        rank++;
    }
    uint64_t max_ns = counter_read(&self->max_ns);
    uint64_t passed = 0;
    for (size_t i = 0; i < HISTOGRAM_SLOTS && count > 0; i++) {
        passed += counter_read(&self->slots[i]);
        if (passed >= rank) {
            uint64_t end = slot_end(i);
            return end < max_ns ? end : max_ns;
        }
    }
    return max_ns;
}

uint64_t histogram_count(const struct histogram *self)
{
    return counter_read(&self->count);
}

double histogram_mean(const struct histogram *self)
{
    uint64_t count = counter_read(&self->count);
    return count > 0 ? (double)counter_read(&self->sum_ns) / (double)count : 0;
}

uint64_t histogram_min(const struct histogram *self)
{
    return histogram_count(self) > 0 ? counter_read(&self->min_ns) : 0;
}

uint64_t histogram_max(const struct histogram *self)
{
    return counter_read(&self->max_ns);
}
