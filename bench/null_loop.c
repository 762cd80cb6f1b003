/*
 * null_loop.c - accept, read, answer, write.
 */
#include "bench/null_loop.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define EVENTS 256
#define RECEIVE_BYTES 16384

/* Past this many bytes unsent, a connection is not read until they went. */
#define UNSENT_BYTES_MAX (1024u * 1024u)

struct peer {
    int fd;
    uint32_t events; /* asked of epoll */
    struct buffer in;
    struct buffer out;
    struct peer *next; /* of all, for the end */
    struct peer **link;
};

static void peer_close(struct peer *self)
{
    *self->link = self->next;
    if (self->next != NULL) {
        self->next->link = self->link;
    }
    close(self->fd);
    buffer_release(&self->in);
    buffer_release(&self->out);
    free(self);
}

static void accept_one(struct null_loop *loop, struct peer **all)
{
    int fd = accept4(loop->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    struct peer *peer = fd >= 0 ? calloc(1, sizeof *peer) : NULL;
    if (peer == NULL) {
        if (fd >= 0) {
            close(fd);
        }
        return;
    }
    peer->fd = fd;
    peer->events = EPOLLIN;
    peer->next = *all;
    peer->link = all;
    if (*all != NULL) {
        (*all)->link = &peer->next;
    }
    *all = peer;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = peer};
    if (epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &event) != 0) {
        peer_close(peer);
    }
}

static bool is_later(void)
{
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

/* Sends once. False where the connection is gone. */
static bool send_once(struct peer *peer)
{
    struct buffer *out = &peer->out;
    if (out->begin == out->end) {
        return true;
    }
    ssize_t sent = send(peer->fd, out->bytes + out->begin,
                        out->end - out->begin, MSG_NOSIGNAL);
    if (sent < 0) {
        return is_later();
    }
    buffer_take(out, (size_t)sent);
    return true;
}

static bool receive_once(const struct null_loop *loop, struct peer *peer)
{
    struct buffer *in = &peer->in;
    if (!buffer_reserve(in, RECEIVE_BYTES)) {
        return false;
    }
    ssize_t got =
        recv(peer->fd, in->bytes + in->end, in->capacity - in->end, 0);
    if (got <= 0) {
        return got < 0 && is_later();
    }
    in->end += (size_t)got;
    return null_reply(loop->value, in, &peer->out);
}

static void serve(struct null_loop *loop, struct peer *peer, uint32_t events)
{
    bool alive = true;
    if (events & ~(uint32_t)EPOLLOUT) {
        alive = receive_once(loop, peer);
    }
    if (!alive || !send_once(peer)) {
        peer_close(peer);
        return;
    }
    size_t unsent = peer->out.end - peer->out.begin;
    uint32_t wanted = unsent < UNSENT_BYTES_MAX ? EPOLLIN : 0;
    wanted |= unsent > 0 ? EPOLLOUT : 0;
    if (wanted != peer->events) {
        peer->events = wanted;
        struct epoll_event event = {.events = wanted, .data.ptr = peer};
        epoll_ctl(loop->epoll, EPOLL_CTL_MOD, peer->fd, &event);
    }
}

/* Answers false when it is time to end. */
static bool turn(struct null_loop *loop, struct peer **all)
{
    struct epoll_event events[EVENTS];
    int count = epoll_wait(loop->epoll, events, EVENTS, -1);
    for (int i = 0; i < count; i++) {
        void *who = events[i].data.ptr;
        if (who == &loop->stop) {
            return false;
        }
        if (who == &loop->listener) {
            accept_one(loop, all);
        } else {
            serve(loop, who, events[i].events);
        }
    }
    return true;
}

void *null_loop_run(void *argument)
{
    struct null_loop *loop = argument;
    struct peer *all = NULL;
    struct epoll_event listener = {.events = EPOLLIN,
                                   .data.ptr = &loop->listener};
    struct epoll_event stop = {.events = EPOLLIN, .data.ptr = &loop->stop};
    loop->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (loop->epoll < 0 ||
        epoll_ctl(loop->epoll, EPOLL_CTL_ADD, loop->listener, &listener) != 0 ||
        epoll_ctl(loop->epoll, EPOLL_CTL_ADD, loop->stop, &stop) != 0) {
        return argument;
    }
    while (turn(loop, &all)) {
    }
    while (all != NULL) {
        peer_close(all);
    }
    close(loop->epoll);
    return NULL;
}
