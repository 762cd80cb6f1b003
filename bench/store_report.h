/*
 * store_report.h - a result of pawl-bench store, for people and machines.
 */
#ifndef BENCH_STORE_REPORT_H
#define BENCH_STORE_REPORT_H

#include "bench/store_bench.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/* Prints a result. */
void store_report_text(FILE *to, const struct store_options *options,
                       const struct store_result *result);
void store_report_json(FILE *to, const struct store_options *options,
                       const struct store_result *result);

/* The same as a JSON object that the caller owns. */
json_t *store_report_object(const struct store_options *options,
                            const struct store_result *result);

/* Whether every rival did all that it was asked. */
bool store_report_is_fine(const struct store_options *options,
                          const struct store_result *result);

#endif
