/*
 * net.h - a benchmark over the network, from loading to the sum.
 */
#ifndef BENCH_NET_H
#define BENCH_NET_H

#include "bench/net_options.h"
#include "bench/phase.h"

#include <stdbool.h>
#include <stdint.h>

#define NET_FAILURE_BYTES 200

/* What came out. */
struct net_result {
    struct phase load;     /* empty where nothing was loaded before */
    struct phase measured; /* what was asked for */
    struct phase readback; /* empty where not asked for */

    bool sum_checked;
    uint64_t sum_expected;
    uint64_t sum_found;
    bool interrupted;
};

/*
 * Loads the records where the workload needs them, runs it, and checks what is
 * there afterwards. Answers true with the result, which net_result_fini()
 * frees; or false with one sentence in failure.
 */
bool net_run(const struct net_options *options, struct net_result *result,
             char failure[NET_FAILURE_BYTES]);

void net_result_fini(struct net_result *result);

/*
 * Whether every reply was right: no errors, no wrong values, a sum as
 * expected, every record read back.
 */
bool net_result_is_right(const struct net_options *options,
                         const struct net_result *result);

/* pawl-bench net: answers the exit status. */
int net_main(int argc, char **argv);

#endif
