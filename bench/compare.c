/*
 * compare.c - servers started, rounds interleaved, a report written.
 */
#include "bench/compare.h"
#include "bench/compare_report.h"
#include "bench/crosscheck.h"
#include "bench/interrupt.h"
#include "bench/net.h"
#include "bench/net_report.h"
#include "bench/options.h"
#include "bench/process.h"
#include "bench/timing.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEYS 0
#define MANY UINT64_MAX

/* Before a cell is measured. */
#define WARM_UP_SECONDS 0.2

/* An open loop needs more than a moment for its p99.9. */
#define OPEN_LOOP_FACTOR 2

const struct compare_cell_row compare_cells[COMPARE_CELL_COUNT] = {
#define COMPARE_ROW(id, title, workload, depth, multi, ratio, connections, \
                    rate, keys, meta)                                      \
    [COMPARE_##id] = {title, WORKLOAD_##workload, depth, multi,            \
                      ratio, connections,         rate,  keys,             \
                      meta},
    COMPARE_CELLS(COMPARE_ROW)
#undef COMPARE_ROW
};

uint64_t compare_keys(const struct compare_options *options, unsigned cell)
{
    uint64_t keys = compare_cells[cell].keys;
    if (keys == KEYS) {
        return options->keys;
    }
    return keys == MANY ? options->many : keys;
}

struct compare {
    const struct compare_options *options;
    struct compare_result *result;
};

static void tell(const struct compare *self, const char *what, const char *who)
{
    if (!self->options->quiet && isatty(STDERR_FILENO)) {
        fprintf(stderr, "\r\033[K%s  %s", what, who);
        fflush(stderr);
    }
}

static bool is_there(const struct compare *self, size_t server)
{
    return self->result->missing[server] == NULL;
}

/* What one server is asked in a cell; false where it cannot be asked that. */
static bool ask_for(const struct compare *self, enum compare_cell cell,
                    size_t server, struct net_options *options)
{
    const struct compare_cell_row *row = &compare_cells[cell];
    const struct server *who = &self->result->servers[server];
    char name[] = "net";
    char *argv[] = {name, NULL};
    memset(options, 0, sizeof *options);
    if (net_options_read(options, 1, argv) >= 0) {
        return false;
    }
    options->server = who->address;
    options->server_pid = who->pid;
    options->protocol = protocol_named(row->meta ? "meta" : who->row->protocol);
    options->workload = &workloads[row->workload];
    options->depth = row->depth;
    options->multi = row->multi;
    options->ratio = row->ratio;
    options->connections = row->connections;
    options->rate = row->rate;
    options->records = compare_keys(self->options, cell);
    options->seconds =
        self->options->seconds * (row->rate > 0 ? OPEN_LOOP_FACTOR : 1);
    options->warmup = WARM_UP_SECONDS;
    options->no_check = !who->row->real;
    options->quiet = true;
    return (!row->meta || who->row->meta) &&
           (options->workload->percent[VERB_TAKE] == 0 || who->row->takes) &&
           workload_unsayable(options->workload, options->protocol) ==
               VERB_COUNT;
}

static void keep(struct compare_figures *figures,
                 const struct net_options *options,
                 const struct net_result *result)
{
    const struct phase *phase = &result->measured;
    const struct histogram *latency = &phase->tally->latency;
    struct net_figures it = net_figures_of(phase);
    double keys = options->multi;
    series_add(&figures->rate, it.requests_per_second * keys);
    series_add(&figures->server_us, it.server_cpu_us / keys);
    series_add(&figures->generator_us, it.cpu_us / keys);
    series_add(&figures->busy, it.busy);
    series_add(&figures->p50, (double)histogram_quantile(latency, 0.5) / 1e3);
    series_add(&figures->p99, (double)histogram_quantile(latency, 0.99) / 1e3);
    series_add(&figures->p999,
               (double)histogram_quantile(latency, 0.999) / 1e3);
}

