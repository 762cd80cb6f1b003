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
 * Makes room for more bytes behind the end: moves what is there to the front,
 * or grows. False where there is no memory; nothing is lost then.
 */
bool buffer_reserve(struct buffer *self, size_t more);

/* Drops bytes from the front, all of which are there. */
void buffer_drop(struct buffer *self, size_t bytes);

/* Gives the memory back; the buffer is empty. */
void buffer_fini(struct buffer *self);

#endif
