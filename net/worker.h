/*
 * worker.h - one thread, its sockets, and the loop it turns.
 *
 * A turn: wait for what is ready, read each connection once, parse all whole
 * requests of all of them into a batch, run it, send each connection its
 * replies with one write. A worker shares with others the store and
 * struct shared, nothing else.
 */
#ifndef PAWL_NET_WORKER_H
#define PAWL_NET_WORKER_H

#include "net/listener.h"
#include "net/shared.h"

struct worker;

/*
 * Makes worker number index of shared, taking in from its sockets of
 * listeners. NULL, with errno set, where memory or descriptors are lacking.
 */
struct worker *worker_create(struct shared *shared, struct listeners *listeners,
                             size_t index);
void worker_destroy(struct worker *self);

/* Starts its thread, which joins the store: 0, or an error number. */
int worker_start(struct worker *self);

/* Makes it look at shared->stopping. Any thread. */
void worker_wake(struct worker *self);

/* Waits until its thread has ended, after shared->stopping was set. */
void worker_join(struct worker *self);

#endif