/* One server, one cell, one round. */
static void measure(struct compare *self, enum compare_cell cell, size_t server,
                    unsigned round)
{
    struct compare_figures *figures = &self->result->figures[cell][server];
    struct net_options options;
    struct net_result result;
    if (!is_there(self, server) || figures->failure[0] != '\0' ||
        !ask_for(self, cell, server, &options)) {
        return;
    }
    tell(self, compare_cells[cell].title, server_rows[server].name);
    options.no_load = round > 0 || compare_cells[cell].keys == MANY;
    if (!net_run(&options, &result, figures->failure)) {
        return;
    }
    if (!net_result_is_right(&options, &result)) {
        figures->wrong = true;
        snprintf(figures->failure, sizeof figures->failure,
                 "it gave wrong answers or errors");
    } else if (!result.interrupted) {
        keep(figures, &options, &result);
    }
    net_result_fini(&result);
}

/* Another generator against redis, for the plain gets. */
static void cross_check(struct compare *self, enum compare_cell cell,
                        size_t server, unsigned round)
{
    const struct compare_cell_row *row = &compare_cells[cell];
    struct compare_result *result = self->result;
    if (strcmp(server_rows[server].protocol, "resp") != 0 ||
        !is_there(self, server) || row->workload != WORKLOAD_GET ||
        row->multi > 1 || row->keys != KEYS || row->rate > 0 ||
        row->connections > 50 || result->checker[0] == '\0') {
        return;
    }
    tell(self, row->title, "redis-benchmark");
    struct crosscheck check = {
        .address = result->servers[server].address,
        .processor = result->host.generator_processor,
        .connections = row->connections,
        .depth = row->depth,
        .keys = self->options->keys,
        .fill = round == 0,
        .requests =
            (uint64_t)(series_median(&result->figures[cell][server].rate) *
                       self->options->seconds),
    };
    if (crosscheck_run(&check)) {
        series_add(&result->checks[cell].rate, check.rate);
        series_add(&result->checks[cell].busy, check.busy);
    }
}

static void run_cells(struct compare *self)
{
    for (unsigned cell = 0; cell < COMPARE_CELL_COUNT; cell++) {
        for (unsigned round = 0; round < self->options->rounds; round++) {
            for (size_t i = 0; i < SERVER_COUNT && !interrupt_seen(); i++) {
                measure(self, (enum compare_cell)cell, i, round);
                cross_check(self, (enum compare_cell)cell, i, round);
            }
        }
    }
}

/* Fills each server with the large table, and weighs it. */
static void load_many(struct compare *self)
{
    struct compare_result *it = self->result;
    for (size_t i = 0; i < SERVER_COUNT && !interrupt_seen(); i++) {
        struct net_options options;
        struct net_result result;
        char failure[NET_FAILURE_BYTES];
        if (!is_there(self, i) || !server_rows[i].real ||
            !ask_for(self, COMPARE_MANY_64, i, &options)) {
            continue;
        }
        tell(self, "load of many keys", server_rows[i].name);
        options.workload = &workloads[WORKLOAD_LOAD];
        if (!net_run(&options, &result, failure)) {
            it->missing[i] = "it failed while it was loaded";
            continue;
        }
        it->load_rate[i] = net_figures_of(&result.measured).requests_per_second;
        net_result_fini(&result);
        uint64_t now = process_resident_bytes(it->servers[i].pid);
        it->record_bytes[i] =
            ((double)now - (double)it->servers[i].resident_bytes) /
            (double)options.records;
    }
}

static void stop_all(struct compare *self)
{
    for (size_t i = 0; i < SERVER_COUNT; i++) {
        server_stop(&self->result->servers[i]);
    }
}

/* All that can be; pawld and the null server have to be. */
static bool start_all(struct compare *self)
{
    struct compare_result *result = self->result;
    for (size_t i = 0; i < SERVER_COUNT; i++) {
        const struct server_row *row = &server_rows[i];
        result->missing[i] = server_start(&result->servers[i], row,
                                          result->host.server_processor);
        if (result->missing[i] != NULL) {
            fprintf(stderr, "pawl-bench compare: %s: %s\n", row->program,
                    result->missing[i]);
            if (i == 0 || !row->real) {
                return false;
            }
        }
    }
    return true;
}

