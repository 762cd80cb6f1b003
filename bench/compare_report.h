/*
 * compare_report.h - the report of a comparison.
 *
 * It is three files in one folder: report.md, report.html and report.json.
 */
#ifndef BENCH_COMPARE_REPORT_H
#define BENCH_COMPARE_REPORT_H

#include "bench/compare.h"
#include "bench/page.h"

#include <jansson.h>
#include <stdbool.h>

/* Writes all three; false, with errno set, where one cannot be written. */
bool compare_report(const struct compare_options *options,
                    const struct compare_result *result);

/* Whether pawld gave no wrong answer, and nothing was interrupted. */
bool compare_report_is_fine(const struct compare_result *result);

/* The figures as a JSON object that the caller owns. */
json_t *compare_report_object(const struct compare_options *options,
                              const struct compare_result *result);

/* The charts of the servers, and of the tables where they were measured. */
void compare_charts_servers(struct page *page,
                            const struct compare_result *result);
void compare_charts_store(struct page *page,
                          const struct compare_result *result);

/* The server without a store. */
size_t compare_null(void);

#endif
