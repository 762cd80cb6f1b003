/*
 * compare_json.c - the figures of a comparison for machines.
 */
#include "bench/compare_report.h"
#include "bench/store_report.h"

static json_t *host_object(const struct host *host)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:I, s:I}", "time", host->time,
                     "processor", host->processor, "system", host->system,
                     "kernel", host->kernel, "processors",
                     (json_int_t)host->processors, "memory_bytes",
                     (json_int_t)host->memory_bytes);
}

static json_t *servers_object(const struct compare_result *result)
{
    json_t *object = json_object();
    for (size_t i = 0; i < SERVER_COUNT; i++) {
        const struct server *server = &result->servers[i];
        json_t *row =
            result->missing[i] != NULL
                ? json_pack("{s:s}", "missing", result->missing[i])
                : json_pack("{s:s, s:s, s:f, s:f}", "version", server->version,
                            "command", server->command, "record_bytes",
                            result->record_bytes[i], "load_rate",
                            result->load_rate[i]);
        json_object_set_new(object, server_rows[i].name, row);
    }
    return object;
}

static json_t *figures_object(const struct compare_figures *figures)
{
    json_t *object = json_object();
#define JSON_SERIES(name, text) \
    json_object_set_new(object, #name, series_object(&figures->name));
    COMPARE_SERIES(JSON_SERIES)
#undef JSON_SERIES
    if (figures->failure[0] != '\0') {
        json_object_set_new(object, "failure", json_string(figures->failure));
    }
    return object;
}

static json_t *cell_object(const struct compare_result *result, unsigned cell)
{
    const struct compare_cell_row *row = &compare_cells[cell];
    json_t *servers = json_object();
    for (size_t i = 0; i < SERVER_COUNT; i++) {
        const struct compare_figures *figures = &result->figures[cell][i];
        if (figures->rate.count > 0 || figures->failure[0] != '\0') {
            json_object_set_new(servers, server_rows[i].name,
                                figures_object(figures));
        }
    }
    json_t *object = json_pack(
        "{s:s, s:s, s:I, s:I, s:I, s:f, s:o}", "title", row->title, "workload",
        workloads[row->workload].name, "depth", (json_int_t)row->depth, "multi",
        (json_int_t)row->multi, "connections", (json_int_t)row->connections,
        "rate", row->rate, "servers", servers);
    if (result->checks[cell].rate.count > 0) {
        json_object_set_new(object, "redis_benchmark",
                            series_object(&result->checks[cell].rate));
    }
    return object;
}

json_t *compare_report_object(const struct compare_options *options,
                              const struct compare_result *result)
{
    json_t *cells = json_array();
    for (unsigned i = 0; i < COMPARE_CELL_COUNT; i++) {
        json_array_append_new(cells, cell_object(result, i));
    }
    json_t *object = json_pack(
        "{s:s, s:s, s:o, s:I, s:f, s:I, s:I, s:b, s:o, s:o}", "release",
        PAWL_RELEASE, "revision", options->revision, "host",
        host_object(&result->host), "rounds", (json_int_t)options->rounds,
        "seconds", options->seconds, "keys", (json_int_t)options->keys, "many",
        (json_int_t)options->many, "interrupted", (int)result->interrupted,
        "servers", servers_object(result), "cells", cells);
    if (result->store != NULL) {
        json_object_set_new(
            object, "store",
            store_report_object(&result->store_options, result->store));
    }
    return object;
}