static const char *run_store(struct compare *self)
{
    struct store_options *options = &self->result->store_options;
    *options = (struct store_options){
        .sizes = {.count = 2,
                  .records = {self->options->keys, self->options->many}},
        .threads = self->result->host.processors > 1 ? 2 : 1,
        .rounds = self->options->rounds < 3 ? self->options->rounds : 3,
        .seconds = self->options->seconds / 4,
        .key_bytes = 16,
        .value_bytes = 32,
        .quiet = self->options->quiet,
    };
    self->result->store = malloc(sizeof *self->result->store);
    return self->result->store != NULL
               ? store_bench(options, self->result->store)
               : "out of memory";
}

static int compare(const struct compare_options *options,
                   struct compare_result *result)
{
    struct compare self = {.options = options, .result = result};
    host_look(&result->host);
    if (!start_all(&self)) {
        stop_all(&self);
        return EXIT_FAILURE;
    }
    crosscheck_version(result->checker, sizeof result->checker);
    host_pin_generator(&result->host);
    load_many(&self);
    run_cells(&self);
    stop_all(&self);
    host_unpin(&result->host);
    const char *trouble = NULL;
    if (!options->no_store && !interrupt_seen()) {
        trouble = run_store(&self);
    }
    result->interrupted = interrupt_seen();
    tell(&self, "", "\r\033[K");
    if (trouble == NULL && !compare_report(options, result)) {
        trouble = strerror(errno);
    }
    if (trouble != NULL) {
        fprintf(stderr, "pawl-bench compare: %s\n", trouble);
        return EXIT_FAILURE;
    }
    printf("%s/report.html\n%s/report.md\n%s/report.json\n", options->folder,
           options->folder, options->folder);
    return compare_report_is_fine(result) ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int read_options(struct compare_options *options, int argc, char **argv)
{
#define FIELD(name) offsetof(struct compare_options, name)
    static const struct option_row rows[] = {
        {"rounds", 'R', "N", FIELD(rounds), option_unsigned, "5",
         "rounds, of which medians are told"},
        {"seconds", 'T', "S", FIELD(seconds), option_real, "1",
         "how long each figure is measured in a round"},
        {"keys", 'k', "N", FIELD(keys), option_count, "100k", "records"},
        {"many", 'K', "N", FIELD(many), option_count, "1M",
         "records of the large table"},
        {"out", 'o', "FOLDER", FIELD(folder), option_text, "bench-report",
         "where the report goes"},
        {"revision", 0, "TEXT", FIELD(revision), option_text, "unknown",
         "of the sources, for the report"},
        {"no-store", 0, NULL, FIELD(no_store), option_switch, NULL,
         "servers only, not the tables inside a process"},
        {"quiet", 'q', NULL, FIELD(quiet), option_switch, NULL,
         "no progress line"},
    };
#undef FIELD
    static const struct option_table table = {
        .program = "pawl-bench compare",
        .usage = "pawl-bench compare [options]",
        .sentence = "Compares pawld with the memcached and redis-server that "
                    "are installed, and with a\nserver without a store; "
                    "writes a report.",
        .rows = rows,
        .row_count = sizeof rows / sizeof rows[0],
    };
    int status = options_read(&table, argc, argv, options);
    if (status < 0 &&
        (options->rounds > SERIES_ROUNDS_MAX || options->seconds <= 0 ||
         options->keys < 2 || options->many < options->keys ||
         options->many > 1000000000)) {
        fputs("pawl-bench compare: up to 99 rounds, a time over 0, two keys or "
              "more, and the large table not smaller\n",
              stderr);
        return OPTIONS_USAGE;
    }
    return status;
}

int compare_main(int argc, char **argv)
{
    struct compare_options options = {0};
    int status = read_options(&options, argc, argv);
    if (status >= 0) {
        return status;
    }
    if (mkdir(options.folder, 0777) != 0 && errno != EEXIST) {
        fprintf(stderr, "pawl-bench compare: %s: %s\n", options.folder,
                strerror(errno));
        return EXIT_FAILURE;
    }
    struct compare_result *result = calloc(1, sizeof *result);
    if (result == NULL) {
        fputs("pawl-bench compare: out of memory\n", stderr);
        return EXIT_FAILURE;
    }
    interrupt_catch();
    status = compare(&options, result);
    free(result->store);
    free(result);
    return status;
}
