/*
 * buffer.h - bytes that wait: appended at the end, taken from the front.
 *
 * An empty buffer owns no memory until something is put in, and
 * buffer_release() gives it back, so that an idle connection costs nothing.
 */
#ifndef PAWL_NET_BUFFER_H
#define PAWL_NET_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

/* All zero is an empty buffer. */
struct buffer {
    char *bytes;
    size_t begin;    /* what was taken already */
    size_t end;      /* what was put in */
    size_t capacity; /* of bytes */
};

/* How many bytes wait, and where they are until the buffer is changed. */
static inline size_t buffer_bytes(const struct buffer *self)
{
    return self->end - self->begin;
}

static inline char *buffer_front(const struct buffer *self)
{
    return self->bytes + self->begin;
}

/*
 * Makes room for bytes more and answers where they go; NULL, with nothing
 * changed, where there is no memory. buffer_commit() then says how many of
 * them have been written. Capacity at most doubles what waits and is asked
 * for, so memory stays in proportion to what has arrived.
 */
char *buffer_grow(struct buffer *self, size_t bytes);

static inline char *buffer_reserve(struct buffer *self, size_t bytes)
{
    if (self->capacity - self->end >= bytes) {
        return self->bytes + self->end;
    }
    return buffer_grow(self, bytes);
}

static inline void buffer_commit(struct buffer *self, size_t bytes)
{
    self->end += bytes;
}

/* Copies bytes to the end; false, with nothing changed, without memory. */
bool buffer_append(struct buffer *self, const void *from, size_t bytes);

/* Takes bytes from the front, at most what waits. */
void buffer_take(struct buffer *self, size_t bytes);

/* Drops what waits and gives the memory back. */
void buffer_release(struct buffer *self);

#endif
