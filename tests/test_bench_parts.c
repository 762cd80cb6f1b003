/*
 * test_bench_parts.c - what pawl-bench's figures stand on.
 *
 * Records that are known from their number, choices that have the distribution
 * they claim, medians, and tables that add up.
 */
#include "bench/access.h"
#include "bench/dataset.h"
#include "bench/decimal.h"
#include "bench/series.h"
#include "bench/workload.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int by_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

Test(bench_dataset, gives_each_record_another_key_of_a_size_in_range)
{
    enum {
        RECORDS = 5000
    };
    static char keys[RECORDS][DATASET_KEY_BYTES_MAX + 1];
    struct dataset dataset;
    struct span key_bytes = {5, 30}, value_bytes = {0, 100};
    cr_assert_null(
        dataset_init(&dataset, RECORDS, RECORDS, key_bytes, value_bytes));
    size_t least = SIZE_MAX, most = 0;
    for (uint64_t i = 0; i < RECORDS; i++) {
        size_t bytes = dataset_key(&dataset, i, keys[i]);
        keys[i][bytes] = '\0';
        least = bytes < least ? bytes : least;
        most = bytes > most ? bytes : most;
    }
    cr_assert_eq(least, 5);
    cr_assert_eq(most, 30);
    qsort(keys, RECORDS, sizeof keys[0], by_text);
    for (size_t i = 1; i < RECORDS; i++) {
        cr_assert_str_neq(keys[i - 1], keys[i]);
    }
    dataset_fini(&dataset);
}

Test(bench_dataset, gives_the_same_value_each_time)
{
    struct dataset one, two;
    struct span key_bytes = {16, 16}, value_bytes = {1, 999};
    cr_assert_null(dataset_init(&one, 1000, 1000, key_bytes, value_bytes));
    cr_assert_null(dataset_init(&two, 1000, 1000, key_bytes, value_bytes));
    for (uint64_t i = 0; i < 1000; i++) {
        size_t bytes, same;
        const char *value = dataset_value(&one, i, &bytes);
        const char *again = dataset_value(&two, i, &same);
        cr_assert_eq(bytes, same);
        cr_assert(bytes >= 1 && bytes <= 999);
        cr_assert_eq(memcmp(value, again, bytes), 0);
    }
    dataset_fini(&one);
    dataset_fini(&two);
}

Test(bench_dataset, refuses_keys_too_short_for_so_many_records)
{
    struct dataset dataset;
    struct span key_bytes = {4, 16}, value_bytes = {1, 1};
    cr_assert_null(dataset_init(&dataset, 1000, 1000, key_bytes, value_bytes));
    dataset_fini(&dataset);
    cr_assert_not_null(
        dataset_init(&dataset, 1001, 1001, key_bytes, value_bytes));
}

/* How often the first records are chosen, of so many draws. */
static void draw(const struct access_choice *choice, uint64_t records,
                 unsigned draws, unsigned *hits, size_t count)
{
    struct access access;
    struct random random = {.state = 4};
    access_init(&access, choice, records);
    memset(hits, 0, count * sizeof *hits);
    for (unsigned i = 0; i < draws; i++) {
        uint64_t record = access_pick(&access, &random);
        cr_assert_lt(record, records);
        if (record < count) {
            hits[record]++;
        }
    }
}

Test(bench_access, uniform_wants_every_record_alike)
{
    struct access_choice choice = {.kind = ACCESS_UNIFORM};
    unsigned hits[100];
    draw(&choice, 100, 1000000, hits, 100);
    for (size_t i = 0; i < 100; i++) {
        cr_assert_float_eq(hits[i] / 1e6, 0.01, 0.0006);
    }
}

Test(bench_access, zipf_wants_records_by_their_weights)
{
    struct access_choice choice = {.kind = ACCESS_ZIPF, .theta = 0.99};
    unsigned hits[2];
    double zeta = 0;
    for (unsigned i = 1; i <= 10000; i++) {
        zeta += pow(i, -0.99);
    }
    draw(&choice, 10000, 1000000, hits, 2);
    cr_assert_float_eq(hits[0] / 1e6, 1 / zeta, 0.003);
    cr_assert_float_eq(hits[1] / 1e6, pow(2, -0.99) / zeta, 0.003);
    draw(&choice, 1, 1000, hits, 1);
    cr_assert_eq(hits[0], 1000);
}

Test(bench_access, hot_gives_its_share_to_the_first_records)
{
    struct access_choice choice = {
        .kind = ACCESS_HOT, .hot_share = 0.9, .hot_records = 2};
    unsigned hits[3];
    draw(&choice, 1000, 1000000, hits, 3);
    cr_assert_float_eq((hits[0] + hits[1]) / 1e6, 0.9, 0.003);
    cr_assert_float_eq(hits[2] / 1e6, 0.1 / 998, 0.00005);
}

Test(bench_workload, every_row_adds_up_and_can_be_said)
{
    for (size_t i = 0; i < WORKLOAD_KINDS; i++) {
        unsigned sum = 0;
        for (unsigned verb = 0; verb < VERB_COUNT; verb++) {
            sum += workloads[i].percent[verb];
        }
        cr_assert_eq(sum, 100, "%s", workloads[i].name);
        cr_assert_eq(workload_named(workloads[i].name), &workloads[i]);
        cr_assert_eq(workload_unsayable(&workloads[i], &protocol_text),
                     VERB_COUNT, "%s", workloads[i].name);
    }
    cr_assert_eq(workload_unsayable(&workloads[WORKLOAD_TAKE], &protocol_resp),
                 VERB_TAKE);
    cr_assert_null(workload_named("ycsb-e"));
}

Test(bench_workload, draws_verbs_by_their_shares)
{
    struct random random = {.state = 9};
    unsigned sets = 0;
    for (unsigned i = 0; i < 100000; i++) {
        sets += workload_verb(&workloads[WORKLOAD_MIX], &random) == VERB_SET;
    }
    cr_assert_float_eq(sets / 1e5, 0.05, 0.004);
}

Test(bench_decimal, writes_what_it_reads)
{
    static const uint64_t numbers[] = {0,   9,   10,         99,
                                       100, 101, 4294967296, UINT64_MAX};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        char text[DECIMAL_BYTES_MAX];
        uint64_t again = 0;
        char *end = decimal_put(text, numbers[i]);
        cr_assert_eq((size_t)(end - text), decimal_digits(numbers[i]));
        cr_assert_eq(decimal_get(text, end, &again), end);
        cr_assert_eq(again, numbers[i]);
    }
}

Test(bench_decimal, refuses_what_is_no_number_of_64_bits)
{
    uint64_t number = 5;
    const char *large = "18446744073709551616", *word = "x";
    cr_assert_null(decimal_get(large, large + strlen(large), &number));
    cr_assert_null(decimal_get(word, word + 1, &number));
    cr_assert_null(decimal_get(word, word, &number));
    cr_assert_eq(number, 5);
}

Test(bench_series, tells_median_and_range)
{
    struct series series = {0};
    cr_assert_float_eq(series_median(&series), 0, 1e-9);
    series_add(&series, 3);
    series_add(&series, 1);
    cr_assert_float_eq(series_median(&series), 2, 1e-9);
    series_add(&series, 100);
    cr_assert_float_eq(series_median(&series), 3, 1e-9);
    cr_assert_float_eq(series_min(&series), 1, 1e-9);
    cr_assert_float_eq(series_max(&series), 100, 1e-9);
}
