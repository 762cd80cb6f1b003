/*
 * crowd.h - the connections of one worker, and what epoll tells of them.
 *
 * Connections end while a batch or a list of events still points to them, so
 * one that is closed stays allocated, marked dead, until crowd_free_dead().
 */
#ifndef PAWL_NET_CROWD_H
#define PAWL_NET_CROWD_H

#include "net/conn.h"
#include "net/shared.h"

struct crowd {
    struct shared *shared;
    int epoll; /* the worker's, which opens and closes it */
    struct conn *first;
    struct conn *queue; /* those to be served in the next turn, in order */
    struct conn *queue_last;
    struct conn *dead;
    size_t lingering;
};

/*
 * Takes in fd, an accepted connection that gate_accept() has counted. Where
 * there is no memory for it, it is closed.
 */
void crowd_admit(struct crowd *self, int fd, uint64_t steady_ms);

/* Closes conn, now; its memory is freed by crowd_free_dead(). */
void crowd_bury(struct crowd *self, struct conn *conn);
void crowd_free_dead(struct crowd *self);

/* Makes epoll watch conn for events and nothing else. May set broken. */
void crowd_watch(struct crowd *self, struct conn *conn, uint32_t events);

/* Lines conn up, behind those who wait already. */
void crowd_enqueue(struct crowd *self, struct conn *conn);

/* The first in the line, which is not empty; it may be dead. */
struct conn *crowd_dequeue(struct crowd *self);

/*
 * All that conn had to say is sent: tells the peer, and waits until it has
 * seen that. Closing at once would throw away replies that are still on their
 * way if the peer has sent more.
 */
void crowd_linger(struct crowd *self, struct conn *conn);

/*
 * Closes those that sent nothing for idle_ms (0: however long), and those that
 * do not take their leave. Answers how many of the former.
 */
size_t crowd_close_idle(struct crowd *self, uint64_t steady_ms,
                        uint64_t idle_ms);

#endif
