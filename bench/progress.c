/*
 * progress.c - a line rewritten in place.
 */
#include "bench/progress.h"
#include "bench/timing.h"

#include <stdio.h>
#include <unistd.h>

void progress_begin(struct progress *self, const char *label, bool quiet)
{
    *self = (struct progress){
        .shown = !quiet && isatty(STDERR_FILENO),
        .label = label,
        .last_ns = timing_now_ns(),
    };
}

void progress_show(struct progress *self, const struct tally *tally,
                   uint64_t now_ns, uint64_t left_ns)
{
    if (!self->shown) {
        return;
    }
    uint64_t requests = counter_read(&tally->requests);
    double passed = timing_seconds(now_ns - self->last_ns);
    double rate = (double)(requests - self->last_requests) / passed;
    double p99_us = (double)histogram_quantile(&tally->latency, 0.99) / 1e3;
    unsigned long long errors =
        counter_read(&tally->errors) + counter_read(&tally->wrong);
    fprintf(stderr, "\r\033[K%s  %.0f/s  p99 %.0f us  errors %llu", self->label,
            rate, p99_us, errors);
    if (left_ns > 0) {
        fprintf(stderr, "  %.0f s left", timing_seconds(left_ns));
    }
    fflush(stderr);
    self->last_ns = now_ns;
    self->last_requests = requests;
}

void progress_end(struct progress *self)
{
    if (self->shown) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
    }
}
