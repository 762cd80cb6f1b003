/*
 * lap.h - threads that do one thing to one table for a while.
 */
#ifndef BENCH_LAP_H
#define BENCH_LAP_H

#include "bench/rival.h"
#include "bench/stream.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LAP_THREADS_MAX 256u

struct lap {
    const struct rival *rival;
    void *table;
    enum rival_verb verb;
    size_t batch; /* 1: single calls */
    unsigned threads;
    const struct stream *streams; /* one a thread */
    const char *value;            /* to be stored */
    size_t value_bytes;
    double seconds;
};

struct lap_result {
    uint64_t calls; /* operations, not batches */
    uint64_t fine;  /* of those: found, stored, taken */
    double rate;    /* operations a second of all threads */
};

/*
 * Runs the lap, thread i on the i-th processor this process may use. False
 * where a thread cannot be had.
 */
bool lap_run(const struct lap *lap, struct lap_result *result);

/*
 * Runs function(argument of size each, one a thread, at arguments) on so many
 * pinned threads, all starting together. False where one cannot be had; then
 * none has run.
 */
bool lap_threads(unsigned threads, void (*function)(void *argument),
                 void *arguments, size_t each);

#endif
