/*
 * buffer.h - bytes that come in at the end and go out at the front.
 */
#ifndef BENCH_BUFFER_H
#define BENCH_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

/* All zero is an empty buffer. [begin, end) of bytes is what it holds. */
struct buffer {
    char *bytes;
    size_t begin;
    size_t end;
    size_t room;
};

/*
 * Makes room for more bytes behind the end by moving what is there to the
 * front, or by growing. False where there is no memory; nothing is lost then.
 */
bool buffer_make_room(struct buffer *self, size_t more);

/* The same, where there may be room already. */
static inline bool buffer_reserve(struct buffer *self, size_t more)
{
    return self->room - self->end >= more || buffer_make_room(self, more);
}

/* Drops bytes from the front, all of which are there. */
void buffer_drop(struct buffer *self, size_t bytes);

/* Gives the memory back; the buffer is empty. */
void buffer_fini(struct buffer *self);

#endif
