/*
 * net.c - loading, measuring, summing up.
 */
#include "bench/net.h"
#include "bench/interrupt.h"
#include "bench/net_report.h"
#include "bench/options.h"
#include "bench/timing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Requests of a load that are on their way on each connection, in bytes. */
#define LOAD_BYTES_MAX (256u * 1024u)
#define LOAD_DEPTH 64u

/* FLOW_LATEST makes so many records beyond the loaded ones, at most. */
#define LATEST_RECORDS UINT64_C(1000000000)

struct net {
    const struct net_options *options;
    struct net_result *result;
    struct address address;
    struct dataset dataset;
    struct shard *shards;
    char *failure;
};

static bool fail(struct net *self, const char *sentence)
{
    snprintf(self->failure, NET_FAILURE_BYTES, "%s", sentence);
    return false;
}

/* A plan for a workload with all that the options say about every phase. */
static struct plan plan_for(const struct net *self, enum workload_kind kind)
{
    const struct net_options *options = self->options;
    return (struct plan){
        .address = &self->address,
        .protocol = options->protocol,
        .workload = workloads[kind],
        .dataset = &self->dataset,
        .threads = options->threads,
        .connections = options->connections,
        .depth = options->depth,
        .multi = 1,
        .amount = options->amount,
        .seed = options->seed,
        .check = !options->no_check,
        .timeout_ns = timing_of_seconds(options->timeout),
    };
}

static unsigned load_depth(const struct net *self)
{
    size_t bytes = protocol_request_bytes(&self->dataset, 1);
    size_t depth = LOAD_BYTES_MAX / bytes;
    depth = depth < 1 ? 1 : depth;
    return depth < LOAD_DEPTH ? (unsigned)depth : LOAD_DEPTH;
}

/* A phase that visits each record once, as fast as the server lets it. */
static bool visit_all(struct net *self, struct phase *phase,
                      enum workload_kind kind)
{
    struct plan plan = plan_for(self, kind);
    struct phase_options options = {
        .label = workloads[kind].name,
        .quiet = self->options->quiet,
        .server = self->options->server_pid,
    };
    plan.depth = load_depth(self);
    return phase_run(phase, &options, &plan, NULL, self->failure);
}

/* The sum of all counters as the server has them. */
static bool read_sum(struct net *self, uint64_t *sum)
{
    struct phase phase;
    if (!visit_all(self, &phase, WORKLOAD_READBACK)) {
        return false;
    }
    *sum = phase.tally->sum;
    phase_fini(&phase);
    return true;
}

static struct workload workload_of(const struct net_options *options)
{
    struct workload workload = *options->workload;
    if (options->workload == &workloads[WORKLOAD_MIX]) {
        workload.percent[VERB_GET] = (unsigned char)options->ratio;
        workload.percent[VERB_SET] = (unsigned char)(100 - options->ratio);
    }
    return workload;
}

static struct access_choice access_of(const struct net_options *options)
{
    struct access_choice usual = {
        .kind = options->workload->access,
        .theta = 0.99,
    };
    return options->choice.given ? options->choice.access : usual;
}

/* What the command asks for; a load with its readers beside it. */
static bool measure(struct net *self)
{
    const struct net_options *options = self->options;
    bool once = options->workload->flow == FLOW_ONCE;
    struct plan plan = plan_for(self, WORKLOAD_GET);
    struct plan readers = plan_for(self, WORKLOAD_READ_LOADED);
    struct access_choice choice = access_of(options);
    plan.workload = workload_of(options);
    access_init(&plan.access, &choice, options->records);
    plan.multi = options->multi;
    plan.rate = options->rate;
    plan.requests = options->requests;
    plan.shards = self->shards;
    plan.shard_count = options->connections;
    readers.threads = 1;
    readers.depth = 1;
    readers.connections = options->readers;
    readers.shards = self->shards;
    readers.shard_count = options->connections;
    struct phase_options how = {
        .label = options->workload->name,
        .quiet = options->quiet,
        .server = options->server_pid,
        .warmup_seconds = options->warmup,
        .seconds = once || options->requests > 0 ? 0 : options->seconds,
    };
    for (unsigned i = 0; i < options->connections; i++) {
        self->shards[i].first = plan_part(&plan, i);
    }
    return phase_run(&self->result->measured, &how, &plan,
                     options->readers > 0 ? &readers : NULL, self->failure);
}

