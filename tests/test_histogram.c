/*
 * test_histogram.c - the histogram's promise.
 *
 * Three significant digits from 1 us to 60 s, and merging that loses nothing.
 */
#include "bench/histogram.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static struct histogram *histogram_new(void)
{
    struct histogram *self = malloc(sizeof *self);
    cr_assert_not_null(self);
    histogram_init(self);
    return self;
}

/* The only recorded duration, as the histogram reports it. */
static uint64_t reported(uint64_t duration_ns)
{
    struct histogram *self = histogram_new();
    histogram_record(self, duration_ns, 1);
    /* A second, longer one, so that the maximum does not hide the slot. */
    histogram_record(self, HISTOGRAM_LIMIT_NS, 1);
    uint64_t answer = histogram_quantile(self, 0.5);
    free(self);
    return answer;
}

Test(histogram, is_empty_at_first)
{
    struct histogram *self = histogram_new();
    cr_assert_eq(histogram_count(self), 0);
    cr_assert_eq(histogram_quantile(self, 0.99), 0);
    cr_assert_eq(histogram_min(self), 0);
    cr_assert_eq(histogram_max(self), 0);
    cr_assert_float_eq(histogram_mean(self), 0.0, 1e-9);
    free(self);
}

Test(histogram, keeps_three_digits_at_every_magnitude)
{
    for (uint64_t ns = 1; ns <= HISTOGRAM_LIMIT_NS; ns += ns / 97 + 1) {
        uint64_t answer = reported(ns);
        cr_assert_geq(answer, ns);
        cr_assert_leq(answer - ns, ns / 1000, "%lu reported as %lu",
                      (unsigned long)ns, (unsigned long)answer);
    }
}

Test(histogram, keeps_three_digits_around_each_power_of_two)
{
    for (unsigned bit = 1; bit < 36; bit++) {
        for (uint64_t ns = (UINT64_C(1) << bit) - 1;
             ns <= (UINT64_C(1) << bit) + 1 && ns <= HISTOGRAM_LIMIT_NS; ns++) {
            uint64_t answer = reported(ns);
            cr_assert_geq(answer, ns);
            cr_assert_leq(answer - ns, ns / 1000);
        }
    }
}

Test(histogram, counts_what_is_longer_than_the_limit_as_the_limit)
{
    struct histogram *self = histogram_new();
    histogram_record(self, UINT64_MAX, 1);
    cr_assert_eq(histogram_max(self), HISTOGRAM_LIMIT_NS);
    cr_assert_eq(histogram_quantile(self, 1.0), HISTOGRAM_LIMIT_NS);
    free(self);
}

Test(histogram, answers_quantiles_by_rank)
{
    struct histogram *self = histogram_new();
    for (uint64_t ns = 1; ns <= 1000; ns++) {
        histogram_record(self, ns, 1);
    }
    cr_assert_eq(histogram_quantile(self, 0.0), 1);
    cr_assert_eq(histogram_quantile(self, 0.5), 500);
    cr_assert_eq(histogram_quantile(self, 0.999), 999);
    cr_assert_eq(histogram_quantile(self, 0.9991), 1000);
    cr_assert_eq(histogram_quantile(self, 1.0), 1000);
    cr_assert_float_eq(histogram_mean(self), 500.5, 1e-9);
    free(self);
}

Test(histogram, counts_one_duration_many_times)
{
    struct histogram *self = histogram_new();
    histogram_record(self, 100, 99);
    histogram_record(self, 200, 1);
    histogram_record(self, 300, 0);
    cr_assert_eq(histogram_count(self), 100);
    cr_assert_eq(histogram_quantile(self, 0.99), 100);
    cr_assert_eq(histogram_quantile(self, 0.991), 200);
    cr_assert_eq(histogram_max(self), 200);
    free(self);
}

Test(histogram, merging_equals_recording_into_one)
{
    struct histogram *parts[2] = {histogram_new(), histogram_new()};
    struct histogram *whole = histogram_new();
    uint64_t seed = 1;
    for (unsigned i = 0; i < 10000; i++) {
        seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
        uint64_t ns = (seed >> 20) % HISTOGRAM_LIMIT_NS;
        histogram_record(parts[i % 2], ns, i % 3);
        histogram_record(whole, ns, i % 3);
    }
    histogram_merge(parts[0], parts[1]);
    for (size_t i = 0; i < HISTOGRAM_SLOTS; i++) {
        cr_assert_eq(counter_read(&parts[0]->slots[i]),
                     counter_read(&whole->slots[i]));
    }
    cr_assert_eq(histogram_count(parts[0]), histogram_count(whole));
    cr_assert_eq(histogram_min(parts[0]), histogram_min(whole));
    cr_assert_eq(histogram_max(parts[0]), histogram_max(whole));
    cr_assert_float_eq(histogram_mean(parts[0]), histogram_mean(whole), 1e-6);
    free(parts[0]);
    free(parts[1]);
    free(whole);
}
