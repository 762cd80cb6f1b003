/*
 * net_report.c - rates, latencies and warnings of a run.
 */
#include "bench/net_report.h"
#include "bench/timing.h"

#include <inttypes.h>

/* Above this share of its time a thread is taken to have had no rest. */
#define SATURATED 0.95

static const struct {
    const char *name;
    double share;
} quantiles[] = {
    {"p50", 0.50},    {"p90", 0.90},      {"p99", 0.99},
    {"p99.9", 0.999}, {"p99.99", 0.9999},
};

#define QUANTILES (sizeof quantiles / sizeof quantiles[0])

static double us(uint64_t duration_ns)
{
    return (double)duration_ns / 1e3;
}

struct net_figures net_figures_of(const struct phase *phase)
{
    const struct tally *tally = phase->tally;
    struct net_figures figures = {0};
    double seconds = timing_seconds(phase->measured_ns);
    double requests = (double)counter_read(&tally->requests);
    double keys =
        (double)(counter_read(&tally->hits) + counter_read(&tally->misses));
    double cpu_ns = (double)counter_read(&tally->cpu_ns);
    if (seconds > 0) {
        figures.requests_per_second = requests / seconds;
        figures.keys_per_second = keys / seconds;
        figures.busy = cpu_ns / (double)phase->measured_ns / phase->threads;
        figures.saturated = figures.busy > SATURATED;
    }
    if (requests > 0) {
        figures.cpu_us = cpu_ns / 1e3 / requests;
        figures.server_cpu_us = phase->server_share * seconds * 1e6 / requests;
    }
    return figures;
}

static void print_latency(FILE *to, const char *label,
                          const struct histogram *latency)
{
    fprintf(to, "  %-12s", label);
    for (size_t i = 0; i < QUANTILES; i++) {
        fprintf(to, " %s %.1f ", quantiles[i].name,
                us(histogram_quantile(latency, quantiles[i].share)));
    }
    fprintf(to, " max %.1f  mean %.1f us\n", us(histogram_max(latency)),
            histogram_mean(latency) / 1e3);
}

