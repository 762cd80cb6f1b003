/*
 * crowd.c - lists of connections: all, those in line, and the dead.
 */
#include "net/crowd.h"

#include "net/gate.h"
#include "net/log.h"

#include <inttypes.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* A peer that was told goodbye has this long to close. */
#define LINGER_MS 2000

static void link_conn(struct crowd *self, struct conn *conn)
{
    conn->next = self->first;
    if (conn->next != NULL) {
        conn->next->previous = conn;
    }
    self->first = conn;
}

static void unlink_conn(struct crowd *self, struct conn *conn)
{
    if (conn->previous != NULL) {
        conn->previous->next = conn->next;
    } else {
        self->first = conn->next;
    }
    if (conn->next != NULL) {
        conn->next->previous = conn->previous;
    }
}

void crowd_admit(struct crowd *self, int fd, uint64_t steady_ms)
{
    struct epoll_event event = {.events = EPOLLIN};
    struct conn *conn = calloc(1, sizeof *conn);

    event.data.ptr = conn;
    if (conn == NULL || epoll_ctl(self->epoll, EPOLL_CTL_ADD, fd, &event) < 0) {
        log_line(LOG_REFUSAL, "connection %d refused: no memory", fd);
        free(conn);
        (void)close(fd);
        gate_leave(self->shared);
        return;
    }
    conn->fd = fd;
    conn->events = EPOLLIN;
    conn->active_ms = steady_ms;
    link_conn(self, conn);
    log_line(LOG_CONNECTION, "connection %d accepted", fd);
}

void crowd_bury(struct crowd *self, struct conn *conn)
{
    if (conn->dead) {
        return;
    }
    log_line(LOG_CONNECTION, "connection %d closed", conn->fd);
    self->lingering -= conn->lingers;
    conn->dead = true;
    unlink_conn(self, conn);
    (void)close(conn->fd);
    gate_leave(self->shared);
    conn->next_dead = self->dead;
    self->dead = conn;
}

void crowd_free_dead(struct crowd *self)
{
    struct conn **link = &self->queue;

    if (self->dead == NULL) {
        return;
    }
    while (*link != NULL) {
        if ((*link)->dead) {
            *link = (*link)->next_queued;
        } else {
            self->queue_last = *link;
            link = &(*link)->next_queued;
        }
    }
    while (self->dead != NULL) {
        struct conn *conn = self->dead;

        self->dead = conn->next_dead;
        buffer_release(&conn->in);
        conn_count_input(conn, &self->shared->input_bytes);
        buffer_release(&conn->out);
        free(conn);
    }
}

void crowd_watch(struct crowd *self, struct conn *conn, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = conn};

    if (events != conn->events) {
        conn->events = events;
        if (epoll_ctl(self->epoll, EPOLL_CTL_MOD, conn->fd, &event) < 0) {
            conn->broken = true;
        }
    }
}

void crowd_enqueue(struct crowd *self, struct conn *conn)
{
    if (!conn->queued) {
        conn->queued = true;
        conn->next_queued = NULL;
        if (self->queue == NULL) {
            self->queue = conn;
        } else {
            self->queue_last->next_queued = conn;
        }
        self->queue_last = conn;
    }
}

struct conn *crowd_dequeue(struct crowd *self)
{
    struct conn *conn = self->queue;

    self->queue = conn->next_queued;
    conn->queued = false;
    return conn;
}

void crowd_linger(struct crowd *self, struct conn *conn)
{
    if (!conn->lingers && shutdown(conn->fd, SHUT_WR) < 0) {
        conn->broken = true;
        return;
    }
    self->lingering += !conn->lingers;
    conn->lingers = true;
    conn->input_bytes = 0;
}

size_t crowd_close_idle(struct crowd *self, uint64_t steady_ms,
                        uint64_t idle_ms)
{
    struct conn *next;
    size_t closed = 0;

    if (idle_ms == 0 && self->lingering == 0) {
        return 0;
    }
    for (struct conn *conn = self->first; conn != NULL; conn = next) {
        uint64_t silent_ms = steady_ms - conn->active_ms;

        next = conn->next;
        if (conn->lingers ? silent_ms > LINGER_MS
                          : idle_ms > 0 && silent_ms > idle_ms) {
            log_line(LOG_REFUSAL,
                     "connection %d ended: silent for %" PRIu64 " ms", conn->fd,
                     silent_ms);
            closed += !conn->lingers;
            crowd_bury(self, conn);
        }
    }
    return closed;
}
