/*
 * worker.h - one thread of a crew: an event loop over its connections.
 *
 * Closed loop: a connection sends as many requests as its depth, waits for all
 * replies, and sends the next; the latency of each is that of the batch. Open
 * loop: requests become due at a fixed
 * rate, whether earlier ones were answered or not, and their latency counts
 * from that moment; what cannot be sent yet waits, and the wait counts.
 */
#ifndef BENCH_WORKER_H
#define BENCH_WORKER_H

#include "bench/conn.h"
#include "bench/plan.h"
#include "bench/random.h"
#include "bench/tally.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdint.h>

struct worker {
    struct plan *plan;
    unsigned index;
    pthread_t thread;
    sem_t *ended; /* posted at the end */
    int epoll;
    struct conn *conns;
    unsigned conn_count;

    struct random random;
    struct tally *tally;
    uint64_t quota;       /* requests it may still send */
    uint64_t unanswered;  /* on all connections */
    uint64_t progress_ns; /* when a reply came last, or nothing was due */
    bool sending;
    bool measuring;
    uint64_t cpu_ns;    /* at the start of the measured time */
    uint64_t finish_ns; /* when it ended */

    double gap_ns; /* open loop: between two requests of this thread */
    double due_ns; /* open loop: of the next, after begin_ns */
    unsigned turn; /* open loop: the connection that is next */
    struct conn **dirty;
    unsigned dirty_count;

    enum verb foretold_verb; /* VERB_COUNT: none yet */
    size_t foretold_bytes;
    bool shrunk;      /* replies may be shorter than foretold: expect.h */
    uint64_t batches; /* sent, and when connections were looked at */
    uint64_t looked;

    char failure[200]; /* why it ended early, or empty */
};

/*
 * Connects, for the thread to come. Answers false with failure set where a
 * connection cannot be made; worker_fini() is called all the same.
 */
bool worker_init(struct worker *self, struct plan *plan, unsigned index);

/* Closes everything. The thread has ended, or never began. */
void worker_fini(struct worker *self);

/*
 * Keeps the first reason why the worker cannot go on, and stops the others of
 * its crew. Answers false.
 */
__attribute__((format(printf, 2, 3))) bool worker_fail(struct worker *self,
                                                       const char *format, ...);

/* The server's address as it was given. */
const char *worker_server(const struct worker *self);

/* Whether its plan has a rate. */
static inline bool worker_is_open_loop(const struct worker *self)
{
    return self->plan->rate > 0;
}

/* The thread's function; argument is the worker. */
void *worker_run(void *argument);

#endif
