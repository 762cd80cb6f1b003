/*
 * progress.h - one line on a terminal that tells how a run is going.
 *
 * Written to standard error where that is a terminal; otherwise nothing is.
 */
#ifndef BENCH_PROGRESS_H
#define BENCH_PROGRESS_H

#include "bench/tally.h"

#include <stdbool.h>
#include <stdint.h>

struct progress {
    bool shown;
    const char *label;
    uint64_t last_ns;
    uint64_t last_requests;
};

/* Begins a line that label names. Nothing is shown where quiet. */
void progress_begin(struct progress *self, const char *label, bool quiet);

/*
 * Rewrites the line: the rate since the last time, p99, errors, and the time
 * that is left, unless it is 0.
 */
void progress_show(struct progress *self, const struct tally *tally,
                   uint64_t now_ns, uint64_t left_ns);

/* Removes the line. */
void progress_end(struct progress *self);

#endif
