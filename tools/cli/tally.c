/*
 * tally.c - which seats were sold, how often, as many sellers report it.
 *
 * All counters are relaxed: each is a sum of its own, and the final figures
 * are read after the sellers' threads were joined.
 */
#include "tools/cli/tally.h"

#include <stdlib.h>

bool tally_init(struct tally *self, uint64_t seat_count)
{
    *self = (struct tally){
        .seat_count = seat_count,
        .times = calloc(seat_count, sizeof self->times[0]),
    };
    return self->times != NULL;
}

void tally_fini(struct tally *self)
{
    free(self->times);
}

void tally_sold(struct tally *self, uint64_t seat)
{
    atomic_fetch_add_explicit(&self->times[seat - 1], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&self->sold, 1, memory_order_relaxed);
}

void tally_refused(struct tally *self)
{
    atomic_fetch_add_explicit(&self->refused, 1, memory_order_relaxed);
}

void tally_retried(struct tally *self)
{
    atomic_fetch_add_explicit(&self->retried, 1, memory_order_relaxed);
}

uint64_t tally_oversold(const struct tally *self)
{
    uint64_t count = 0;

    for (uint64_t i = 0; i < self->seat_count; i++) {
        count += self->times[i] > 1;
    }
    return count;
}

uint64_t tally_unsold(const struct tally *self)
{
    uint64_t count = 0;

    for (uint64_t i = 0; i < self->seat_count; i++) {
        count += self->times[i] == 0;
    }
    return count;
}
