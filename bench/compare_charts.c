/*
 * compare_charts.c - what the report's charts show.
 */
#include "bench/compare_report.h"
#include "bench/store_report.h"

#include <stdio.h>
#include <stdlib.h>

typedef double (*figure)(const struct compare_result *result, unsigned cell,
                         size_t server);

static double share_of_null(const struct compare_result *result, unsigned cell,
                            size_t server)
{
    const struct compare_figures *figures = result->figures[cell];
    double limit = series_median(&figures[compare_null()].rate);
    return limit > 0 ? 100 * series_median(&figures[server].rate) / limit : 0;
}

static double server_us(const struct compare_result *result, unsigned cell,
                        size_t server)
{
    return series_median(&result->figures[cell][server].server_us);
}

static double p99(const struct compare_result *result, unsigned cell,
                  size_t server)
{
    return series_median(&result->figures[cell][server].p99);
}

/* Groups are cells; bars are the first servers, so many of them. */
static void draw_cells(struct page *page, const struct compare_result *result,
                       struct chart *chart, figure value, size_t servers,
                       bool open_too)
{
    chart->bar_count = servers;
    for (size_t i = 0; i < servers; i++) {
        chart->bars[i] = server_rows[i].name;
    }
    for (unsigned cell = 0; cell < COMPARE_CELL_COUNT; cell++) {
        if (compare_cells[cell].rate > 0 && !open_too) {
            continue;
        }
        size_t at = chart->group_count++;
        chart->groups[at] = compare_cells[cell].title;
        for (size_t i = 0; i < servers; i++) {
            chart->values[at][i] = value(result, cell, i);
        }
    }
    page_chart(page, chart);
}

static void draw_memory(struct page *page, const struct compare_result *result)
{
    struct chart chart = {
        .title = "Resident memory of a record of 16 + 32 bytes",
        .unit = "bytes",
        .bar_count = 1,
        .bars = {"resident"},
    };
    for (size_t i = 0; i < SERVER_COUNT; i++) {
        if (result->record_bytes[i] > 0) {
            chart.groups[chart.group_count] = server_rows[i].name;
            chart.values[chart.group_count++][0] = result->record_bytes[i];
        }
    }
    page_chart(page, &chart);
}

void compare_charts_servers(struct page *page,
                            const struct compare_result *result)
{
    struct chart rates = {
        .title = "Throughput, as a share of the server without a store",
        .unit = "percent",
    };
    struct chart times = {
        .title = "Processor time of the server",
        .unit = "us an operation",
        .logarithmic = true,
    };
    struct chart latencies = {
        .title = "99 % of the requests were answered within",
        .unit = "us",
        .logarithmic = true,
    };
    page_heading(page, "Charts");
    draw_cells(page, result, &rates, share_of_null, compare_null(), false);
    draw_cells(page, result, &times, server_us, SERVER_COUNT, true);
    draw_cells(page, result, &latencies, p99, SERVER_COUNT, true);
    draw_memory(page, result);
}

/* The text report, as it is. */
static void write_store_text(struct page *page,
                             const struct compare_result *result)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *to = open_memstream(&text, &bytes);
    if (to == NULL) {
        return;
    }
    store_report_text(to, &result->store_options, result->store);
    if (fclose(to) == 0) {
        page_block(page, text);
    }
    free(text);
}

static void draw_store(struct page *page, const struct compare_result *result,
                       size_t size)
{
    const struct store_result *store = result->store;
    char title[128];
    struct chart chart = {
        .title = title,
        .unit = "million operations a second",
        .logarithmic = true,
        .bar_count = store->rival_count,
    };
    snprintf(title, sizeof title,
             "Tables in the process, %llu records, 1 "
             "thread",
             (unsigned long long)result->store_options.sizes.records[size]);
    for (size_t i = 0; i < store->rival_count; i++) {
        chart.bars[i] = store->rivals[i]->name;
    }
    for (unsigned cell = 0; cell < STORE_CELL_COUNT; cell++) {
        size_t at = chart.group_count++;
        chart.groups[at] = store_cells[cell].name;
        for (size_t i = 0; i < store->rival_count; i++) {
            chart.values[at][i] =
                series_median(&store->figures[size][i].cells[cell][0]) / 1e6;
        }
    }
    page_chart(page, &chart);
}

void compare_charts_store(struct page *page,
                          const struct compare_result *result)
{
    page_heading(page, "Tables inside a process");
    page_text(page, "The same records in libpawl and in the tables that Debian "
                    "packages, each in a process of its own; values are copied "
                    "out, and what is overwritten is reclaimed. Below each "
                    "table stands what the machine allows.");
    for (size_t i = 0; i < result->store_options.sizes.count; i++) {
        draw_store(page, result, i);
    }
    write_store_text(page, result);
}
