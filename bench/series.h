/*
 * series.h - one figure, measured once a round.
 */
#ifndef BENCH_SERIES_H
#define BENCH_SERIES_H

#include <jansson.h>
#include <stddef.h>

#define SERIES_ROUNDS_MAX 99

/* All zero is an empty series. */
struct series {
    size_t count;
    double values[SERIES_ROUNDS_MAX];
};

/* Adds a value; past the room it is dropped. */
void series_add(struct series *self, double value);

/* 0 where the series is empty. */
double series_median(const struct series *self);
double series_min(const struct series *self);
double series_max(const struct series *self);

/* {"median": .., "min": .., "max": .., "rounds": [..]}, the caller's. */
json_t *series_object(const struct series *self);

#endif
