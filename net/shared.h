/*
 * shared.h - what the workers of one server have in common.
 *
 * Little, and none of it on the path of an operation: set before the workers
 * start and then read, or changed by rare commands.
 */
#ifndef PAWL_NET_SHARED_H
#define PAWL_NET_SHARED_H

#include "net/counters.h"
#include "net/options.h"
#include "store/pawl.h"

#include <pthread.h>
#include <stdbool.h>

struct shared {
    const struct options *options;
    struct pawl *store;
    struct counters *rows; /* one a worker */
    size_t workers;
    uint64_t started_ms; /* on the steady clock */

    _Atomic bool stopping;
    _Atomic uint64_t connections; /* open now */
    pthread_mutex_t accepting;    /* see gate.h */

    /* When a delayed flush_all is due, on the wall clock; 0: none is. */
    _Atomic uint64_t flush_due_ms;

    /*
     * Memory in which half requests are gathered, and what it may come to;
     * 0: no bound. One value is always let in, however large.
     */
    _Atomic uint64_t input_bytes;
    uint64_t input_bytes_max;

    /* Bound on the bytes of any value in the store; only rises. */
    _Atomic uint64_t value_bytes_largest;

    /* What `stats reset` subtracts from the sums of rows. */
    struct counters forgotten;
};

#endif
