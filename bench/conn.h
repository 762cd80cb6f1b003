/*
 * conn.h - one connection: its socket, and the requests on their way.
 *
 * Requests are kept in a ring in the order in which they were sent, which is
 * the order of their replies.
 */
#ifndef BENCH_CONN_H
#define BENCH_CONN_H

#include "net/buffer.h"
#include "bench/protocol.h"

#include <stdbool.h>
#include <stdint.h>

/* A request, from being chosen to its last reply. */
struct slot {
    struct request request;
    uint64_t due_ns;   /* open loop: when it should have been sent */
    unsigned answered; /* of a get's keys */
    enum verb follow;  /* what to do next with its record; VERB_COUNT */
};

struct conn {
    int fd;
    unsigned index; /* in the whole crew */
    bool blocked;   /* the socket takes no more for now */
    bool dirty;     /* something to send, in the worker's list */

    struct slot *slots;
    uint64_t *records; /* the keys of all slots */
    unsigned depth;
    unsigned head;  /* the oldest slot that is unanswered */
    unsigned count; /* of those */
    unsigned batch; /* closed loop: sent together, at sent_ns */
    uint64_t sent_ns;
    uint64_t turn; /* how many batches the worker had sent before */

    struct reply_state state;
    struct buffer in;
    struct buffer out;

    size_t awaited;  /* bytes of input below which the kernel is silent */
    size_t expected; /* bytes of the replies to come, at least; see expect.h */

    uint64_t next; /* FLOW_ONCE: the next record, and the last's successor */
    uint64_t end;
    uint64_t inserted; /* FLOW_LATEST: new records of this connection */
};

enum conn_status {
    CONN_OK,
    CONN_WAIT,   /* the socket has or takes no more for now */
    CONN_CLOSED, /* by the other side */
    CONN_FAILED, /* errno says why */
};

/*
 * Takes over a connected socket; depth requests of up to multi keys fit.
 * False where there is no memory: the socket is then the caller's still.
 */
bool conn_init(struct conn *self, int fd, unsigned index, unsigned depth,
               unsigned multi);

/* Closes the socket. An all-zero conn with fd -1 is let pass. */
void conn_fini(struct conn *self);

/* The slot behind the last one that is unanswered; count is below depth. */
static inline struct slot *conn_free_slot(struct conn *self)
{
    unsigned at = self->head + self->count;
    return &self->slots[at < self->depth ? at : at - self->depth];
}

/*
 * Asks the kernel to tell of input only when so many bytes are there, 1 or
 * more. Nothing happens where it was asked for the same before.
 */
void conn_await(struct conn *self, size_t bytes);

/* Reads once, behind what is there: CONN_OK where something came. */
enum conn_status conn_receive(struct conn *self);

/* Sends what is waiting: CONN_OK where all of it went. */
enum conn_status conn_send(struct conn *self);

#endif
