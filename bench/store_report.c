/*
 * store_report.c - a table for each size: rows are figures, columns rivals.
 */
#include "bench/store_report.h"

#include <string.h>

#define LABEL_WIDTH 30

static void print_head(FILE *to, const struct store_result *result,
                       const char *last)
{
    fprintf(to, "  %-*s", LABEL_WIDTH, "");
    for (size_t i = 0; i < result->rival_count; i++) {
        fprintf(to, " %11s", result->rivals[i]->name);
    }
    fprintf(to, " %11s\n", last);
}

/* A figure of each rival; and how the first one stands to the best other. */
static void print_row(FILE *to, const char *label, const double *values,
                      size_t count, bool less_is_better)
{
    double best = 0;
    fprintf(to, "  %-*s", LABEL_WIDTH, label);
    for (size_t i = 0; i < count; i++) {
        if (values[i] > 0) {
            fprintf(to, " %11.2f", values[i]);
        } else {
            fprintf(to, " %11s", "-");
        }
        bool better = less_is_better ? values[i] < best : values[i] > best;
        if (i > 0 && values[i] > 0 && (better || best == 0)) {
            best = values[i];
        }
    }
    if (best > 0 && values[0] > 0) {
        fprintf(to, " %10.2fx", values[0] / best);
    }
    fputc('\n', to);
}

/* A field of each rival's load, in the unit given. */
#define GATHER(values, result, size, expression, unit)                \
    for (size_t r = 0; r < (result)->rival_count; r++) {              \
        const struct store_figures *it = &(result)->figures[size][r]; \
        (values)[r] = (double)(expression) / (unit);                  \
    }

static void print_load(FILE *to, const struct store_result *result, size_t size)
{
    double values[STORE_RIVALS_MAX];
    size_t count = result->rival_count;
    GATHER(values, result, size, it->load.rate, 1e6)
    print_row(to, "insert from empty, M/s", values, count, false);
    GATHER(values, result, size, it->load.p9999_ns, 1e3)
    print_row(to, "  its p99.99, us", values, count, true);
    GATHER(values, result, size, it->load.max_ns, 1e3)
    print_row(to, "  the longest, us", values, count, true);
    GATHER(values, result, size, it->load.record_bytes, 1)
    print_row(to, "resident bytes a record", values, count, true);
    GATHER(values, result, size, it->counter_bytes, 1)
    print_row(to, "  a counter, 10-byte key", values, count, true);
}

static void print_cells(FILE *to, const struct store_options *options,
                        const struct store_result *result, size_t size)
{
    double values[STORE_RIVALS_MAX];
    char label[64];
    for (unsigned cell = 0; cell < STORE_CELL_COUNT; cell++) {
        for (unsigned crowd = 0; crowd < store_crowds(options); crowd++) {
            unsigned threads = store_crowd(options, crowd);
            snprintf(label, sizeof label, "%s, %u thread%s, M/s",
                     store_cells[cell].name, threads, threads > 1 ? "s" : "");
            GATHER(values, result, size, series_median(&it->cells[cell][crowd]),
                   1e6)
            print_row(to, label, values, result->rival_count, false);
        }
    }
}

