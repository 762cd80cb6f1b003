/*
 * compare_report.c - the report in words and tables.
 */
#include "bench/compare_report.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define PAWLD 0
#define CELL_BYTES 48

/* Rates of the two generators that differ by less agree. */
#define AGREEMENT 0.10

/* A row that is being filled. */
struct cells {
    size_t count;
    const char *at[PAGE_COLUMNS_MAX];
    char text[PAGE_COLUMNS_MAX][CELL_BYTES];
};

__attribute__((format(printf, 2, 3))) static void put(struct cells *self,
                                                      const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(self->text[self->count], CELL_BYTES, format, arguments);
    va_end(arguments);
    self->at[self->count] = self->text[self->count];
    self->count++;
}

/* How one median stands to another, or a dash. */
static void put_ratio(struct cells *cells, const struct series *self,
                      const struct series *other)
{
    double one = series_median(self), two = series_median(other);
    if (one > 0 && two > 0) {
        put(cells, "%.2f", one / two);
    } else {
        put(cells, "-");
    }
}

size_t compare_null(void)
{
    size_t i = 0;
    while (server_rows[i].real) {
        i++;
    }
    return i;
}

static void write_machine(struct page *page,
                          const struct compare_options *options,
                          const struct compare_result *result)
{
    const struct host *host = &result->host;
    page_heading(page, "Machine and method");
    page_text(page, "%s. %s, %u processors, %.1f GiB of memory, %s, kernel %s.",
              host->time, host->processor, host->processors,
              (double)host->memory_bytes / (1024.0 * 1024 * 1024), host->system,
              host->kernel);
    page_text(page,
              "Pawl %s, revision %s. Each server has one worker%s; the "
              "generator has one thread%s. Loopback, keys of 16 bytes, values "
              "of 32, %llu records and, in the large table, %llu. Medians of "
              "%u rounds of %.1f s; in each round every server is measured "
              "once, one after the other, so that what slows the machine down "
              "meets them alike. Replies are checked.",
              PAWL_RELEASE, options->revision,
              host->server_processor >= 0 ? " and runs on a processor of its "
                                            "own"
                                          : "",
              host->generator_processor >= 0 ? " on another" : "",
              (unsigned long long)options->keys,
              (unsigned long long)options->many, options->rounds,
              options->seconds);
    page_text(page, "The null server has the same event loop and no store: "
                    "what it does is what the kernel's loopback allows. "
                    "Processor time is that of the server's process, user and "
                    "system; noise hardly moves it.");
    for (size_t i = 0; i < SERVER_COUNT; i++) {
        const struct server *server = &result->servers[i];
        if (result->missing[i] != NULL) {
            page_text(page, "%s is not compared: %s.", server_rows[i].name,
                      result->missing[i]);
            continue;
        }
        char lines[2 * SERVER_LINE_BYTES + 2];
        snprintf(lines, sizeof lines, "%s\n%s\n", server->version,
                 server->command);
        page_block(page, lines);
    }
}

/* Pawld's ratios at a glance. */
static void write_ratios(struct page *page, const struct compare_result *result)
{
    const char *heads[1 + SERVER_COUNT] = {"pawld's rate divided by that of"};
    page_heading(page, "Throughput at a glance");
    for (size_t i = 1; i < SERVER_COUNT; i++) {
        heads[i] = server_rows[i].name;
    }
    page_table(page, heads, SERVER_COUNT);
    for (unsigned cell = 0; cell < COMPARE_CELL_COUNT; cell++) {
        const struct compare_figures *figures = result->figures[cell];
        struct cells cells = {0};
        if (compare_cells[cell].rate > 0 || figures[PAWLD].rate.count == 0) {
            continue;
        }
        put(&cells, "%s", compare_cells[cell].title);
        for (size_t i = 1; i < SERVER_COUNT; i++) {
            put_ratio(&cells, &figures[PAWLD].rate, &figures[i].rate);
        }
        page_row(page, cells.at);
    }
    page_table_end(page);
}

/* One line where pawld's figure is worse than a peer's. */
static unsigned write_behind(struct page *page, const char *title,
                             const char *what, const char *peer,
                             const struct series *ours,
                             const struct series *theirs, bool less_is_better)
{
    double one = series_median(ours), two = series_median(theirs);
    bool behind = less_is_better ? one > two : one < two;
    if (one <= 0 || two <= 0 || !behind) {
        return 0;
    }
    page_text(page, "%s: %s %.4g, %s %.4g (%.2f).", title, what, one, peer, two,
              one / two);
    return 1;
}

