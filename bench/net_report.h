/*
 * net_report.h - a result of pawl-bench net, for people and for machines.
 */
#ifndef BENCH_NET_REPORT_H
#define BENCH_NET_REPORT_H

#include "bench/net.h"

#include <jansson.h>
#include <stdio.h>

/* The figures that are derived from a phase's counts. */
struct net_figures {
    double requests_per_second;
    double keys_per_second;
    double cpu_us;        /* of the generator, a request */
    double server_cpu_us; /* of the server, a request; 0: not watched */
    double busy;          /* share of its time the generator's threads ran */
    bool saturated;       /* so busy that the generator may be the limit */
};

struct net_figures net_figures_of(const struct phase *phase);

/* Prints a result. */
void net_report_text(FILE *to, const struct net_options *options,
                     const struct net_result *result);
void net_report_json(FILE *to, const struct net_options *options,
                     const struct net_result *result);

/* The same as a JSON object that the caller owns. */
json_t *net_report_object(const struct net_options *options,
                          const struct net_result *result);

#endif
