/*
 * series.c - median and range.
 */
#include "bench/series.h"

#include <stdlib.h>
#include <string.h>

void series_add(struct series *self, double value)
{
    if (self->count < SERIES_ROUNDS_MAX) {
        self->values[self->count++] = value;
    }
}

static int compare(const void *a, const void *b)
{
    const double *left = a, *right = b;
    return (*left > *right) - (*left < *right);
}

double series_median(const struct series *self)
{
    struct series sorted = *self;
    size_t count = sorted.count;
    if (count == 0) {
        return 0;
    }
    qsort(sorted.values, count, sizeof sorted.values[0], compare);
    return (sorted.values[(count - 1) / 2] + sorted.values[count / 2]) / 2;
}

double series_min(const struct series *self)
{
    double least = self->count > 0 ? self->values[0] : 0;
    for (size_t i = 1; i < self->count; i++) {
        least = self->values[i] < least ? self->values[i] : least;
    }
    return least;
}

double series_max(const struct series *self)
{
    double most = self->count > 0 ? self->values[0] : 0;
    for (size_t i = 1; i < self->count; i++) {
        most = self->values[i] > most ? self->values[i] : most;
    }
    return most;
}

json_t *series_object(const struct series *self)
{
    json_t *rounds = json_array();
    for (size_t i = 0; i < self->count; i++) {
        json_array_append_new(rounds, json_real(self->values[i]));
    }
    return json_pack("{s:f, s:f, s:f, s:o}", "median", series_median(self),
                     "min", series_min(self), "max", series_max(self), "rounds",
                     rounds);
}