static void write_where_behind(struct page *page,
                               const struct compare_result *result)
{
    unsigned found = 0;
    page_heading(page, "Where pawld is behind a peer");
    for (unsigned cell = 0; cell < COMPARE_CELL_COUNT; cell++) {
        const char *title = compare_cells[cell].title;
        const struct compare_figures *us = &result->figures[cell][PAWLD];
        bool open = compare_cells[cell].rate > 0;
        for (size_t i = 1; i < SERVER_COUNT; i++) {
            const struct compare_figures *it = &result->figures[cell][i];
            const char *name = server_rows[i].name;
            if (!server_rows[i].real) {
                continue;
            }
            found += open ? 0
                          : write_behind(page, title, "operations a second",
                                         name, &us->rate, &it->rate, false);
            found += write_behind(page, title, "server us an operation", name,
                                  &us->server_us, &it->server_us, true);
            found += write_behind(page, title, "p99 us", name, &us->p99,
                                  &it->p99, true);
        }
    }
    if (found == 0) {
        page_text(page, "Nowhere in this run.");
    }
}

static void write_cell_row(struct page *page,
                           const struct compare_result *result, unsigned cell,
                           size_t server)
{
    const struct compare_figures *figures = &result->figures[cell][server];
    const struct compare_figures *limit =
        &result->figures[cell][compare_null()];
    struct cells cells = {0};
    put(&cells, "%s", server_rows[server].name);
    put(&cells, "%.0f", series_median(&figures->rate));
    put(&cells, "%.0f - %.0f", series_min(&figures->rate),
        series_max(&figures->rate));
    put_ratio(&cells, &figures->rate, &limit->rate);
    put(&cells, "%.3f", series_median(&figures->server_us));
    put(&cells, "%.0f", series_median(&figures->p50));
    put(&cells, "%.0f", series_median(&figures->p99));
    put(&cells, "%.0f", series_median(&figures->p999));
    put(&cells, "%.3f", series_median(&figures->generator_us));
    put(&cells, "%.0f %%", series_median(&figures->busy) * 100);
    page_row(page, cells.at);
}

static bool is_limited(const struct compare_result *result, unsigned cell,
                       size_t server)
{
    return compare_cells[cell].rate == 0 &&
           series_median(&result->figures[cell][server].busy) > 0.95;
}

/* The generator's command line, but for the server. */
static void write_command(struct page *page,
                          const struct compare_options *options, unsigned cell)
{
    const struct compare_cell_row *row = &compare_cells[cell];
    char line[CELL_BYTES * 6];
    int at =
        snprintf(line, sizeof line,
                 "pawl-bench net --workload %s --connections %u --depth "
                 "%u --keys %llu",
                 workloads[row->workload].name, row->connections, row->depth,
                 (unsigned long long)compare_keys(options, cell));
    if (row->multi > 1) {
        at += snprintf(line + at, sizeof line - (size_t)at, " --multi %u",
                       row->multi);
    }
    if (row->ratio > 0) {
        at += snprintf(line + at, sizeof line - (size_t)at, " --ratio %u:%u",
                       row->ratio, 100 - row->ratio);
    }
    if (row->rate > 0) {
        at += snprintf(line + at, sizeof line - (size_t)at, " --rate %.0f",
                       row->rate);
    }
    snprintf(line + at, sizeof line - (size_t)at, "%s\n",
             row->meta ? " --protocol meta" : "");
    page_block(page, line);
}

static void write_cell(struct page *page, const struct compare_options *options,
                       const struct compare_result *result, unsigned cell)
{
    static const char *const heads[] = {
        "",       "a second", "min - max", "of null",      "server us",
        "p50 us", "p99 us",   "p99.9 us",  "generator us", "generator busy",
    };
    page_heading(page, compare_cells[cell].title);
    write_command(page, options, cell);
    page_table(page, heads, sizeof heads / sizeof heads[0]);
    for (size_t i = 0; i < SERVER_COUNT; i++) {
        if (result->figures[cell][i].rate.count > 0) {
            write_cell_row(page, result, cell, i);
        }
    }
    page_table_end(page);
    for (size_t i = 0; i < SERVER_COUNT; i++) {
        const char *failure = result->figures[cell][i].failure;
        if (failure[0] != '\0') {
            page_text(page, "%s failed: %s.", server_rows[i].name, failure);
        }
        if (is_limited(result, cell, i)) {
            page_text(page,
                      "The generator was saturated with %s, which may be "
                      "faster than this; its processor time tells.",
                      server_rows[i].name);
        }
    }
}

