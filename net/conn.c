/*
 * conn.c - system calls that move bytes, and where the bytes stay.
 */
#include "net/conn.h"

#include <errno.h>
#include <linux/sockios.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

bool arena_has_room(const struct arena *arena)
{
    return arena->capacity - arena->used >= CONN_MOVE_BYTES + CONN_READ_BYTES;
}

/* How many bytes came; marks the end and failures. */
static size_t receive(struct conn *self, char *to, size_t room)
{
    ssize_t result = recv(self->fd, to, room, MSG_DONTWAIT);

    if (result > 0) {
        return (size_t)result;
    }
    if (result == 0) {
        self->ended = true;
    } else if (errno != EAGAIN && errno != EINTR) {
        self->broken = true;
    }
    return 0;
}

/* Behind a small half request, if there is one, in the arena. */
static size_t read_into_arena(struct conn *self, struct arena *arena)
{
    char *to = arena->bytes + arena->used;
    size_t waiting = buffer_bytes(&self->in);
    size_t count = receive(self, to + waiting, CONN_READ_BYTES);

    if (count == 0) {
        conn_take_up(self);
        return 0;
    }
    if (waiting > 0) {
        memcpy(to, buffer_front(&self->in), waiting);
        buffer_take(&self->in, waiting);
    }
    arena->used += waiting + count;
    self->input = to;
    self->input_bytes = waiting + count;
    return count;
}

/*
 * Behind a large half request, where that is. Room grows with what has come,
 * not with what was announced.
 */
static size_t read_into_own(struct conn *self)
{
    char *to = buffer_reserve(&self->in, CONN_READ_BYTES);
    size_t room = self->in.capacity - self->in.end;
    size_t count;

    if (to == NULL) {
        self->broken = true;
        return 0;
    }
    count = receive(self, to, room);
    buffer_commit(&self->in, count);
    conn_take_up(self);
    return count;
}

size_t conn_read(struct conn *self, struct arena *arena)
{
    return buffer_bytes(&self->in) <= CONN_MOVE_BYTES
               ? read_into_arena(self, arena)
               : read_into_own(self);
}

void conn_take_up(struct conn *self)
{
    self->input = buffer_front(&self->in);
    self->input_bytes = buffer_bytes(&self->in);
}

void conn_keep_input(struct conn *self)
{
    size_t waiting = buffer_bytes(&self->in);

    if (self->input_bytes == 0) {
        buffer_release(&self->in);
    } else if (waiting > 0) {
        buffer_take(&self->in, waiting - self->input_bytes);
    } else if (!buffer_append(&self->in, self->input, self->input_bytes)) {
        self->broken = true;
    }
    self->input = NULL;
    self->input_bytes = 0;
}

void conn_count_input(struct conn *self, _Atomic uint64_t *total)
{
    /* Small ones come and go each turn, and are not worth a shared line. */
    size_t bytes = self->in.capacity > CONN_MOVE_BYTES ? self->in.capacity : 0;

    if (bytes != self->counted_bytes) {
        atomic_fetch_add_explicit(total, bytes - self->counted_bytes,
                                  memory_order_relaxed);
        self->counted_bytes = bytes;
    }
}

size_t conn_drop_input(struct conn *self)
{
    char bytes[CONN_MOVE_BYTES];

    return receive(self, bytes, sizeof bytes);
}

bool conn_is_received(const struct conn *self)
{
    int bytes;

    return ioctl(self->fd, SIOCOUTQ, &bytes) < 0 || bytes == 0;
}

/* Sends from bytes; how many were taken. */
static size_t transmit(struct conn *self, const char *bytes, size_t count)
{
    ssize_t result = send(self->fd, bytes, count, MSG_DONTWAIT | MSG_NOSIGNAL);

    if (result < 0) {
        self->broken = errno != EAGAIN && errno != EINTR;
        return 0;
    }
    return (size_t)result;
}

size_t conn_send(struct conn *self, const char *bytes, size_t count)
{
    size_t sent = 0;

    if (buffer_bytes(&self->out) > 0) {
        if (count > 0 && !buffer_append(&self->out, bytes, count)) {
            self->broken = true;
            return 0;
        }
        sent =
            transmit(self, buffer_front(&self->out), buffer_bytes(&self->out));
        buffer_take(&self->out, sent);
        if (buffer_bytes(&self->out) == 0) {
            buffer_release(&self->out);
        }
    } else if (count > 0) {
        sent = transmit(self, bytes, count);
        if (!self->broken && sent < count &&
            !buffer_append(&self->out, bytes + sent, count - sent)) {
            self->broken = true;
        }
    }
    return sent;
}
