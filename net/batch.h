/*
 * batch.h - the requests of many connections, run by the store together.
 *
 * Fill it from one connection after the other, run it, clear it. All requests
 * of a connection in a batch stand together, in the order they came. The
 * bytes they point into stay in place until the batch has been run.
 *
 * Replies of one connection are bounded by CONN_REPLY_BYTES_MAX. Where the
 * next one would pass it the connection is paused, and goes back to before
 * that request: it has to be a get, which may be run again. So a request that
 * must not run twice is put into a batch only if all replies before it are
 * sure to fit; `shared->value_bytes_largest` tells how large they may be.
 */
#ifndef PAWL_NET_BATCH_H
#define PAWL_NET_BATCH_H

#include "net/conn.h"
#include "net/shared.h"
#include "store/pawl.h"

/* Requests a batch holds: enough to hide memory latency, and in the cache. */
#define BATCH_REQUESTS 512

/* Requests that one connection may have in a turn, before others come. */
#define BATCH_TURN_REQUESTS 1024

/* One connection's requests, and where their replies stand in replies. */
struct batch_part {
    struct conn *conn;
    size_t first;
    size_t count;
    size_t fixed; /* those before it must not run again */
    size_t replies_begin;
    size_t replies_end;
};

struct batch {
    struct shared *shared;
    struct pawl_thread *thread;
    struct counters *row;
    uint64_t now_ms;

    size_t request_count;
    size_t op_count;
    size_t part_count;
    size_t unsent_part; /* the first whose replies are not sent */
    struct buffer replies;

    struct pawl_op *op_of[BATCH_REQUESTS]; /* NULL: the store is not asked */
    struct request requests[BATCH_REQUESTS];
    struct batch_part parts[BATCH_REQUESTS];
    struct pawl_op ops[BATCH_REQUESTS];
};

enum batch_fill {
    BATCH_TAKEN, /* all whole requests of the connection are in the batch */
    BATCH_FULL,  /* run and clear the batch, and fill on */
    BATCH_HELD,  /* the connection has had its share of this turn */
};

/* Parses conn's input into the batch. Sets closing where a request closes. */
enum batch_fill batch_fill(struct batch *self, struct conn *conn);

/* Runs the batch, composes all replies and sends them. */
void batch_run(struct batch *self);

/* Empties a batch that was run. */
void batch_clear(struct batch *self);

#endif
