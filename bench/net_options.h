/*
 * net_options.h - what pawl-bench net is asked to do.
 */
#ifndef BENCH_NET_OPTIONS_H
#define BENCH_NET_OPTIONS_H

#include "bench/access.h"
#include "bench/dataset.h"
#include "bench/protocol.h"
#include "bench/workload.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* How records are chosen, where the command line says so. */
struct choice {
    bool given;
    struct access_choice access;
};

struct net_options {
#define OPTION(type, field, ...) type field;
#include "bench/net_options.def"
#undef OPTION
};

/*
 * Reads the command line into options, which is all zero. Answers -1 to go
 * on, or the exit status after help or a complaint.
 */
int net_options_read(struct net_options *options, int argc, char **argv);

/*
 * What is wrong with the options taken together, or NULL: 64 bytes or more of
 * room hold the sentence where it has to be made up.
 */
const char *net_options_conflict(const struct net_options *options, char *room,
                                 size_t room_bytes);

#endif
