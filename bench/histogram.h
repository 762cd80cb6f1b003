/*
 * histogram.h - how long did things take, to three significant digits?
 *
 * Log-linear counters, as in HdrHistogram (Tene): durations below 2,048 ns
 * have a counter each; above, each power of two is cut into 1,024 equal
 * parts, so that a reported duration is at most one part in 1,024 above the
 * true one. Durations reach 60 s; longer ones count as 60 s.
 *
 * One thread records; any thread may read meanwhile and sees the counts of
 * some moment ago. Histograms of several threads are merged by adding.
 */
#ifndef BENCH_HISTOGRAM_H
#define BENCH_HISTOGRAM_H

#include "bench/counter.h"

#include <stdint.h>

#define HISTOGRAM_LIMIT_NS UINT64_C(60000000000)
#define HISTOGRAM_PARTS 1024u
#define HISTOGRAM_SLOTS (27u * HISTOGRAM_PARTS)

struct histogram {
    counter slots[HISTOGRAM_SLOTS];
    counter count;
    counter sum_ns;
    counter min_ns; /* UINT64_MAX while empty */
    counter max_ns;
};

/* Makes the histogram empty, in memory the caller owns. */
void histogram_init(struct histogram *self);

/* Counts a duration count times. The one recording thread. */
void histogram_record(struct histogram *self, uint64_t duration_ns,
                      uint64_t count);

/* Adds all of other to self, whose recording thread calls this. */
void histogram_merge(struct histogram *self, const struct histogram *other);

/*
 * The duration that the given share (0 to 1) of all recorded ones does not
 * exceed: the upper end of its slot, but never more than the maximum. 0 where
 * nothing was recorded.
 */
uint64_t histogram_quantile(const struct histogram *self, double share);

/* Recorded durations; their mean, least and greatest, 0 where none. */
uint64_t histogram_count(const struct histogram *self);
double histogram_mean(const struct histogram *self);
uint64_t histogram_min(const struct histogram *self);
uint64_t histogram_max(const struct histogram *self);

#endif