static void print_machine(FILE *to, const struct machine *machine)
{
    fputs("  the machine's limits, M/s:\n", to);
#define PRINT_FIGURE(name, text)                                  \
    if (strcmp(#name, "ping_ns") == 0) {                          \
        fprintf(to, "  %11.1f  %s\n", machine->name, text);       \
    } else {                                                      \
        fprintf(to, "  %11.2f  %s\n", machine->name / 1e6, text); \
    }
    MACHINE_FIGURES(PRINT_FIGURE)
#undef PRINT_FIGURE
}

static void print_failures(FILE *to, const struct store_options *options,
                           const struct store_result *result, size_t size)
{
    for (size_t i = 0; i < result->rival_count; i++) {
        const struct store_figures *it = &result->figures[size][i];
        if (it->failed_at != NULL) {
            fprintf(to, "warning: %s with %llu records %s: %s\n",
                    result->rivals[i]->name,
                    (unsigned long long)options->sizes.records[size],
                    it->stuck ? "did not come back" : "failed", it->failed_at);
        }
    }
}

void store_report_text(FILE *to, const struct store_options *options,
                       const struct store_result *result)
{
    for (size_t i = 0; i < options->sizes.count; i++) {
        fprintf(to,
                "%llu records, keys of %u bytes, values of %u; medians of %u "
                "rounds of %.2f s\n",
                (unsigned long long)options->sizes.records[i],
                options->key_bytes, options->value_bytes, options->rounds,
                options->seconds);
        print_head(to, result, "pawl/best");
        print_load(to, result, i);
        print_cells(to, options, result, i);
        print_machine(to, &result->machine[i]);
        fputc('\n', to);
    }
    for (size_t i = 0; i < options->sizes.count; i++) {
        print_failures(to, options, result, i);
    }
}

static json_t *figures_object(const struct store_options *options,
                              const struct store_figures *figures)
{
    json_t *cells = json_object();
    for (unsigned cell = 0; cell < STORE_CELL_COUNT; cell++) {
        for (unsigned crowd = 0; crowd < store_crowds(options); crowd++) {
            char name[64];
            const struct series *series = &figures->cells[cell][crowd];
            snprintf(name, sizeof name, "%s, %u threads",
                     store_cells[cell].name, store_crowd(options, crowd));
            if (series->count > 0) {
                json_object_set_new(cells, name, series_object(series));
            }
        }
    }
    return json_pack("{s:b, s:s?, s:f, s:f, s:f, s:f, s:f, s:o}", "fine",
                     (int)figures->fine, "failed_at", figures->failed_at,
                     "insert", figures->load.rate, "insert_p9999_us",
                     (double)figures->load.p9999_ns / 1e3, "insert_max_us",
                     (double)figures->load.max_ns / 1e3, "record_bytes",
                     figures->load.record_bytes, "counter_bytes",
                     figures->counter_bytes, "rates", cells);
}

static json_t *machine_object(const struct machine *machine)
{
    json_t *object = json_object();
#define JSON_FIGURE(name, text) \
    json_object_set_new(object, #name, json_real(machine->name));
    MACHINE_FIGURES(JSON_FIGURE)
#undef JSON_FIGURE
    return object;
}

json_t *store_report_object(const struct store_options *options,
                            const struct store_result *result)
{
    json_t *sizes = json_array();
    for (size_t i = 0; i < options->sizes.count; i++) {
        json_t *stores = json_object();
        for (size_t j = 0; j < result->rival_count; j++) {
            json_object_set_new(
                stores, result->rivals[j]->name,
                figures_object(options, &result->figures[i][j]));
        }
        json_array_append_new(sizes,
                              json_pack("{s:I, s:o, s:o}", "records",
                                        (json_int_t)options->sizes.records[i],
                                        "stores", stores, "machine",
                                        machine_object(&result->machine[i])));
    }
    return json_pack("{s:I, s:I, s:I, s:I, s:f, s:o}", "threads",
                     (json_int_t)options->threads, "key_bytes",
                     (json_int_t)options->key_bytes, "value_bytes",
                     (json_int_t)options->value_bytes, "rounds",
                     (json_int_t)options->rounds, "seconds", options->seconds,
                     "sizes", sizes);
}

void store_report_json(FILE *to, const struct store_options *options,
                       const struct store_result *result)
{
    json_t *object = store_report_object(options, result);
    json_dumpf(object, to, JSON_INDENT(2) | JSON_REAL_PRECISION(9));
    fputc('\n', to);
    json_decref(object);
}

bool store_report_is_fine(const struct store_options *options,
                          const struct store_result *result)
{
    for (size_t i = 0; i < options->sizes.count; i++) {
        for (size_t j = 0; j < result->rival_count; j++) {
            if (!result->figures[i][j].fine) {
                return false;
            }
        }
    }
    return true;
}
