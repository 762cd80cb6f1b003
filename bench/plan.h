/*
 * plan.h - what one crew of threads is to do, and how far a load has come.
 */
#ifndef BENCH_PLAN_H
#define BENCH_PLAN_H

#include "bench/access.h"
#include "bench/address.h"
#include "bench/counter.h"
#include "bench/dataset.h"
#include "bench/protocol.h"
#include "bench/workload.h"

#include <stdbool.h>
#include <stdint.h>

/* A connection's part of a load, for those who read what is there. */
struct shard {
    uint64_t first;
    counter loaded; /* records acknowledged from first on */
};

/* Read by the crew's threads; stop alone may change under them. */
struct plan {
    const struct address *address;
    const struct protocol *protocol;
    struct workload workload;
    const struct dataset *dataset;
    struct access access;

    unsigned threads;
    unsigned connections; /* at least one a thread */
    unsigned depth;       /* requests unanswered on a connection, at most */
    unsigned multi;       /* keys of a get */
    double rate;          /* requests a second in all; 0: closed loop */
    uint64_t amount;      /* of a take, give, incr */
    uint64_t requests;    /* to send in all; 0: by time */
    uint64_t seed;
    bool check;          /* keys and values that come back */
    uint64_t timeout_ns; /* without any reply: the server is stuck */

    uint64_t begin_ns;   /* when the first request may be sent */
    uint64_t measure_ns; /* from when on it counts */
    uint64_t end_ns;     /* until when */

    struct shard *shards; /* of FLOW_ONCE, one a connection; FLOW_LOADED */
    unsigned shard_count;
    counter stop; /* not 0: send no more */
};

/* The records that a connection of a FLOW_ONCE plan has to do: [first, end). */
static inline uint64_t plan_part(const struct plan *self, unsigned connection)
{
    return (uint64_t)((unsigned __int128)self->dataset->records * connection /
                      self->connections);
}

#endif