/* The counters' sum before and after; what they gained in between. */
static bool measure_sum(struct net *self)
{
    struct net_result *result = self->result;
    uint64_t before, after;
    if (!read_sum(self, &before) || !measure(self)) {
        return false;
    }
    result->interrupted = interrupt_seen();
    if (result->interrupted) {
        return true;
    }
    if (!read_sum(self, &after)) {
        return false;
    }
    result->sum_checked = true;
    result->sum_expected = before + result->measured.tally->ledger;
    result->sum_found = after;
    return true;
}

static bool carry_out(struct net *self)
{
    const struct net_options *options = self->options;
    struct net_result *result = self->result;
    if (workload_needs_records(options->workload) && !options->no_load &&
        !visit_all(self, &result->load, WORKLOAD_LOAD)) {
        return false;
    }
    if (interrupt_seen()) {
        return fail(self, "interrupted while the records were loaded");
    }
    if (options->workload->counters && !options->no_check) {
        return measure_sum(self);
    }
    if (!measure(self)) {
        return false;
    }
    result->interrupted = interrupt_seen();
    if (options->readback && !result->interrupted) {
        return visit_all(self, &result->readback, WORKLOAD_READBACK);
    }
    return true;
}

static bool prepare(struct net *self)
{
    const struct net_options *options = self->options;
    uint64_t named = options->records;
    if (options->workload->flow == FLOW_LATEST) {
        named += LATEST_RECORDS;
    }
    const char *trouble = address_parse(&self->address, options->server);
    if (trouble != NULL) {
        snprintf(self->failure, NET_FAILURE_BYTES, "%s: %s", options->server,
                 trouble);
        return false;
    }
    trouble = dataset_init(&self->dataset, options->records, named,
                           options->key_bytes, options->value_bytes);
    if (trouble == NULL && options->workload->counters) {
        dataset_count_from(&self->dataset, options->initial);
    }
    self->shards = calloc(options->connections, sizeof *self->shards);
    if (trouble == NULL && self->shards == NULL) {
        trouble = "out of memory";
    }
    return trouble == NULL ? true : fail(self, trouble);
}

bool net_run(const struct net_options *options, struct net_result *result,
             char failure[NET_FAILURE_BYTES])
{
    struct net self = {
        .options = options, .result = result, .failure = failure};
    memset(result, 0, sizeof *result);
    bool fine = prepare(&self) && carry_out(&self);
    if (!fine) {
        net_result_fini(result);
    }
    free(self.shards);
    dataset_fini(&self.dataset);
    return fine;
}

void net_result_fini(struct net_result *result)
{
    phase_fini(&result->load);
    phase_fini(&result->measured);
    phase_fini(&result->readback);
}

static bool is_clean(const struct tally *tally)
{
    return tally == NULL || (counter_read(&tally->errors) == 0 &&
                             counter_read(&tally->wrong) == 0);
}

bool net_result_is_right(const struct net_options *options,
                         const struct net_result *result)
{
    const struct tally *readback = result->readback.tally;
    return is_clean(result->load.tally) && is_clean(result->measured.tally) &&
           is_clean(result->measured.beside) && is_clean(readback) &&
           (readback == NULL ||
            counter_read(&readback->hits) == options->records) &&
           (!result->sum_checked || result->sum_expected == result->sum_found);
}

int net_main(int argc, char **argv)
{
    struct net_options options = {0};
    struct net_result result;
    char failure[NET_FAILURE_BYTES];
    int status = net_options_read(&options, argc, argv);
    if (status >= 0) {
        return status;
    }
    const char *conflict =
        net_options_conflict(&options, failure, sizeof failure);
    if (conflict != NULL) {
        fprintf(stderr, "pawl-bench net: %s\n", conflict);
        return OPTIONS_USAGE;
    }
    interrupt_catch();
    if (!net_run(&options, &result, failure)) {
        fprintf(stderr, "pawl-bench net: %s\n", failure);
        return EXIT_FAILURE;
    }
    if (options.json) {
        net_report_json(stdout, &options, &result);
    } else {
        net_report_text(stdout, &options, &result);
    }
    bool right = net_result_is_right(&options, &result);
    net_result_fini(&result);
    return right ? EXIT_SUCCESS : EXIT_FAILURE;
}
