/*
 * tally.c - counts and histograms of a thread.
 */
#include "bench/tally.h"

#include <stdlib.h>
#include <string.h>

struct tally *tally_create(void)
{
    struct tally *self = calloc(1, sizeof *self);
    if (self != NULL) {
        histogram_init(&self->latency);
        histogram_init(&self->lag);
    }
    return self;
}

void tally_destroy(struct tally *self)
{
    free(self);
}

void tally_merge(struct tally *self, const struct tally *other)
{
#define TALLY_ADD(name, text) \
    counter_add(&self->name, counter_read(&other->name));
    TALLY_COUNTS(TALLY_ADD)
#undef TALLY_ADD
    histogram_merge(&self->latency, &other->latency);
    histogram_merge(&self->lag, &other->lag);
    self->ledger += other->ledger;
    self->sum += other->sum;
    if (self->first_error[0] == '\0') {
        memcpy(self->first_error, other->first_error, sizeof self->first_error);
    }
}