static void print_replies(FILE *to, const struct tally *tally)
{
    fprintf(to, "  %-12s", "replies");
#define PRINT_COUNT(name) \
    fprintf(to, " " #name " %" PRIu64 " ", counter_read(&tally->name));
    PRINT_COUNT(hits)
    PRINT_COUNT(misses)
    PRINT_COUNT(conflicts)
    PRINT_COUNT(refused)
    PRINT_COUNT(errors)
    PRINT_COUNT(wrong)
#undef PRINT_COUNT
    fputc('\n', to);
}

static void print_rate(FILE *to, const char *label, uint64_t requests,
                       uint64_t time_ns)
{
    double seconds = timing_seconds(time_ns);
    fprintf(to, "  %-12s %" PRIu64 " in %.3f s, %.0f /s\n", label, requests,
            seconds, seconds > 0 ? (double)requests / seconds : 0);
}

static void print_warnings(FILE *to, const struct net_options *options,
                           const struct net_result *result)
{
    const struct tally *tally = result->measured.tally;
    if (net_figures_of(&result->measured).saturated && options->rate == 0) {
        fputs("  warning      the generator was saturated: the server may be "
              "faster than this\n",
              to);
    }
    if (counter_read(&tally->unsent) > 0) {
        fprintf(to,
                "  warning      the rate was not reached: %" PRIu64
                " requests were due and never sent\n",
                counter_read(&tally->unsent));
    }
    if (counter_read(&tally->errors) > 0) {
        fprintf(to, "  warning      the first error was \"%s\"\n",
                tally->first_error);
    }
    if (result->sum_checked && result->sum_expected != result->sum_found) {
        fputs("  warning      the sum is wrong: something was lost or done "
              "twice\n",
              to);
    }
    if (result->interrupted) {
        fputs("  warning      interrupted: this is what was measured so far\n",
              to);
    }
}

static void print_processors(FILE *to, const struct phase *phase)
{
    struct net_figures figures = net_figures_of(phase);
    fprintf(to, "  %-12s %.3f us of processor time a request, %.0f %% busy\n",
            "generator", figures.cpu_us, figures.busy * 100);
    if (phase->server_share > 0) {
        fprintf(to,
                "  %-12s %.3f us of processor time a request, "
                "%.0f MiB resident\n",
                "server", figures.server_cpu_us,
                (double)phase->resident_bytes / 1048576);
    }
}

void net_report_text(FILE *to, const struct net_options *options,
                     const struct net_result *result)
{
    const struct phase *phase = &result->measured;
    const struct tally *tally = phase->tally;
    fprintf(to, "%s, protocol %s, %s, %u threads, %u connections, depth %u\n",
            options->workload->name, options->protocol->name, options->server,
            options->threads, options->connections, options->depth);
    if (result->load.tally != NULL) {
        print_rate(to, "loaded", counter_read(&result->load.tally->requests),
                   result->load.measured_ns);
    }
    print_rate(to, "requests", counter_read(&tally->requests),
               phase->measured_ns);
    if (options->multi > 1) {
        fprintf(to, "  %-12s %.0f /s\n", "keys",
                net_figures_of(phase).keys_per_second);
    }
    print_replies(to, tally);
    print_latency(to, "latency", &tally->latency);
    if (options->rate > 0) {
        print_latency(to, "sent late by", &tally->lag);
    }
    if (phase->beside != NULL) {
        print_rate(to, "readers", counter_read(&phase->beside->requests),
                   phase->beside_ns);
        print_replies(to, phase->beside);
        print_latency(to, "latency", &phase->beside->latency);
    }
    if (result->readback.tally != NULL) {
        print_rate(to, "read back",
                   counter_read(&result->readback.tally->requests),
                   result->readback.measured_ns);
        print_replies(to, result->readback.tally);
    }
    if (result->sum_checked) {
        fprintf(to, "  %-12s expected %" PRIu64 "  found %" PRIu64 "\n", "sum",
                result->sum_expected, result->sum_found);
    }
    print_processors(to, phase);
    print_warnings(to, options, result);
}

static json_t *latency_object(const struct histogram *latency)
{
    json_t *object = json_object();
    for (size_t i = 0; i < QUANTILES; i++) {
        uint64_t ns = histogram_quantile(latency, quantiles[i].share);
        json_object_set_new(object, quantiles[i].name, json_real(us(ns)));
    }
    json_object_set_new(object, "min", json_real(us(histogram_min(latency))));
    json_object_set_new(object, "max", json_real(us(histogram_max(latency))));
    json_object_set_new(object, "mean",
                        json_real(histogram_mean(latency) / 1e3));
    return object;
}

static json_t *tally_object(const struct tally *tally, uint64_t time_ns)
{
    json_t *object = json_object();
#define JSON_COUNT(name, text)         \
    json_object_set_new(object, #name, \
                        json_integer((json_int_t)counter_read(&tally->name)));
    TALLY_COUNTS(JSON_COUNT)
#undef JSON_COUNT
    json_object_set_new(object, "seconds", json_real(timing_seconds(time_ns)));
    json_object_set_new(object, "latency_us", latency_object(&tally->latency));
    return object;
}

static json_t *options_object(const struct net_options *options)
{
    return json_pack(
        "{s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:f, s:I, s:[I,I], s:[I,I]}",
        "server", options->server, "protocol", options->protocol->name,
        "workload", options->workload->name, "threads",
        (json_int_t)options->threads, "connections",
        (json_int_t)options->connections, "depth", (json_int_t)options->depth,
        "multi", (json_int_t)options->multi, "rate", options->rate, "keys",
        (json_int_t)options->records, "key_bytes",
        (json_int_t)options->key_bytes.least,
        (json_int_t)options->key_bytes.most, "value_bytes",
        (json_int_t)options->value_bytes.least,
        (json_int_t)options->value_bytes.most);
}

static json_t *figures_object(const struct phase *phase)
{
    struct net_figures figures = net_figures_of(phase);
    return json_pack(
        "{s:f, s:f, s:f, s:f, s:f, s:b, s:I}", "requests_per_second",
        figures.requests_per_second, "keys_per_second", figures.keys_per_second,
        "generator_cpu_us", figures.cpu_us, "server_cpu_us",
        figures.server_cpu_us, "generator_busy", figures.busy,
        "generator_saturated", (int)figures.saturated, "server_resident_bytes",
        (json_int_t)phase->resident_bytes);
}

static void set_phase(json_t *object, const char *name,
                      const struct phase *phase)
{
    if (phase->tally != NULL) {
        json_object_set_new(object, name,
                            tally_object(phase->tally, phase->measured_ns));
    }
}

json_t *net_report_object(const struct net_options *options,
                          const struct net_result *result)
{
    const struct phase *phase = &result->measured;
    json_t *object = json_object();
    json_object_set_new(object, "options", options_object(options));
    json_object_set_new(object, "figures", figures_object(phase));
    set_phase(object, "load", &result->load);
    set_phase(object, "measured", phase);
    set_phase(object, "readback", &result->readback);
    if (phase->beside != NULL) {
        json_object_set_new(object, "readers",
                            tally_object(phase->beside, phase->beside_ns));
    }
    if (options->rate > 0) {
        json_object_set_new(object, "lag_us",
                            latency_object(&phase->tally->lag));
    }
    if (result->sum_checked) {
        json_object_set_new(object, "sum",
                            json_pack("{s:I, s:I}", "expected",
                                      (json_int_t)result->sum_expected, "found",
                                      (json_int_t)result->sum_found));
    }
    json_object_set_new(object, "right",
                        json_boolean(net_result_is_right(options, result)));
    json_object_set_new(object, "interrupted",
                        json_boolean(result->interrupted));
    return object;
}

void net_report_json(FILE *to, const struct net_options *options,
                     const struct net_result *result)
{
    json_t *object = net_report_object(options, result);
    json_dumpf(object, to, JSON_INDENT(2) | JSON_REAL_PRECISION(9));
    fputc('\n', to);
    json_decref(object);
}
