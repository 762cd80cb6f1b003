/*
 * buffer.c - one block of memory, moved or doubled when its end is reached.
 */
#include "net/buffer.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define SMALLEST_BYTES 128

char *buffer_grow(struct buffer *self, size_t bytes)
{
    size_t waiting = buffer_bytes(self);
    size_t capacity = self->capacity;
    char *bytes_now = self->bytes;

    if (bytes > SIZE_MAX / 4 - waiting) {
        return NULL;
    }
    /* Moving is worth it only where it frees as much as it moves. */
    if (capacity - waiting < bytes || self->begin < waiting) {
        if (capacity < SMALLEST_BYTES) {
            capacity = SMALLEST_BYTES;
        }
        while (capacity < self->end + bytes) {
            capacity *= 2;
        }
        bytes_now = realloc(self->bytes, capacity);
        if (bytes_now == NULL) {
            return NULL;
        }
    }
    if (self->begin > 0) {
        memmove(bytes_now, bytes_now + self->begin, waiting);
    }
    *self = (struct buffer){bytes_now, 0, waiting, capacity};
    return bytes_now + waiting;
}

bool buffer_append(struct buffer *self, const void *from, size_t bytes)
{
    char *to = buffer_reserve(self, bytes);

    if (to == NULL) {
        return false;
    }
    memcpy(to, from, bytes);
    buffer_commit(self, bytes);
    return true;
}

void buffer_take(struct buffer *self, size_t bytes)
{
    self->begin += bytes;
    if (self->begin == self->end) {
        self->begin = 0;
        self->end = 0;
    }
}

void buffer_release(struct buffer *self)
{
    free(self->bytes);
    *self = (struct buffer){NULL, 0, 0, 0};
}
