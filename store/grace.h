/*
 * grace.h - a thread that waits for readers, so that nobody else has to.
 *
 * A node handed over is done once every reader has left who was in a read
 * section then. The grace periods are liburcu's; its call_rcu() would serve,
 * but sleeps 10 ms between them, in which a fast writer retires many MiB. Here
 * they follow each other at a millisecond, or at once where somebody is short
 * of memory; a period serves all nodes that came before it.
 *
 * Progress: grace_call() is lock-free, one compare-and-set, and wakes the
 * thread where that sleeps for want of work. What readers delay is this thread.
 */
#ifndef PAWL_STORE_GRACE_H
#define PAWL_STORE_GRACE_H

#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdint.h>

struct grace_node {
    struct grace_node *next;
    void (*done)(struct grace_node *node); /* called in the thread */
};

struct grace {
    struct grace_node *queue __attribute__((aligned(64)));
    uint64_t periods; /* that have ended; one writer */
    bool is_idle;     /* the thread sleeps until it is woken */
    bool is_hurried;  /* it was told not to nap */
    bool is_stopping;
    bool is_asked; /* for the chore */
    void (*chore)(void *context);
    void *context;
    sem_t work;
    pthread_t thread;
};

/*
 * Starts the thread; false where that cannot be had. chore is called in it with
 * context whenever that was asked for.
 */
bool grace_open(struct grace *self, void (*chore)(void *context),
                void *context);

/*
 * Waits until every node is done, and ends the thread. No calls come any more.
 */
void grace_close(struct grace *self);

/* Hands over a node; done is called with it once readers have left. */
void grace_call(struct grace *self, struct grace_node *node,
                void (*done)(struct grace_node *node));

/* Asks for the chore, soon. */
void grace_ask(struct grace *self);

/* How many grace periods have ended. */
uint64_t grace_periods(const struct grace *self);

/* Has the next period begin at once. */
void grace_hurry(struct grace *self);

#endif
