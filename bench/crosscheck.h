/*
 * crosscheck.h - what another generator says of the same server.
 */
#ifndef BENCH_CROSSCHECK_H
#define BENCH_CROSSCHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Gets by redis-benchmark, with keys of its own. */
struct crosscheck {
    const char *address;
    int processor;
    unsigned connections;
    unsigned depth;
    uint64_t keys;
    uint64_t requests;
    bool fill; /* store the records first */

    double rate; /* what it said */
    double busy; /* the share of its time it ran */
};

/* Fills in rate and busy; false where it cannot be run. */
bool crosscheck_run(struct crosscheck *self);

/* Its first line about itself; empty where it is not installed. */
void crosscheck_version(char *said, size_t said_bytes);

#endif