static void write_memory(struct page *page,
                         const struct compare_options *options,
                         const struct compare_result *result)
{
    static const char *const heads[] = {"", "resident bytes a record",
                                        "load, records a second"};
    page_heading(page, "Memory");
    page_text(page,
              "%llu records of 16 + 32 bytes, stored over the network into a "
              "server that had just been started; what its resident memory "
              "grew by.",
              (unsigned long long)options->many);
    page_table(page, heads, 3);
    for (size_t i = 0; i < SERVER_COUNT; i++) {
        struct cells cells = {0};
        if (result->record_bytes[i] > 0) {
            put(&cells, "%s", server_rows[i].name);
            put(&cells, "%.0f", result->record_bytes[i]);
            put(&cells, "%.0f", result->load_rate[i]);
            page_row(page, cells.at);
        }
    }
    page_table_end(page);
}

static void write_check_row(struct page *page,
                            const struct compare_result *result, unsigned cell,
                            size_t redis)
{
    const struct compare_check *check = &result->checks[cell];
    const struct compare_figures *ours = &result->figures[cell][redis];
    struct cells cells = {0};
    put(&cells, "%s", compare_cells[cell].title);
    put(&cells, "%.0f", series_median(&ours->rate));
    put(&cells, "%.0f", series_median(&check->rate));
    put_ratio(&cells, &ours->rate, &check->rate);
    put(&cells, "%.0f %%", series_median(&ours->busy) * 100);
    put(&cells, "%.0f %%", series_median(&check->busy) * 100);
    page_row(page, cells.at);
}

/* Why redis-benchmark says something else, where it does. */
static void explain_check(struct page *page,
                          const struct compare_result *result, unsigned cell,
                          size_t redis)
{
    double ours = series_median(&result->figures[cell][redis].rate);
    double theirs = series_median(&result->checks[cell].rate);
    double busy = series_median(&result->checks[cell].busy);
    double difference = ours > theirs ? ours / theirs - 1 : theirs / ours - 1;
    if (theirs <= 0 || ours <= 0 || difference <= AGREEMENT) {
        return;
    }
    page_text(page, "%s: the two differ by %.0f %%. %s",
              compare_cells[cell].title, difference * 100,
              busy > 0.9 && ours > theirs
                  ? "redis-benchmark was busy all the time: it reached its own "
                    "limit, not the server's."
                  : "Neither was at its limit: the machine was disturbed "
                    "between them; see min - max above.");
}

static void write_checks(struct page *page, const struct compare_result *result)
{
    static const char *const heads[] = {
        "redis", "pawl-bench",      "redis-benchmark",
        "ratio", "pawl-bench busy", "redis-benchmark busy",
    };
    size_t redis = 0;
    while (strcmp(server_rows[redis].protocol, "resp") != 0) {
        redis++;
    }
    page_heading(page, "Another generator");
    if (result->checker[0] == '\0' || result->missing[redis] != NULL) {
        page_text(page, "redis-benchmark is not installed.");
        return;
    }
    page_text(page,
              "%s, asked for the same against the same server, in the same "
              "rounds and on the same processor.",
              result->checker);
    page_table(page, heads, sizeof heads / sizeof heads[0]);
    for (unsigned i = 0; i < COMPARE_CELL_COUNT; i++) {
        if (result->checks[i].rate.count > 0) {
            write_check_row(page, result, i, redis);
        }
    }
    page_table_end(page);
    for (unsigned i = 0; i < COMPARE_CELL_COUNT; i++) {
        explain_check(page, result, i, redis);
    }
}

static void write_page(struct page *page, const struct compare_options *options,
                       const struct compare_result *result)
{
    if (result->interrupted) {
        page_text(page, "This run was interrupted: figures are missing.");
    }
    write_machine(page, options, result);
    write_ratios(page, result);
    compare_charts_servers(page, result);
    write_where_behind(page, result);
    for (unsigned i = 0; i < COMPARE_CELL_COUNT; i++) {
        write_cell(page, options, result, i);
    }
    write_memory(page, options, result);
    write_checks(page, result);
    if (result->store != NULL) {
        compare_charts_store(page, result);
    }
}

static bool write_json(const struct compare_options *options,
                       const struct compare_result *result)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/report.json", options->folder);
    json_t *object = compare_report_object(options, result);
    bool fine = json_dump_file(object, path,
                               JSON_INDENT(1) | JSON_REAL_PRECISION(9)) == 0;
    json_decref(object);
    return fine;
}

bool compare_report(const struct compare_options *options,
                    const struct compare_result *result)
{
    struct page page;
    if (page_open(&page, options->folder, "Pawl beside other stores")) {
        write_page(&page, options, result);
        return page_close(&page) && write_json(options, result);
    }
    int trouble = errno;
    page_close(&page);
    errno = trouble;
    return false;
}

bool compare_report_is_fine(const struct compare_result *result)
{
    for (unsigned i = 0; i < COMPARE_CELL_COUNT; i++) {
        if (result->figures[i][PAWLD].wrong) {
            return false;
        }
    }
    return !result->interrupted;
}
