/*
 * tally.h - what one thread counted, and what all of them did together.
 */
#ifndef BENCH_TALLY_H
#define BENCH_TALLY_H

#include "bench/counter.h"
#include "bench/histogram.h"

/* Rows: field, and what it counts. */
/* clang-format off */
#define TALLY_COUNTS(row)                                                      \
    row(requests, "requests answered in the measured time")                    \
    row(hits, "records found")                                                 \
    row(misses, "records not found")                                           \
    row(conflicts, "cas that found another version")                           \
    row(refused, "refusals: a floor, a ceiling, a condition")                  \
    row(errors, "replies that tell of a failure")                              \
    row(wrong, "replies with another key or value than was stored")            \
    row(bytes_in, "bytes received")                                            \
    row(bytes_out, "bytes sent")                                               \
    row(unsent, "requests that were due and never sent")                       \
    row(cpu_ns, "processor time of the generator")
/* clang-format on */

struct tally {
#define TALLY_FIELD(name, text) counter name;
    TALLY_COUNTS(TALLY_FIELD)
#undef TALLY_FIELD

    /* From when a request was sent, or due, to its reply. */
    struct histogram latency;

    /* From when a request was due until it was sent (open loop). */
    struct histogram lag;

    /*
     * Of the whole run, warm-up included: what was given less what was taken,
     * and the sum of the numbers that were read, both modulo 2^64.
     */
    uint64_t ledger;
    uint64_t sum;

    /* The first failure that the server told, cut to the room. */
    char first_error[120];
};

/* An empty tally, or NULL where there is no memory. */
struct tally *tally_create(void);
void tally_destroy(struct tally *self);

/* Adds all of other to self, whose writer calls this. */
void tally_merge(struct tally *self, const struct tally *other);

#endif
