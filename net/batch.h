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
 *
 * A batch is one read section, which holds back the memory of what is
 * replaced meanwhile. Where the store lacks just that, the section ends early
 * and the rest is run in others.
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

/*
 * Bytes of values that a batch takes in before it is run, and those that a
 * turn takes in and gives out before others come. The request that passes the
 * bound is still served: so one is, however large.
 */
#define BATCH_VALUE_BYTES (256 * 1024)
#define BATCH_TURN_BYTES (4 * 1024 * 1024)

/* One connection's requests, and where their replies stand in replies. */
struct batch_part {
    struct conn *conn;
    size_t first;
    size_t count;
    size_t composed; /* those before it are answered */
    size_t fixed;    /* those before it must not run again */
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
    size_t value_bytes; /* that the store copies for its requests, at most */
    size_t turn_bytes;  /* of values in and out, since batch_begin_turn() */
    size_t open_part;   /* the first that is not answered yet, or not all */
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

/* Begins a turn, at now_ms on the wall clock. */
void batch_begin_turn(struct batch *self, uint64_t now_ms);

/* Has this turn served as many bytes of values as it may? */
static inline bool batch_is_spent(const struct batch *self)
{
    return self->turn_bytes >= BATCH_TURN_BYTES;
}

/* Parses conn's input into the batch. Sets closing where a request closes. */
enum batch_fill batch_fill(struct batch *self, struct conn *conn);

/* Runs the batch, composes all replies and sends them. */
void batch_run(struct batch *self);

/* Empties a batch that was run. */
void batch_clear(struct batch *self);

#endif
