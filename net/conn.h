/*
 * conn.h - one connection: a socket, and the bytes on their way in and out.
 *
 * In a turn a connection's bytes lie in its worker's arena, or in `in` where
 * a large value is being gathered; what is not a whole request when the turn
 * ends is kept in `in`, and what the socket did not take in `out`. So an idle
 * connection owns nothing but this struct.
 *
 * Only the worker that accepted a connection touches it.
 */
#ifndef PAWL_NET_CONN_H
#define PAWL_NET_CONN_H

#include "net/buffer.h"
#include "net/counters.h"
#include "net/parser.h"
#include "net/reply.h"

#include <stdbool.h>

/* Most bytes that one turn reads from a connection. */
#define CONN_READ_BYTES 16384

/* A half request up to this size moves into the arena to be completed. */
#define CONN_MOVE_BYTES 4096

/*
 * Bytes of replies that may wait for a peer to read them; one value, however
 * large, may always wait alone. Reading stops at half of it, and goes on at
 * an eighth.
 */
#define CONN_REPLY_BYTES_MAX (1024 * 1024)
#define CONN_PAUSE_BYTES (CONN_REPLY_BYTES_MAX / 2)
#define CONN_RESUME_BYTES (CONN_REPLY_BYTES_MAX / 8)

/* Worker's arena: bytes that this turn read. */
struct arena {
    char *bytes;
    size_t used;
    size_t capacity;
};

struct conn {
    struct conn *next; /* of the worker's, see worker.c */
    struct conn *previous;
    struct conn *next_queued;
    struct conn *next_dead;

    int fd;
    uint32_t events; /* what epoll watches the socket for */
    uint64_t active_ms;

    struct parser parser;
    struct reply_state reply;
    struct buffer in;
    struct buffer out;

    /* What is not parsed yet, in this turn: in the arena or in `in`. */
    const char *input;
    size_t input_bytes;

    size_t counted_bytes;   /* of `in`, in the sum of all connections */
    size_t promised_bytes;  /* that replies in the batch may come to */
    unsigned turn_requests; /* parsed in this turn */

    bool batched; /* has requests in the batch */
    bool queued;  /* is to be served in the next turn */
    bool unread;  /* and to be read then */
    bool held;    /* went back to a request, to be queued */
    bool paused;  /* until the peer has read some of `out` */
    bool ended;   /* the peer sends no more */
    bool closing; /* closes when `out` is sent; input is not looked at */
    bool lingers; /* all is sent, and the peer is to see that */
    bool broken;  /* the socket, or no memory: closes at once */
    bool dead;    /* closed, freed at the end of the turn */
};

/* Is there room in arena for whatever conn_read() may put there? */
bool arena_has_room(const struct arena *arena);

/*
 * Reads what the peer has sent, up to CONN_READ_BYTES, into arena or `in`, and
 * sets input to all that is not parsed yet. Answers how many bytes came. Sets
 * ended or broken where that is so.
 */
size_t conn_read(struct conn *self, struct arena *arena);

/* Sets input to what an earlier turn has left. */
void conn_take_up(struct conn *self);

/* Brings total, the sum of all connections' `in`, up to date. */
void conn_count_input(struct conn *self, _Atomic uint64_t *total);

/* Keeps what is not parsed beyond the turn. Sets broken without memory. */
void conn_keep_input(struct conn *self);

/*
 * Reads and forgets what a peer sends that was already told goodbye. Answers
 * how many bytes.
 */
size_t conn_drop_input(struct conn *self);

/* Has the peer's system all that was given to the socket, its end included? */
bool conn_is_received(const struct conn *self);

/*
 * Sends bytes behind those that wait already, and keeps what the socket does
 * not take. Answers how many bytes the socket took. Sets broken where it
 * fails, or without memory.
 */
size_t conn_send(struct conn *self, const char *bytes, size_t count);

#endif
