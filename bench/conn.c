/*
 * conn.c - a ring of requests and two buffers over a socket.
 */
#include "bench/conn.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define RECEIVE_BYTES 16384

bool conn_init(struct conn *self, int fd, unsigned index, unsigned depth,
               unsigned multi)
{
    unsigned keys = multi > 2 ? multi : 2;
    memset(self, 0, sizeof *self);
    self->fd = -1;
    self->index = index;
    self->depth = depth;
    self->awaited = 1;
    self->slots = calloc(depth, sizeof *self->slots);
    self->records = calloc((size_t)depth * keys, sizeof *self->records);
    if (self->slots == NULL || self->records == NULL) {
        conn_fini(self);
        return false;
    }
    for (unsigned i = 0; i < depth; i++) {
        self->slots[i].request.records = self->records + (size_t)i * keys;
        self->slots[i].follow = VERB_COUNT;
    }
    self->fd = fd;
    return true;
}

void conn_fini(struct conn *self)
{
    if (self->fd >= 0) {
        close(self->fd);
    }
    free(self->slots);
    free(self->records);
    buffer_release(&self->in);
    buffer_release(&self->out);
    memset(self, 0, sizeof *self);
    self->fd = -1;
}

void conn_await(struct conn *self, size_t bytes)
{
    int least = bytes < INT_MAX ? (int)bytes : INT_MAX;
    if (bytes != self->awaited && setsockopt(self->fd, SOL_SOCKET, SO_RCVLOWAT,
                                             &least, sizeof least) == 0) {
        self->awaited = bytes;
    }
}

static enum conn_status status_of_errno(void)
{
    bool later = errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
    return later ? CONN_WAIT : CONN_FAILED;
}

enum conn_status conn_receive(struct conn *self)
{
    struct buffer *in = &self->in;
    if (!buffer_reserve(in, RECEIVE_BYTES)) {
        errno = ENOMEM;
        return CONN_FAILED;
    }
    ssize_t got =
        recv(self->fd, in->bytes + in->end, in->capacity - in->end, 0);
    if (got < 0) {
        return status_of_errno();
    }
    in->end += (size_t)got;
    return got > 0 ? CONN_OK : CONN_CLOSED;
}

enum conn_status conn_send(struct conn *self)
{
    struct buffer *out = &self->out;
    while (out->begin < out->end) {
        ssize_t sent = send(self->fd, out->bytes + out->begin,
                            out->end - out->begin, MSG_NOSIGNAL);
        if (sent < 0) {
            return status_of_errno();
        }
        buffer_take(out, (size_t)sent);
    }
    return CONN_OK;
}
