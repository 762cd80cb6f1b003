/*
 * store_bench.c - all rivals at each size, round by round.
 */
#include "bench/store_bench.h"
#include "bench/interrupt.h"
#include "bench/options.h"
#include "bench/store_report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The counters whose memory is told: short keys, eight bytes of number. */
#define COUNTER_KEY_BYTES 10

const struct store_cell_row store_cells[STORE_CELL_COUNT] = {
#define STORE_CELL_ROW(id, name, verb, batch, hot) \
    [STORE_##id] = {name, RIVAL_##verb, batch, hot},
    STORE_CELLS(STORE_CELL_ROW)
#undef STORE_CELL_ROW
};

/* One size under measurement. */
struct course {
    const struct store_options *options;
    struct store_result *result;
    size_t size; /* index */
    uint64_t records;
    struct hatch hatches[STORE_RIVALS_MAX];
};

unsigned store_crowd(const struct store_options *options, unsigned crowd)
{
    return crowd == 0 ? 1 : options->threads;
}

unsigned store_crowds(const struct store_options *options)
{
    return options->threads > 1 ? 2 : 1;
}

static void tell(const struct course *self, const char *rival, const char *what)
{
    if (!self->options->quiet && isatty(STDERR_FILENO)) {
        fprintf(stderr, "\r\033[K%llu records  %s  %s",
                (unsigned long long)self->records, rival, what);
        fflush(stderr);
    }
}

/* Asks for a job that what names; false where it is not done well. */
static bool ask(struct course *self, size_t rival, const char *what,
                const struct job *job, struct job_result *answer)
{
    struct store_figures *figures = &self->result->figures[self->size][rival];
    if (!figures->fine || interrupt_seen()) {
        return false;
    }
    tell(self, self->result->rivals[rival]->name, what);
    figures->stuck = !hatch_ask(&self->hatches[rival], job, answer);
    figures->fine = !figures->stuck && answer->fine;
    figures->failed_at = figures->fine ? NULL : what;
    return figures->fine;
}

/* How much a counter with a short key takes, in a process that ends. */
static void weigh_counters(struct course *self, size_t rival)
{
    struct store_figures *figures = &self->result->figures[self->size][rival];
    struct hatch_table table = {
        .records = self->records,
        .key_bytes = COUNTER_KEY_BYTES,
        .value_bytes = sizeof(uint64_t),
        .counters = true,
    };
    struct job job = {.kind = JOB_LOAD};
    struct job_result answer;
    struct hatch hatch;
    tell(self, self->result->rivals[rival]->name, "counters");
    if (hatch_open(&hatch, self->result->rivals[rival], &table)) {
        if (hatch_ask(&hatch, &job, &answer) && answer.fine) {
            figures->counter_bytes = answer.record_bytes;
        }
        hatch_close(&hatch);
    }
}

static void load(struct course *self, size_t rival)
{
    const struct store_options *options = self->options;
    struct store_figures *figures = &self->result->figures[self->size][rival];
    struct hatch_table table = {
        .records = self->records,
        .key_bytes = options->key_bytes,
        .value_bytes = options->value_bytes,
    };
    struct job job = {.kind = JOB_LOAD};
    struct job_result answer;
    figures->fine =
        hatch_open(&self->hatches[rival], self->result->rivals[rival], &table);
    if (ask(self, rival, "insert", &job, &answer)) {
        figures->load = answer;
    }
}

static void run_cell(struct course *self, size_t rival, enum store_cell cell,
                     unsigned crowd)
{
    const struct store_cell_row *row = &store_cells[cell];
    struct job job = {
        .kind = JOB_LAP,
        .verb = row->verb,
        .batch = row->batch,
        .threads = store_crowd(self->options, crowd),
        .hot = row->hot,
        .seconds = self->options->seconds,
    };
    struct job_result answer;
    const struct rival *what = self->result->rivals[rival];
    if (row->batch > 1 && what->run == NULL) {
        return;
    }
    if (ask(self, rival, row->name, &job, &answer)) {
        series_add(&self->result->figures[self->size][rival].cells[cell][crowd],
                   answer.rate);
    }
}

/* All rivals do a cell before any does the next. */
static void run_cells(struct course *self, bool counters)
{
    for (unsigned i = 0; i < STORE_CELL_COUNT; i++) {
        if ((store_cells[i].verb == RIVAL_TAKE) != counters) {
            continue;
        }
        for (unsigned crowd = 0; crowd < store_crowds(self->options); crowd++) {
            for (size_t j = 0; j < self->result->rival_count; j++) {
                run_cell(self, j, (enum store_cell)i, crowd);
            }
        }
    }
}

static void run_rounds(struct course *self, bool counters)
{
    for (unsigned i = 0; i < self->options->rounds && !interrupt_seen(); i++) {
        run_cells(self, counters);
    }
}

static bool run_size(struct course *self)
{
    struct store_result *result = self->result;
    for (size_t i = 0; i < result->rival_count; i++) {
        weigh_counters(self, i);
    }
    for (size_t i = 0; i < result->rival_count; i++) {
        load(self, i);
    }
    tell(self, "the machine", "");
    bool fine = machine_measure(&result->machine[self->size], self->records,
                                self->options->seconds);
    run_rounds(self, false);
    for (size_t i = 0; i < result->rival_count; i++) {
        struct job job = {.kind = JOB_COUNT};
        struct job_result answer;
        ask(self, i, "counters in place of values", &job, &answer);
    }
    run_rounds(self, true);
    for (size_t i = 0; i < result->rival_count; i++) {
        hatch_close(&self->hatches[i]);
    }
    return fine;
}

const char *store_bench(const struct store_options *options,
                        struct store_result *result)
{
    memset(result, 0, sizeof *result);
    for (size_t i = 0; rivals[i] != NULL; i++) {
        if (rivals[i]->key_bytes_max >= options->key_bytes &&
            rivals[i]->value_bytes_max >= options->value_bytes) {
            result->rivals[result->rival_count++] = rivals[i];
        }
    }
    for (size_t i = 0; i < options->sizes.count && !interrupt_seen(); i++) {
        struct course course = {
            .options = options,
            .result = result,
            .size = i,
            .records = options->sizes.records[i],
        };
        if (!run_size(&course)) {
            return "out of memory or threads";
        }
        tell(&course, "", "\r\033[K");
    }
    return NULL;
}

static const char *read_sizes(const char *text, void *field)
{
    struct store_sizes *sizes = field;
    unsigned long long records;
    sizes->count = 0;
    for (const char *at = text; *at != '\0';) {
        if (sizes->count == STORE_SIZES_MAX ||
            !option_number(at, &records, &at) || records < 1 ||
            records > 1000000000 || (*at != ',' && *at != '\0')) {
            return "not up to eight numbers of records, such as 100k,1M";
        }
        sizes->records[sizes->count++] = records;
        at += *at == ',';
    }
    return sizes->count > 0 ? NULL : "no number of records";
}

static int read_options(struct store_options *options, int argc, char **argv)
{
#define FIELD(name) offsetof(struct store_options, name)
    static const struct option_row rows[] = {
        {"keys", 'k', "N,N,...", FIELD(sizes), read_sizes, "100k,1M,10M",
         "records, one table after the other"},
        {"threads", 't', "N", FIELD(threads), option_unsigned, "2",
         "threads; everything is also done by one"},
        {"rounds", 'R', "N", FIELD(rounds), option_unsigned, "3",
         "rounds, of which medians are told"},
        {"seconds", 'T', "S", FIELD(seconds), option_real, "0.3",
         "how long each figure is measured in a round"},
        {"key-size", 0, "N", FIELD(key_bytes), option_unsigned, "16",
         "bytes of a key"},
        {"value-size", 'd', "N", FIELD(value_bytes), option_unsigned, "32",
         "bytes of a value"},
        {"json", 'j', NULL, FIELD(json), option_switch, NULL,
         "print the result as JSON"},
        {"quiet", 'q', NULL, FIELD(quiet), option_switch, NULL,
         "no progress line"},
    };
#undef FIELD
    static const struct option_table table = {
        .program = "pawl-bench store",
        .usage = "pawl-bench store [options]",
        .sentence = "Compares libpawl with other tables inside the process, "
                    "and with the machine.",
        .rows = rows,
        .row_count = sizeof rows / sizeof rows[0],
    };
    int status = options_read(&table, argc, argv, options);
    if (status < 0 &&
        (options->key_bytes < 11 || options->key_bytes > 250 ||
         options->value_bytes > 4096 || options->threads > 256 ||
         options->rounds > SERIES_ROUNDS_MAX || options->seconds <= 0)) {
        fputs("pawl-bench store: keys of 11 to 250 bytes, values of up to "
              "4096, 256 threads, 99 rounds, a time over 0\n",
              stderr);
        return OPTIONS_USAGE;
    }
    return status;
}

int store_main(int argc, char **argv)
{
    struct store_options options = {0};
    int status = read_options(&options, argc, argv);
    if (status >= 0) {
        return status;
    }
    struct store_result *result = malloc(sizeof *result);
    const char *trouble = "out of memory";
    interrupt_catch();
    if (result != NULL) {
        trouble = store_bench(&options, result);
    }
    if (trouble != NULL) {
        fprintf(stderr, "pawl-bench store: %s\n", trouble);
        free(result);
        return EXIT_FAILURE;
    }
    if (options.json) {
        store_report_json(stdout, &options, result);
    } else {
        store_report_text(stdout, &options, result);
    }
    bool fine = store_report_is_fine(&options, result);
    free(result);
    return fine ? EXIT_SUCCESS : EXIT_FAILURE;
}
